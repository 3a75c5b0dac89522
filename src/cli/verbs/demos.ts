/**
 * Scripted demonstrations, headless and faster than real time, in the format of a person's session.
 *
 *   understudy demos --player expert --fights 40 --seed 1 --out sessions/
 *   understudy demos --game games/mine/game.json --allow-launch --fights 80 --name mine
 */
import { Command } from 'commander';
import { addLevel, addSeed } from '../options/fights.js';
import { refuseUnusable, type OptionModes } from '../options/modes.js';
import { addPicture, parseRate, whole, number, choice } from '../options/values.js';
import { addAllowLaunch } from '../options/window.js';
import { makeOutput } from '../../terminal/output.js';
import { Signals } from '../signals.js';
import type { AskedDemos } from '../../runs/record/asked-demos.js';

const PLAYERS = ['expert', 'idle', 'shoot', 'random', 'demonstrator', 'agent'] as const;

interface DemosVerbOptions extends AskedDemos {
  readonly json?: boolean;
}

/** Which fights take which option. */
export const DEMOS_OPTION_MODES: OptionModes<'arena' | 'stepped', DemosVerbOptions> = {
  words: { arena: 'the arena', stepped: 'a stepped game (--game)' },
  takenBy: {
    ...{ player: 'every', model: 'every', fights: 'every', seed: 'every', out: 'every', name: 'every' },
    ...{ video: 'every', json: 'every', level: ['arena'], noise: ['arena'], patient: ['arena'] },
    ...{ game: ['stepped'], allowLaunch: ['stepped'], rate: ['stepped'], picture: ['stepped'] },
  },
};

export function demosVerb(): Command {
  const verb = new Command('demos')
    .description('record scripted fights of the arena, or of a stepped game, as a session, faster than real time')
    .addOption(choice('--player <name>', `${PLAYERS.join(', ')}; default: expert, of a game its demonstrator`, PLAYERS))
    .option(
      '--model <bundle>',
      'the agent that plays with --player agent; the keys recorded are what the teacher meant',
    )
    .addOption(whole('--fights <n>', 'how many', 1, 10_000, 40));
  addAllowLaunch(addPicture(verb))
    .option('--game <file>', 'of a game that a program steps (`stepped` of its file), instead of the arena')
    .option('--rate <hz>', "with --game: pictures a second; default: the game file's, or 10", parseRate);
  return addLevel(addSeed(verb, 'seed of the first fight; the others count up'))
    .option('--out <folder>', 'where the session goes', 'sessions')
    .option('--name <name>', 'its name', 'demos')
    .addOption(
      number('--noise <p>', 'chance that in a tenth of a second a key slips; the intended keys are recorded', 0, 1, 0),
    )
    .option('--patient', 'the expert waits for the ground before it presses JUMP again: what hard fights ask for')
    .option('--no-video', 'write no MP4: the lossless gray frames, which training takes, are enough')
    .option('--json', 'print the summary as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy demos --player expert --fights 40 --seed 1 --out sessions/\n')
    .action(async (options: DemosVerbOptions, command: Command) => {
      refuseUnusable(command, options.game === undefined ? 'arena' : 'stepped', DEMOS_OPTION_MODES);
      const { askedDemos } = await import('../../runs/record/asked-demos.js');
      const { recordDemos, demosText } = await import('../../runs/record/demos.js');
      using signals = new Signals();
      const summary = await recordDemos(askedDemos(options), signals.signal);
      makeOutput(options.json ?? false).answer(summary, demosText(summary));
    });
}
