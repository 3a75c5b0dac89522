/**
 * Makes an agent better than it is: it plays, learns what it should have done, and is kept only where it plays better.
 *
 *   understudy improve models/mine sessions/demos --arena --level hard --patient --rounds 3 --out models/better
 *   understudy improve models/mine sessions/demos --corrections sessions/c1 sessions/c2 --judge-by game.json --out models/better
 */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import { given } from '../../core/given.js';
import type { Level } from '../../arena/fight/rules.js';
import type { Bundle } from '../../policy/bundle.js';
import type { ImproveRequest } from '../../runs/improve/improve.js';
import { addLevel } from '../options/fights.js';
import { trainRequest, type JudgeOptions, type TrainVerbOptions } from '../options/train.js';
import { integerBetween, numberBetween } from '../options/values.js';
import { addAllowLaunch } from '../options/window.js';
import { Signals } from '../signals.js';
import { makeOutput, sayOnError } from '../text/output.js';
import { addEngine, addSettings } from './train.js';

/** Of each agent, with --judge-by. */
const JUDGE_FIGHTS = 20;

interface ImproveOptions extends TrainVerbOptions, JudgeOptions {
  readonly arena?: boolean;
  readonly corrections?: readonly string[];
  readonly rounds: number;
  readonly fights: number;
  readonly firstSeed: number;
  readonly level: Level;
  readonly patient?: boolean;
  readonly teacherShare: number;
  readonly compareFights: number;
  readonly keepEncoder?: boolean;
}

export function improveVerb(): Command {
  const verb = new Command('improve')
    .description('rounds of correction: play, gather what should have been done, train again, keep what plays better')
    .argument('<bundle>', 'the agent')
    .argument('<sessions...>', 'what it was trained on')
    .requiredOption('--out <folder>', 'the best bundle; written only where a round is better beyond the noise')
    .option('--arena', 'in the arena: the expert says what it would do where the agent goes')
    .option('--corrections <sessions...>', "in a game: a person's corrections (play --record), a round each")
    .option('--judge-by <file>', 'with --corrections: the game file; agents are compared by playing, in turns')
    .option(
      '--judge-fights <n>',
      `of each agent, with --judge-by; default ${JUDGE_FIGHTS}`,
      integerBetween('--judge-fights', 5, 1000),
    )
    .option('--rounds <n>', 'with --arena', integerBetween('--rounds', 1, 100), 3)
    .option('--fights <n>', 'with --arena: of each round', integerBetween('--fights', 1, 1000), 40)
    .option(
      '--first-seed <n>',
      'with --arena: of the rounds, 1000 apart',
      integerBetween('--first-seed', 0, 900_000),
      500_000,
    );
  addLevel(verb)
    .option('--patient', 'with --arena: the expert waits for the ground before it presses JUMP again')
    .option(
      '--teacher-share <p>',
      'with --arena: part of the time in which the expert plays, halved from round to round',
      numberBetween('--teacher-share', 0, 1),
      0.5,
    )
    .option(
      '--compare-fights <n>',
      'with --arena: in which agents are compared',
      integerBetween('--compare-fights', 5, 10_000),
      200,
    )
    .option('--keep-encoder', 'train the head alone; with --arena always');
  addSettings(verb);
  addEngine(addAllowLaunch(verb));
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
  using signals = new Signals();
  using progress = new TrainingProgress(process.stderr);
  const request: ImproveRequest = {
    bundle: folder,
    out: options.out,
    work: options.work ?? `${resolve(options.out)}.work`,
    rounds: await roundsOf(options),
    training: trainRequest(sessions, trainOptions(await readBundle(folder), folder, options)),
    resume: options.resume ?? false,
  };
  const report = await improve(request, progress, { signals, say: sayOnError, watch: null });
  if (report === null) return sayOnError(`stopped; the same command with --resume continues (${request.work})`);
  makeOutput(options.json ?? false).answer(report, improveText(report));
}

async function roundsOf(options: ImproveOptions): Promise<ImproveRequest['rounds']> {
  const { arena = false, corrections = [], judgeBy, rounds, fights, firstSeed, level, patient = false } = options;
  if (arena === corrections.length > 0) {
    throw badOption('Rounds are in the arena or in a game.', 'Give --arena, or --corrections with --judge-by.');
  }
  if (arena) {
    if (judgeBy !== undefined) throw badOption('--judge-by is for --corrections.', 'Leave it out with --arena.');
    const { teacherShare, compareFights } = options;
    return { in: 'arena', of: { rounds, fights, seed: firstSeed, level, patient, teacherShare, compareFights } };
  }
  if (judgeBy === undefined) {
    throw badOption('--corrections without --judge-by: nothing tells which agent plays better.', 'Name the game file.');
  }
  const { judgingRequest } = await import('../evaluate-game.js');
  const { judgeFights = JUDGE_FIGHTS, seed = 1, allowLaunch } = options;
  const evaluation = judgingRequest(judgeBy, { fights: judgeFights, seed, ...given({ allowLaunch }) });
  return { in: 'game', of: { corrections, evaluation } };
}

/** As `train` takes them: what the bundle is, and what the verb leaves open. */
function trainOptions({ manifest }: Bundle, folder: string, options: ImproveOptions): TrainVerbOptions {
  const { latentSize: latent, horizon, training } = manifest;
  const { kind, units } = (training['head'] ?? {}) as { readonly kind?: 'gru' | 'lstm'; readonly units?: number[] };
  return {
    ...options,
    preset: 'understudy',
    latent,
    horizon,
    head: kind ?? 'gru',
    labelRule: 'at-frame',
    split: 'fight',
    validation: 0.15,
    test: 0.05, // agents are compared by playing
    ...given({ units, encoder: options.arena || options.keepEncoder ? folder : undefined }),
  };
}
