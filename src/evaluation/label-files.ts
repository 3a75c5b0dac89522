/** Scores a file of predictions against a file of labels: as data for scripts, as text for people. */
import { readFile } from 'node:fs/promises';
import { arrayFileKind } from '../core/array-file.js';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { requireRegularFile } from '../core/regular-file.js';
import { STUDY_ACTIONS } from '../core/study-actions.js';
import { comparableLabels, scoreLabels, type PrecisionRecallF1, type Scores } from './scores.js';
import { learnedFrom, oneFrameBefore, type Learned } from './learned.js';
import { textTable } from '../terminal/table.js';

/** 512 MiB: three weeks at 60 frames a second. */
const MOST_BYTES = 512 * 1024 * 1024;

async function readLabels(option: string, path: string): Promise<Uint8Array> {
  try {
    requireRegularFile(path, MOST_BYTES);
    const bytes = await readFile(path);
    requireLabelBytes(option, path, bytes);
    return bytes;
  } catch (cause) {
    if (cause instanceof UnderstudyError) throw cause;
    throw new UnderstudyError({
      kind: 'input',
      code: 'file-missing',
      message: `${option} ${path} cannot be read: ${messageOf(cause)}`,
      next: 'Name a file of uint8, one row of 7 a frame; `understudy evaluate --help` has an example.',
      cause,
    });
  }
}

/** Fewer held cells than these may lie in every fourth or eighth byte by chance. */
const FEWEST_TO_JUDGE = 8;

/** What a file of labels is that is not of bytes; null where nothing speaks against bytes. */
function otherType(bytes: Uint8Array): string | null {
  const array = arrayFileKind(bytes);
  if (array !== null) return array;
  let others = 0;
  let held = 0;
  const inPlace = [0, 0]; // held bytes at the beginning of every 4, and of every 8
  for (let k = 0; k < bytes.length; k += 1) {
    if (bytes[k] === 0) continue;
    held += 1;
    if (bytes[k] !== 1 && bytes[k] !== 255) others += 1;
    if (k % 4 === 0) inPlace[0] += 1;
    if (k % 8 === 0) inPlace[1] += 1;
  }
  if (others > 0) return 'numbers of another type than uint8, or text: it has bytes other than 0, 1 and 255';
  if (held < FEWEST_TO_JUDGE) return null;
  if (inPlace[1] === held) return 'numbers of 8 bytes, such as int64';
  return inPlace[0] === held ? 'numbers of 4 bytes, such as int32' : null;
}

function requireLabelBytes(option: string, path: string, bytes: Uint8Array): void {
  const other = otherType(bytes);
  if (other === null) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'file-unreadable',
    message: `${option} ${path} holds ${other}; expected uint8, 1 where an action is held and 0 elsewhere, and nothing else.`,
    next: "With numpy: (labels > 0).astype('uint8').tofile('labels.bin').",
  });
}

/**
 * Reads both files, of the study's actions, and compares them.
 *
 * @throws UnderstudyError 'file-missing'; 'file-unreadable' where their sizes do not match, or the bytes are no labels
 */
export async function scoreLabelFiles(labels: string, predictions: string): Promise<ScoredFiles> {
  const [held, predicted] = [await readLabels('--labels', labels), await readLabels('--predictions', predictions)];
  const [human, model] = comparableLabels(STUDY_ACTIONS, held, predicted);
  const scores = scoreLabels(human, model);
  return { ...scores, learned: learnedFrom(scores, human, oneFrameBefore(human)) };
}

/** The last keys copied are those of the row before: the files know no fights. */
export type ScoredFiles = Scores & { readonly learned: Learned };

const figure = (value: number): string => value.toFixed(3);
const cells = ({ precision, recall, f1 }: PrecisionRecallF1): string[] => [precision, recall, f1].map(figure);

/** Scores for people. An action that was never held has no F1: it shows a dash, never 0. */
export function scoresText(scores: ScoredFiles): string {
  const perAction = Object.entries(scores.perAction).map(([action, score]) => {
    if (score.support === 0) return [action, '0', '-', '-', '-', '-'];
    return [action, String(score.support), ...cells(score), figure(score.onsetF1)];
  });
  const averages = (['micro', 'macro', 'weighted', 'samples'] as const).map((name) => [
    `${name} average`,
    '',
    ...cells(scores[name]),
    '',
  ]);
  return [
    textTable(['action', 'frames', 'precision', 'recall', 'F1', 'onset F1'], [...perAction, ...averages]),
    '',
    `${scores.frames} frames: composite ${figure(scores.composite)} (mean F1 of ${scores.learned.composite?.over.join(', ') ?? 'none: no scored action was held'}), ` +
      `onset F1 ${figure(scores.onsetF1)}, kappa ${scores.kappa === null ? '-' : figure(scores.kappa)}, ` +
      `binary accuracy ${figure(scores.binaryAccuracy)}, subset accuracy ${figure(scores.subsetAccuracy)}`,
    scores.learned.text,
  ].join('\n');
}
