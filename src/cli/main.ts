/** The program: one verb a file. The only module that ends the process. */
import { Command, CommanderError } from 'commander';
import { EXIT_CODES } from '../core/errors.js';
import { surviveClosedOutput } from '../terminal/closed-output.js';
import { printError } from '../terminal/print-error.js';
import { programVersion } from '../core/program-version.js';
import { ensureHome } from '../system/home.js';
import { VERBS } from './verbs.js';

/** Builds the whole command line; a test parses the documentation's commands with it. */
export function buildProgram(): Command {
  const program = new Command('understudy')
    .description('Watches a game window, learns from the person who plays it, and takes the stage.')
    .version(programVersion())
    .option('--log-level <level>', 'debug shows stack traces and writes a log line per tick', 'info')
    .addHelpText('after', '\nExample:\n  understudy play --arena --seed 7\n')
    .enablePositionalOptions(false);
  for (const makeVerb of VERBS) program.addCommand(makeVerb());
  for (const command of allCommands(program)) command.exitOverride().showHelpAfterError('(--help shows the options)');
  return program;
}

/** Runs one command line and sets the exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  ensureHome();
  surviveClosedOutput(process.stdout, process.stderr);
  const program = buildProgram();
  try {
    await program.parseAsync([...argv]);
  } catch (thrown) {
    process.exitCode = exitCodeOf(thrown, argv);
  }
}

function exitCodeOf(thrown: unknown, argv: readonly string[]): number {
  // Commander has already printed its own message, or the help that was asked for.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
  // Work that a signal cut short has shut down cleanly: Signals has set the exit code.
  if (isAbort(thrown) && process.exitCode !== undefined) return Number(process.exitCode);
  const verb = argv[2]?.startsWith('-') ? '' : (argv[2] ?? '');
  return printError(verb, thrown, argv.join(' ').includes('--log-level debug'), argv.slice(2));
}

/** What aborted waits reject with: a DOMException or an Error of that name. */
function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
