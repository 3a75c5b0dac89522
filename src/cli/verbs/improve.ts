/**
 * Makes an agent better than it is: it plays, learns what it should have done, and is kept only where it plays better.
 *
 *   understudy improve models/mine sessions/demos --arena --level hard --patient --rounds 3 --out models/better
 *   understudy improve models/mine sessions/demos --stepped game.json --allow-launch --rounds 3 --out models/better
 *   understudy improve models/mine sessions/demos --corrections sessions/c1 sessions/c2 --judge-by game.json --out models/better
 */
import { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import { given } from '../../core/given.js';
import type { ImproveRequest } from '../../runs/improve/improve.js';
import { addFleet, openFights, type FleetOptions } from '../options/fleet.js';
import { LEVEL_NAMES } from '../../arena/fight/rules.js';
import type { AskedImprovement } from '../../runs/improve/asked-improvement.js';
import { JUDGE_FIGHTS, TAUGHT } from '../../runs/improve/defaults.js';
import { typedCommand } from '../options/train.js';
import { whole, number, choice } from '../options/values.js';
import { addAllowLaunch } from '../options/window.js';
import { Signals } from '../signals.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';
import { addEngine, addSettings } from './train.js';

interface ImproveOptions extends AskedImprovement, FleetOptions {
  readonly json?: boolean;
}

export function improveVerb(): Command {
  const verb = new Command('improve')
    .description('rounds of correction: play, gather what should have been done, train again, keep what plays better')
    .argument('<bundle>', 'the agent')
    .argument('<sessions...>', 'what it was trained on')
    .requiredOption('--out <folder>', 'the best bundle; written only where a round is better beyond the noise')
    .option('--arena', 'in the arena: the expert says what it would do where the agent goes')
    .option('--stepped <file>', 'in a game that a program steps: its demonstrator says what it would do; the game file')
    .option('--corrections <sessions...>', "in a game: a person's corrections (play --record), a round each")
    .option('--judge-by <file>', 'with --corrections: the game file; agents are compared by playing, in turns')
    .addOption(whole('--judge-fights <n>', `of each agent, with --judge-by; default ${JUDGE_FIGHTS}`, 5, 1000))
    .option('--keep-encoder', 'train the head alone, as in the arena')
    .addOption(whole('--rounds <n>', `with --arena or --stepped; default ${TAUGHT.rounds}`, 1, 100))
    .addOption(whole('--fights <n>', `of each round; default ${TAUGHT.fights}`, 1, 1000))
    .addOption(whole('--first-seed <n>', `of the rounds, 1000 apart; default ${TAUGHT.firstSeed}`, 0, 900_000))
    .addOption(choice('--level <level>', `${LEVEL_NAMES.join(' or ')}; default ${TAUGHT.level}`, LEVEL_NAMES))
    .option('--patient', 'the expert waits for the ground before it presses JUMP again')
    .addOption(
      number(
        '--teacher-share <p>',
        `part of the time in which the expert plays, halved from round to round; default ${TAUGHT.teacherShare}`,
        0,
        1,
      ),
    )
    .addOption(
      whole('--compare-fights <n>', `in which agents are compared; default ${TAUGHT.compareFights}`, 5, 10_000),
    );
  addSettings(verb);
  addEngine(addFleet(addAllowLaunch(verb)));
  return verb
    .option('--work <folder>', 'sessions, checkpoints and bundles of the rounds; default <out>.work')
    .option('--resume', 'continue where the same command was stopped')
    .option('--json', 'print the rounds as one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  understudy improve models/mine sessions/demos --arena --level hard --out models/better\n',
    )
    .action(improveAgent);
}

async function improveAgent(folder: string, sessions: string[], options: ImproveOptions): Promise<void> {
  const { readBundle } = await import('../../policy/bundle.js');
  const { improve } = await import('../../runs/improve/improve.js');
  const { improveText } = await import('../../runs/improve/improve-text.js');
  const { TrainingProgress } = await import('../../runs/train-progress.js');
  const { askedImprovement } = await import('../../runs/improve/asked-improvement.js');
  const bundle = await readBundle(folder);
  using signals = new Signals();
  using progress = new TrainingProgress(process.stderr);
  const asked = askedImprovement(bundle, sessions, options, typedCommand());
  if (options.queue !== undefined && options.arena !== true) {
    throw badOption('--queue is for --arena: other games are played where they run.', 'Leave it out.');
  }
  await using fleet = await openFights(options);
  const request: ImproveRequest = { ...asked, ...given({ play: fleet?.play }) };
  const report = await improve(request, progress, { signals, say: sayOnError, watch: null });
  if (report === null) return sayOnError(`stopped; the same command with --resume continues (${request.work})`);
  makeOutput(options.json ?? false).answer(report, improveText(report));
}
