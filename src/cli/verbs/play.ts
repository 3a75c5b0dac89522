/**
 * The agent acts.
 *
 *   understudy play                                   # a fight in the arena, in this process, no display needed
 *   understudy play --arena --browser                 # the arena's page, through its real window and real keys
 *   understudy play --window 'My Game' --keys JUMP=z  # any window of the display
 *   understudy play --arena --fights 9 --detach       # in the background; `understudy status` and `stop` reach it
 *   understudy play --session sessions/fights         # a recorded session, as fast as it goes; presses nothing
 */
import { Command } from 'commander';
import { addFaultOptions } from '../options/faults.js';
import { addLenient } from '../options/session.js';
import { addLevel, addSeed } from '../options/fights.js';
import { addBudget } from '../options/pace.js';
import { parseRate, whole, number, choice } from '../options/values.js';
import { refuseUnusable } from '../options/modes.js';
import { makeOutput, sayOnError, type Output } from '../../terminal/output.js';
import { Signals } from '../signals.js';
import { addWatchOptions } from '../options/watch.js';
import { withCommand } from '../options/inside.js';
import { inside, insideRequest, logsIn } from '../../runs/inside.js';
import { launches } from '../../runs/game/permission.js';
import { addAllowLaunch, addWindowOptions } from '../options/window.js';
import { addAct, addActSeed, addAnyGame, addApply, addEngineAndThresholds } from '../options/policy.js';
import { daemonsReport, daemonText, startDaemon, undetached } from '../../runs/detach.js';
import { PLAY_OPTION_MODES, playModeOf, type PlayMode } from '../options/play-modes.js';
import { playRequest, type PlayOptions } from '../options/play.js';
import { addSafetyOptions } from '../options/safety.js';
import { play } from '../../runs/play.js';
import { summaryText } from '../../runs/summary.js';
import { given } from '../../core/given.js';
import type { LogLevel } from '../../runs/log.js';

export function playVerb(): Command {
  const verb = new Command('play')
    .description('the agent acts: in the arena (the default), in the arena as a page, or in any window')
    .option('--arena', 'play the practice fight in this process; no display needed (the default)')
    .option('--browser', 'with --arena: serve the page, open it, play its real window with real keys')
    .addOption(
      whole(
        '--fights <n>',
        'fights to play: in the arena with seeds counting up (default 1), or of a game with cues, restarted in between',
        1,
        1000,
      ),
    );
  addLevel(addSeed(verb));
  addWindowOptions(verb);
  addAllowLaunch(verb);
  addSafetyOptions(verb);
  addFaultOptions(verb);
  addWatchOptions(verb);
  addLenient(verb.option('--session <name>', 'play a recorded session again: presses nothing, logs every decision'));
  verb.option('--model <folder>', 'the bundle; default: the one that ships, or an untrained one made on the spot');
  addAnyGame(addApply(addActSeed(addAct(addEngineAndThresholds(verb)))))
    .option('--rate <hz>', "ticks a second; default: the game file's or the bundle's", parseRate)
    .option('--any-rate', "allow a rate more than 25 % off the bundle's");
  return addBudget(verb)
    .addOption(number('--seconds <s>', 'stop after this long', 0.1, 864_000))
    .addOption(choice('--view <view>', 'terminal or none', ['terminal', 'none'], 'terminal'))
    .option('--runs <folder>', 'where run folders go', 'runs')
    .option('--record-video', 'keep the pictures in the run folder, for the overlay verb; never delays a tick')
    .option('--record <session>', 'keep the run as a session, with what you did after taking over, to train on')
    .option('--detach', 'play in the background: status, pause, resume, arm, disarm and stop reach it')
    .option('--json', 'print the summary as one JSON document')
    .addHelpText(
      'after',
      "\nExample:\n  understudy play --arena --seed 7\n  understudy play --window 'xjump' --game xjump --seconds 60\n  understudy play --game xjump --inside auto -- xjump\n",
    )
    .action(async (words: string[], asked: PlayOptions, command: Command) => {
      const options = withCommand(words, asked);
      const { logLevel } = command.optsWithGlobals<{ logLevel: LogLevel }>();
      const mode = playModeOf(options);
      refuseUnusable(command, mode, PLAY_OPTION_MODES);
      await playOrDetach(mode, options, logLevel);
    });
}

async function playOrDetach(mode: PlayMode, options: PlayOptions, logLevel: LogLevel): Promise<void> {
  const output = makeOutput(options.json ?? false);
  using signals = new Signals();
  if (options.detach) return await playDetached(options, output, signals);
  const onServing = daemonsReport() ?? undefined;
  const request = playRequest(mode, options, logLevel);
  const opensItself = mode === 'browser' || launches(options);
  const screen = insideRequest(options, { opensItself, takes: 'either', logs: logsIn(options.runs) });
  const environment = { signals, say: sayOnError, ...given({ onServing }) };
  await inside(screen, environment, async (there) => {
    const summary = await play(request, there);
    output.answer(summary, summaryText(summary));
  });
}

/** Starts the same command line again in the background; where it does not come up, its own output is printed. */
async function playDetached({ runs }: PlayOptions, output: Output, signals: Signals): Promise<void> {
  const daemon = await startDaemon(undetached(process.argv.slice(2)), runs, signals.signal);
  if (!('exitCode' in daemon)) return output.answer({ detached: true, ...daemon }, daemonText(daemon));
  sayOnError(daemon.output);
  process.exitCode = daemon.exitCode;
}
