/** Rounds of correction as a user asks for them, and the request that they make. */
import { resolve } from 'node:path';
import { badOption } from '../../core/errors.js';
import { given } from '../../core/given.js';
import { readGameFile } from '../../games/game-file.js';
import type { Bundle } from '../../policy/bundle.js';
import { askedTraining, type AskedTraining } from '../../training/asked-training.js';
import type { AskedPictures } from '../../training/picture-contract.js';
import { trainedAs } from '../../training/trained-as.js';
import { judgingRequest, type AskedJudges } from '../game/asked-evaluation.js';
import type { ArenaRounds } from './arena-teaching.js';
import { JUDGE_FIGHTS, TAUGHT } from './defaults.js';
import type { ImproveRequest } from './improve.js';

/** Left out: as {@link TAUGHT} says. */
interface AskedTeaching extends Partial<Omit<ArenaRounds, 'seed'>> {
  readonly firstSeed?: number;
}

export interface AskedImprovement extends AskedTraining, AskedJudges, AskedTeaching {
  readonly arena?: boolean;
  /** A game file. */
  readonly stepped?: string;
  readonly corrections?: readonly string[];
  readonly keepEncoder?: boolean;
}

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

/**
 * The rounds that are asked for.
 *
 * @param bundle the agent, which was trained on `sessions`
 * @param command the command line, for the record
 * @throws UnderstudyError `bad-option`; as readGameFile and trainedAs
 */
export function askedImprovement(
  bundle: Bundle,
  sessions: readonly string[],
  asked: AskedImprovement,
  command: string,
): ImproveRequest {
  const rounds = roundsOf(asked);
  const { training, picture } = trainingOf(bundle, asked);
  return {
    bundle: bundle.folder,
    out: asked.out,
    work: asked.work ?? `${resolve(asked.out)}.work`,
    rounds,
    training: askedTraining(sessions, training, { pictures: () => ({ crop: null, size: picture }), command }),
    resume: asked.resume ?? false,
  };
}

function roundsOf(asked: AskedImprovement): ImproveRequest['rounds'] {
  const { arena = false, stepped, corrections = [], judgeBy } = asked;
  const ways = { arena, stepped: stepped !== undefined, corrections: corrections.length > 0 };
  const [way, second] = (['arena', 'stepped', 'corrections'] as const).filter((name) => ways[name]);
  if (way === undefined || second !== undefined) {
    throw badOption(
      'Rounds are in the arena, in a stepped game, or of corrections: one of the three.',
      'Give --arena, --stepped, or --corrections with --judge-by.',
    );
  }
  const other = OF_OTHERS[way].find((name) => asked[name] !== undefined);
  if (other !== undefined) {
    const option = `--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw badOption(`${option} has no use with --${way}.`, 'Leave it out.');
  }
  const { patient = false, firstSeed, level, rounds, fights, teacherShare, compareFights } = { ...TAUGHT, ...asked };
  const taught = { rounds, fights, seed: firstSeed, teacherShare, compareFights };
  if (way === 'arena') return { in: 'arena', of: { ...taught, level, patient } };
  if (way === 'stepped') {
    const allowLaunch = asked.allowLaunch ?? false;
    return { in: 'stepped', of: { ...taught, file: readGameFile(stepped!), allowLaunch } };
  }
  if (judgeBy === undefined) {
    throw badOption('--corrections without --judge-by: nothing tells which agent plays better.', 'Name the game file.');
  }
  const { judgeFights = JUDGE_FIGHTS, seed = 1, allowLaunch } = asked;
  const evaluation = judgingRequest(judgeBy, { fights: judgeFights, seed, ...given({ allowLaunch }) });
  return { in: 'game', of: { corrections, evaluation } };
}

interface RoundTraining {
  readonly training: AskedTraining;
  /** Null: the encoder that is kept has a size of its own. */
  readonly picture: AskedPictures['size'];
}

/** As `train` takes it: as the bundle was trained, where nothing else is asked for. */
function trainingOf(bundle: Bundle, asked: AskedImprovement): RoundTraining {
  const { latentSize: latent, horizon, preprocessing } = bundle.manifest;
  const { head, together, labelRule, labelLeadMs } = trainedAs(bundle);
  const keepsEncoder = (asked.arena ?? false) || (asked.keepEncoder ?? false);
  if (asked.autoencoderEpochs !== undefined) {
    throw badOption('--autoencoder-epochs: no round trains an autoencoder.', 'Leave it out.');
  }
  const training: AskedTraining = {
    ...given({ units: head.units, rareWeight: head.rareWeight, channels: together?.channels }),
    ...asked,
    preset: 'understudy',
    ...{ latent, horizon, labelRule, head: head.kind, split: 'fight', validation: 0.15 },
    test: 0, // agents are compared by playing
    labelLeadMs: asked.labelLeadMs === 0 ? labelLeadMs : asked.labelLeadMs,
    ...(keepsEncoder && { encoder: bundle.folder }),
  };
  return { training, picture: keepsEncoder ? null : { width: preprocessing.width, height: preprocessing.height } };
}
