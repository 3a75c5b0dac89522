/**
 * Makes the data of a training from recorded sessions: labels, fights and parts in memory, pictures in one file that
 * batches are read from. Warns before training of data that is likely to give a bad model.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionSet } from '../core/action-set.js';
import { given } from '../core/given.js';
import { readDataset, type Dataset } from '../session/dataset.js';
import { fightIds } from '../session/fight-ids.js';
import type { LabelRule } from '../session/labels.js';
import { onsetsOf } from '../session/onsets.js';
import type { ReadOptions } from '../session/event-log.js';
import { splitFrames, type SplitOptions } from '../session/splits.js';
import { contractFingerprint, type PreprocessingContract } from '../vision/preprocessing-contract.js';
import { contractWarnings } from './contract-warnings.js';
import { trainingContract, type AskedPictures } from './picture-contract.js';
import { TEST, TRAIN, VALIDATION, type TrainingData } from './dataset.js';
import { FileRows, writeRows } from './rows.js';

export interface SessionDataOptions {
  /** How pictures are prepared, or what of it is asked for; the rest is as in the recordings. */
  readonly pictures: PreprocessingContract | AskedPictures;
  /** Default `at-frame`: labels held in the interval before a frame cost half the wins. */
  readonly labelRule?: LabelRule;
  /** A frame's label is what is held this much later, ms. Default 0. */
  readonly labelLeadMs?: number;
  /** How whole fights (or sessions) are divided; default 15 % each for validation and test, by fight. */
  readonly split: SplitOptions;
  /** How logs are read: keys of another recorder, broken lines. */
  readonly reading?: ReadOptions;
  /** Folder for the frames' file. */
  readonly workFolder: string;
}

export interface SessionData {
  readonly data: TrainingData;
  readonly preprocessing: PreprocessingContract;
  readonly fps: number;
  /** The id of each fight by its number, for the record of what was trained on. */
  readonly fightIds: ReadonlyMap<number, string>;
  /** What the user should know before a training of an hour starts; one sentence each. */
  readonly warnings: readonly string[];
}

/** Enough for a clone that wins: 24 fights or 20 minutes gave 94 to 100 %, half of that 80 %. */
const ENOUGH_FIGHTS = 24;
const ENOUGH_MINUTES = 20;
const ENOUGH_ONSETS = 50;
/** 100 s at 10 Hz: an action held this long is learned well, however rarely it is pressed. */
const ENOUGH_HELD_FRAMES = 1000;

/** One sentence for each way in which the data may be too little. @param asked which parts there should be */
export function warningsOf(data: TrainingData, fps: number, asked = { validation: true, test: true }): string[] {
  const warnings: string[] = [];
  const fights = new Set(data.fightOf).size;
  const minutes = data.frames.count / fps / 60;
  if (fights < ENOUGH_FIGHTS && minutes < ENOUGH_MINUTES) {
    warnings.push(
      `${fights} fights and ${minutes.toFixed(0)} minutes: record at least ${ENOUGH_FIGHTS} fights or ${ENOUGH_MINUTES} minutes for an agent that wins.`,
    );
  }
  const counts = data.labels.counts();
  for (const [index, action] of data.labels.actions.names.entries()) {
    const onsets = onsetsOf(data.labels, index, data.fightOf).length;
    const held = counts[index];
    const share = held / data.frames.count;
    // an action that is never used, or hardly ever released, has few presses and does not need more
    if (held > 0 && share < 0.5 && held < ENOUGH_HELD_FRAMES && onsets < ENOUGH_ONSETS) {
      warnings.push(`${action} is pressed ${onsets} times, fewer than ${ENOUGH_ONSETS}: it will be learned badly.`);
    }
  }
  warnings.push(...neverHeld(data.labels.actions, counts));
  for (const [part, name, missing] of [
    [VALIDATION, 'validation', 'the epoch, the thresholds and the way to act cannot be chosen'],
    [TEST, 'test', 'the scores are those of validation fights'],
  ] as const) {
    if (asked[name] && !data.partOf.includes(part)) warnings.push(`No fight is left for ${name}: ${missing}.`);
  }
  return warnings;
}

/** A warning where none of the rare actions that are scored is ever held. @param counts [K] frames at which each is */
function neverHeld({ names, rare, scored }: ActionSet, counts: readonly number[]): string[] {
  const looked = rare.filter((action) => scored.includes(action));
  if (looked.length === 0 || looked.some((action) => counts[action] > 0)) return [];
  const [last, ...others] = looked.map((action) => names[action]).reverse();
  const none =
    others.length === 0 ? `${last} is never` : `Neither ${others.reverse().join(' nor ')} nor ${last} is ever`;
  return [`${none} held: the composite score will leave ${others.length === 0 ? 'it' : 'them'} out.`];
}

/** Ids of the fights of each part, for the bundle's record: a score refuses what was trained on. */
export function fightsByPart({ data, fightIds: ids }: SessionData): Record<'train' | 'validation' | 'test', string[]> {
  const of = (part: number): string[] => {
    const fights = new Set(data.fightOf.filter((_, frame) => data.partOf[frame] === part));
    return [...fights].map((fight) => ids.get(fight)!);
  };
  return { train: of(TRAIN), validation: of(VALIDATION), test: of(TEST) };
}

/** Identifies the pictures without decoding them: by the files they come from. */
function picturesKey(dataset: Dataset, preprocessing: PreprocessingContract): string {
  const files = dataset.sessions.flatMap(({ files: { video, gray, frames } }) =>
    [video, gray, frames].map((path) => {
      if (!existsSync(path)) return [path, null];
      const { size, mtimeMs } = statSync(path);
      return [path, size, mtimeMs];
    }),
  );
  const record = JSON.stringify([files, contractFingerprint(preprocessing), dataset.fights.length]);
  return createHash('sha256').update(record).digest('hex').slice(0, 24);
}

/**
 * Reads sessions for training. The frames' file is kept in the work folder and used again by the next run.
 *
 * @throws UnderstudyError as `readDataset` and `splitFrames` (different rates, no fight, too few fights to split) and
 *   as {@link trainingContract} and as reading the pictures; `write-failed`
 */
export async function dataFromSessions(names: readonly string[], options: SessionDataOptions): Promise<SessionData> {
  const { pictures, workFolder } = options;
  const dataset = await readDataset(names, {
    ...options.reading,
    labels: options.labelRule ?? 'at-frame',
    leadMs: options.labelLeadMs ?? 0,
  });
  const preprocessing = 'scale' in pictures ? pictures : await trainingContract(dataset.sessions, pictures);
  const partOf = splitFrames(options.split.by === 'session' ? dataset.sessionOf : dataset.fights, options.split);
  mkdirSync(workFolder, { recursive: true });
  const differences = await contractWarnings(dataset.sessions, preprocessing);
  const path = join(workFolder, `frames-${picturesKey(dataset, preprocessing)}.gray`);
  if (!existsSync(path)) await writeRows(path, dataset.pictures(preprocessing));
  const { height, width } = preprocessing;
  const frames = new FileRows(path, height * width);
  const fps = Number.isFinite(dataset.rateHz) ? dataset.rateHz : 10;
  const data = {
    frames,
    image: [height, width] as const,
    ...given({ game: dataset.game ?? undefined }),
    labels: dataset.labels,
    fightOf: dataset.fights,
    partOf,
  };
  const training = partOf.filter((part) => part === TRAIN).length;
  const { validation = 1, test = 1 } = options.split; // of those left out there is a share
  const warnings = [...warningsOf(data, fps, { validation: validation > 0, test: test > 0 }), ...differences];
  if (training < 1000) warnings.push(`Only ${training} frames are for training.`);
  return { data, preprocessing, fps, fightIds: fightIds(dataset), warnings };
}
