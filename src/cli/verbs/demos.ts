/**
 * Scripted demonstrations, headless and faster than real time, in the format of a person's session.
 *
 *   understudy demos --player expert --fights 40 --seed 1 --out sessions/
 */
import { Command } from 'commander';
import { addLevel, addSeed } from '../options/fights.js';
import { integerBetween, numberBetween, oneOf } from '../options/values.js';
import { makeOutput } from '../text/output.js';
import { Signals } from '../signals.js';
import type { DemosOptions } from '../../runs/record/demos.js';

const PLAYERS = ['expert', 'idle', 'shoot', 'random', 'agent'] as const;

export function demosVerb(): Command {
  const verb = new Command('demos')
    .description('record scripted fights of the arena as a session, faster than real time')
    .option('--player <name>', PLAYERS.join(', '), oneOf('--player', PLAYERS), 'expert')
    .option('--model <bundle>', 'the agent that plays with --player agent; the keys recorded are what the expert meant')
    .option('--fights <n>', 'how many', integerBetween('--fights', 1, 10_000), 40);
  return addLevel(addSeed(verb, 'seed of the first fight; the others count up'))
    .option('--out <folder>', 'where the session goes', 'sessions')
    .option('--name <name>', 'its name', 'demos')
    .option(
      '--noise <p>',
      'chance that in a tenth of a second a key slips; the intended keys are recorded',
      numberBetween('--noise', 0, 1),
      0,
    )
    .option('--patient', 'the expert waits for the ground before it presses JUMP again: what hard fights ask for')
    .option('--no-video', 'write no MP4: the lossless gray frames, which training takes, are enough')
    .option('--json', 'print the summary as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy demos --player expert --fights 40 --seed 1 --out sessions/\n')
    .action(async (options: DemosOptions & { readonly json?: boolean }) => {
      const { recordDemos, demosText } = await import('../../runs/record/demos.js');
      using signals = new Signals();
      const summary = await recordDemos(options, signals.signal);
      makeOutput(options.json ?? false).answer(summary, demosText(summary));
    });
}
