/**
 * The agent acts.
 *
 *   understudy play                                   # a fight in the arena, in this process, no display needed
 *   understudy play --arena --browser                 # the arena's page, through its real window and real keys
 *   understudy play --window 'My Game' --keys JUMP=z  # any window of the display
 *   understudy play --session sessions/fights         # a recorded session, as fast as it goes; presses nothing
 */
import { Command } from 'commander';
import { UnderstudyError } from '../../core/errors.js';
import { addLenient } from '../session-options.js';
import { integerBetween, LEVELS, numberBetween, oneOf, parseRate } from '../option-values.js';
import { makeOutput } from '../output.js';
import { Signals } from '../signals.js';
import { addWindowOptions } from '../window-options.js';
import type { PlayOptions } from '../run/play-options.js';
import { summaryText, type RunSummary } from '../run/summary.js';

export function playVerb(): Command {
  const verb = new Command('play')
    .description('the agent acts: in the arena (the default), in the arena as a page, or in any window')
    .option('--arena', 'play the practice fight in this process; no display needed (the default)')
    .option('--browser', 'with --arena: serve the page, open it, play its real window with real keys')
    .option('--fights <n>', 'fights to play, with seeds counting up', integerBetween('--fights', 1, 1000), 1)
    .option('--seed <n>', 'seed of the first fight', integerBetween('--seed', 0, 2 ** 31), 1)
    .option('--level <level>', 'normal or hard', oneOf('--level', LEVELS), 'normal');
  addWindowOptions(verb);
  addLenient(verb.option('--session <name>', 'play a recorded session again: presses nothing, logs every decision'));
  return verb
    .option('--model <folder>', 'the bundle; default: the one that ships, or an untrained one made on the spot')
    .option('--threshold <list>', 'press (and release) thresholds, as in JUMP=0.4,DASH=0.5/0.3')
    .option(
      '--apply <when>',
      'at-once or next-tick; default: what the bundle says',
      oneOf('--apply', ['at-once', 'next-tick']),
    )
    .option('--rate <hz>', "ticks a second; default: the game file's or the bundle's", parseRate)
    .option('--any-rate', "allow a rate more than 25 % off the bundle's")
    .option(
      '--budget-ms <ms>',
      'a tick with lateness + latency above this is late',
      numberBetween('--budget-ms', 0.001, 10_000),
      50,
    )
    .option('--seconds <s>', 'stop after this long', numberBetween('--seconds', 0.1, 864_000))
    .option('--view <view>', 'terminal or none', oneOf('--view', ['terminal', 'none']), 'terminal')
    .option('--runs <folder>', 'where run folders go', 'runs')
    .option('--json', 'print the summary as one JSON document')
    .addHelpText(
      'after',
      "\nExample:\n  understudy play --arena --seed 7\n  understudy play --window 'xjump' --game xjump --seconds 60\n",
    )
    .action(async (options: PlayOptions, command: Command) => {
      const { logLevel } = command.optsWithGlobals<{ logLevel: 'debug' | 'info' }>();
      await play(options, logLevel);
    });
}

async function play(options: PlayOptions, logLevel: 'debug' | 'info'): Promise<void> {
  const output = makeOutput(options.json ?? false);
  using signals = new Signals();
  const context = { options, signals, logLevel, say: (text: string) => process.stderr.write(`${text}\n`) };
  const summary: RunSummary = await (await chooseRun(options))(context);
  output.answer(summary, summaryText(summary));
}

/** Each way to play is loaded only when it is asked for: the arena must start where there is no X11 at all. */
async function chooseRun(options: PlayOptions) {
  const namesWindow =
    options.window !== undefined ||
    options.app !== undefined ||
    options.pid !== undefined ||
    options.windowId !== undefined ||
    options.game !== undefined;
  const namesArena = options.arena === true || options.browser === true;
  const namesSession = options.session !== undefined;
  if (Number(namesWindow) + Number(namesArena) + Number(namesSession) > 1) {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-option',
      message: 'More than one of the arena, a window and a session were named: expected one of them.',
      next: 'Leave out --arena and --browser, --session, or the options that choose a window.',
    });
  }
  if (namesSession) return (await import('../run/play-session.js')).playSession;
  if (namesWindow) return (await import('../run/play-window.js')).playWindow;
  if (options.browser) return (await import('../run/play-browser.js')).playBrowser;
  return (await import('../run/play-arena.js')).playArena;
}
