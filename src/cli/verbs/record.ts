/**
 * A person's session: the window's pictures and the person's keys, in the study's format.
 *
 *   understudy record --window 'My Game' --out sessions/
 *   understudy record --arena --browser --name train      # play the practice fight yourself
 */
import { Command } from 'commander';
import { UnderstudyError } from '../../core/errors.js';
import { integerBetween, LEVELS, numberBetween, oneOf, parseRate } from '../option-values.js';
import { refuseUnusable } from '../option-modes.js';
import { makeOutput } from '../output.js';
import { Signals } from '../signals.js';
import { addWindowChoice, namesWindow } from '../window-options.js';
import { askSessionName, checkSessionName, proposedName } from '../recording/session-name.js';
import { KEY_SOURCES, RECORD_OPTION_MODES, type RecordOptions } from '../recording/record-options.js';

export function recordVerb(): Command {
  const verb = new Command('record')
    .description("record a person's play: a window's pictures and the keys pressed in it")
    .option('--arena', 'record the practice fight, played by a person; with --browser')
    .option('--browser', "with --arena: serve the arena's page, open it and record its real window")
    .option('--seed <n>', "seed of the arena's first fight", integerBetween('--seed', 0, 2 ** 31), 1)
    .option('--level <level>', 'normal or hard', oneOf('--level', LEVELS), 'normal');
  addWindowChoice(verb);
  return verb
    .option('--out <folder>', 'where the session goes', 'sessions')
    .option('--name <name>', 'its name; asked for on a terminal when left out')
    .option('--rate <hz>', "frames a second; default: the game file's, or 10", parseRate)
    .option('--seconds <s>', 'stop after this long', numberBetween('--seconds', 0.1, 864_000))
    .option('--hot-keys <list>', 'keys that stop, begin a fight and end a fight; never recorded as play', '1,8,9')
    .option('--keys-from <source>', KEY_SOURCES.join(', '), oneOf('--keys-from', KEY_SOURCES), 'auto')
    .option('--json', 'print the summary as one JSON document')
    .addHelpText(
      'after',
      "\nExample:\n  understudy record --window 'My Game' --name train\n  understudy record --arena --browser --name train\n",
    )
    .action(async (options: RecordOptions, command: Command) => await record(options, command));
}

async function record(options: RecordOptions, command: Command): Promise<void> {
  const output = makeOutput(options.json ?? false);
  const page = isPage(options);
  refuseUnusable(command, page ? 'page' : 'window', RECORD_OPTION_MODES);
  using signals = new Signals();
  try {
    // before anything listens to keys: what is typed here is nobody's business
    const name = await nameOf(options, signals.signal);
    const context = { options, name, signals, say: (text: string) => void process.stderr.write(`${text}\n`) };
    const { recordNamedWindow, recordPage, recordText } = await import('../recording/record.js');
    const { summary, failure } = await (page ? recordPage : recordNamedWindow)(context);
    output.answer(summary, recordText(summary));
    if (failure !== null) throw failure;
  } catch (error) {
    // stopped while it waited for a name or a window: nothing was recorded, and nothing went wrong
    if (signals.exitCode === null || error instanceof UnderstudyError) throw error;
  }
}

async function nameOf(options: RecordOptions, signal: AbortSignal): Promise<string> {
  if (options.name !== undefined) return checkSessionName(options.name);
  return process.stdin.isTTY ? await askSessionName(proposedName(), signal) : proposedName();
}

/** True for the arena's page, false for a window. @throws UnderstudyError `bad-option` for both or neither */
function isPage(options: RecordOptions): boolean {
  const page = options.arena === true || options.browser === true;
  if (page !== namesWindow(options)) return page;
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: page
      ? 'Both the arena and a window were named: expected one of them.'
      : 'No window was named: there is nothing to record.',
    next: "Name one with --window 'part of its title' (`understudy windows` lists them), or use --arena --browser.",
  });
}
