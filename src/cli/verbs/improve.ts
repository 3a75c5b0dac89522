/**
 * Makes an agent better than it is: it plays, learns what it should have done, and is kept only where it plays better.
 *
 *   understudy improve models/mine sessions/demos --arena --level hard --patient --rounds 3 --out models/better
 *   understudy improve models/mine sessions/demos --stepped game.json --allow-launch --rounds 3 --out models/better
 *   understudy improve models/mine sessions/demos --corrections sessions/c1 sessions/c2 --judge-by game.json --out models/better
 */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import { given } from '../../core/given.js';
import { readGameFile } from '../../games/game-file.js';
import { LEVEL_NAMES, type Level } from '../../arena/fight/rules.js';
import type { Bundle } from '../../policy/bundle.js';
import type { ImproveRequest } from '../../runs/improve/improve.js';
import type { TrainedAs } from '../../training/trained-as.js';
import { trainRequest, type JudgeOptions, type TrainVerbOptions } from '../options/train.js';
import { whole, number, choice } from '../options/values.js';
import { addAllowLaunch } from '../options/window.js';
import { Signals } from '../signals.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';
import { addEngine, addSettings } from './train.js';

/** Of each agent, with --judge-by. */
const JUDGE_FIGHTS = 20;

/** Left out: as TAUGHT says. */
interface TeacherOptions {
  readonly rounds?: number;
  readonly fights?: number;
  readonly firstSeed?: number;
  readonly level?: Level;
  readonly patient?: boolean;
  readonly teacherShare?: number;
  readonly compareFights?: number;
}

interface ImproveOptions extends TrainVerbOptions, JudgeOptions, TeacherOptions {
  readonly arena?: boolean;
  /** A game file. */
  readonly stepped?: string;
  readonly corrections?: readonly string[];
  readonly keepEncoder?: boolean;
}

const TAUGHT = {
  rounds: 3,
  fights: 40,
  firstSeed: 500_000,
  level: 'normal',
  teacherShare: 0.5,
  compareFights: 200,
} as const;
const OF_TEACHER = ['rounds', 'fights', 'firstSeed', 'teacherShare', 'compareFights'] as const;
const OF_ARENA = ['level', 'patient'] as const;
const OF_GAME = ['judgeBy', 'judgeFights'] as const;
const OF_PROGRAM = ['allowLaunch', 'keepEncoder'] as const;

/** Options that each kind of rounds has no use for. */
const OF_OTHERS = {
  arena: [...OF_GAME, ...OF_PROGRAM],
  stepped: [...OF_ARENA, ...OF_GAME],
  corrections: [...OF_TEACHER, ...OF_ARENA],
} as const;

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
  const { trainedAs } = await import('../../training/trained-as.js');
  const bundle = await readBundle(folder);
  using signals = new Signals();
  using progress = new TrainingProgress(process.stderr);
  const request: ImproveRequest = {
    bundle: folder,
    out: options.out,
    work: options.work ?? `${resolve(options.out)}.work`,
    rounds: await roundsOf(options),
    training: trainRequest(sessions, trainOptions(bundle, options, trainedAs(bundle))),
    resume: options.resume ?? false,
  };
  const report = await improve(request, progress, { signals, say: sayOnError, watch: null });
  if (report === null) return sayOnError(`stopped; the same command with --resume continues (${request.work})`);
  makeOutput(options.json ?? false).answer(report, improveText(report));
}

async function roundsOf(options: ImproveOptions): Promise<ImproveRequest['rounds']> {
  const { arena = false, stepped, corrections = [], judgeBy } = options;
  const ways = { arena, stepped: stepped !== undefined, corrections: corrections.length > 0 };
  const [way, second] = (['arena', 'stepped', 'corrections'] as const).filter((name) => ways[name]);
  if (way === undefined || second !== undefined) {
    throw badOption(
      'Rounds are in the arena, in a stepped game, or of corrections: one of the three.',
      'Give --arena, --stepped, or --corrections with --judge-by.',
    );
  }
  const other = OF_OTHERS[way].find((name) => options[name] !== undefined);
  if (other !== undefined) {
    const option = `--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw badOption(`${option} has no use with --${way}.`, 'Leave it out.');
  }
  const { patient = false, firstSeed, level, rounds, fights, teacherShare, compareFights } = { ...TAUGHT, ...options };
  const taught = { rounds, fights, seed: firstSeed, teacherShare, compareFights };
  if (way === 'arena') return { in: 'arena', of: { ...taught, level, patient } };
  if (way === 'stepped') {
    const allowLaunch = options.allowLaunch ?? false;
    return { in: 'stepped', of: { ...taught, file: readGameFile(stepped!), allowLaunch } };
  }
  if (judgeBy === undefined) {
    throw badOption('--corrections without --judge-by: nothing tells which agent plays better.', 'Name the game file.');
  }
  const { judgingRequest } = await import('../evaluate-game.js');
  const { judgeFights = JUDGE_FIGHTS, seed = 1, allowLaunch } = options;
  const evaluation = judgingRequest(judgeBy, { fights: judgeFights, seed, ...given({ allowLaunch }) });
  return { in: 'game', of: { corrections, evaluation } };
}

/** As `train` takes them: as the bundle was trained, where the options do not say otherwise. */
function trainOptions(bundle: Bundle, options: ImproveOptions, trained: TrainedAs): TrainVerbOptions {
  const { latentSize: latent, horizon, preprocessing } = bundle.manifest;
  const { head, together, labelRule, labelLeadMs } = trained;
  const keepsEncoder = (options.arena ?? false) || (options.keepEncoder ?? false);
  if (options.autoencoderEpochs !== undefined) {
    throw badOption('--autoencoder-epochs: no round trains an autoencoder.', 'Leave it out.');
  }
  return {
    ...given({ units: head.units, rareWeight: head.rareWeight, channels: together?.channels }),
    ...options,
    preset: 'understudy',
    ...{ latent, horizon, labelRule, head: head.kind, split: 'fight', validation: 0.15 },
    test: 0, // agents are compared by playing
    labelLeadMs: options.labelLeadMs === 0 ? labelLeadMs : options.labelLeadMs,
    ...(keepsEncoder
      ? { encoder: bundle.folder }
      : { picture: { width: preprocessing.width, height: preprocessing.height } }),
  };
}
