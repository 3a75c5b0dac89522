/** The name of a recording: given by an option, asked for on a terminal, or made from the time. */
import { createInterface } from 'node:readline/promises';
import { badOption } from '../../core/errors.js';

/** Letters, digits and a few signs, so that a name is a file's name on every platform and never a path. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._+-]{0,99}$/u;

/** Returns the name unchanged. @throws UnderstudyError `bad-option` where it cannot be a file name */
export function checkSessionName(name: string): string {
  if (NAME.test(name)) return name;
  throw badOption(
    `The name '${name}' of the session: expected 1 to 100 letters, digits, spaces and . _ + -, beginning with a letter or digit.`,
    'Give a bare name with --name and its folder with --out: --out sessions --name train.',
  );
}

/**
 * Asks until a name is valid; Enter alone takes the proposal. To be called before the keyboard is watched, so that what
 * is typed here is in no recording.
 *
 * @throws the signal's reason when it aborts
 */
export async function askSessionName(proposal: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // the terminal takes Ctrl-C while it asks
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    for (;;) {
      const answer = (await terminal.question(`name of the session [${proposal}]: `, { signal })).trim();
      if (answer === '') return proposal;
      if (NAME.test(answer)) return answer;
      process.stderr.write('letters, digits, spaces and . _ + -, please, beginning with a letter or digit\n');
    }
  } finally {
    terminal.close();
  }
}

/** `session-2026-11-23-154501`, in local time. */
export function proposedName(now = new Date()): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `session-${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
