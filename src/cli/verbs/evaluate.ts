/**
 * Scores: of predicted labels against a person's, or of a model that plays the arena by itself.
 *
 *   understudy evaluate --arena --fights 100 --seed 1000000 --model models/arena-gru-512
 *   understudy evaluate --labels labels.u8 --predictions predictions.u8 --json
 */
import { Command } from 'commander';
import { join } from 'node:path';
import type { PictureSize } from '../../arena/canvas.js';
import { UnderstudyError } from '../../core/errors.js';
import { HELD_OUT_SEED } from '../held-out-seed.js';
import { integerBetween, LEVELS, numberBetween, oneOf, parseRate } from '../option-values.js';
import { makeOutput, type Output } from '../output.js';
import { PROJECT_ROOT } from '../project-root.js';
import { modelOpener, PLAY_ENGINES, type PlayEngine } from '../run/play-engine.js';
import { Signals } from '../signals.js';

interface EvaluateOptions {
  readonly labels?: string;
  readonly predictions?: string;
  readonly arena?: boolean;
  readonly fights: number;
  readonly seed: number;
  readonly level: 'normal' | 'hard';
  readonly model: string;
  readonly engine: PlayEngine;
  readonly rate?: number;
  readonly delayMs: number;
  readonly apply?: 'at-once' | 'next-tick';
  readonly threshold?: string;
  readonly size: PictureSize;
  readonly threads?: number;
  readonly batch?: number;
  readonly players: boolean;
  readonly json?: boolean;
}

/** The bundle that ships with the program. */
const SHIPPED = join(PROJECT_ROOT, 'models', 'arena-gru-512');

export function evaluateVerb(): Command {
  return new Command('evaluate')
    .description('scores: predicted labels against real ones, or a model that plays the arena by itself')
    .option('--labels <file>', 'what was held: uint8, n x 7')
    .option('--predictions <file>', 'what would have been held: uint8, n x 7, of the same frames')
    .option('--arena', 'let the model play the practice fight, faster than real time')
    .option('--fights <n>', 'fights to play, with seeds counting up', integerBetween('--fights', 1, 100_000), 100)
    .option('--seed <n>', 'seed of the first fight', integerBetween('--seed', 0, 2 ** 31), HELD_OUT_SEED)
    .option('--level <level>', 'normal or hard', oneOf('--level', LEVELS), 'normal')
    .option('--model <folder>', 'the bundle; default: the one that ships', SHIPPED)
    .option(
      '--engine <name>',
      'onnxruntime, or tfjs: TensorFlow.js, after npm run setup:training',
      oneOf('--engine', PLAY_ENGINES),
      'onnxruntime',
    )
    .option('--rate <hz>', "ticks a second; default: the bundle's", parseRate)
    .option('--delay-ms <ms>', 'keys reach the game this much later', numberBetween('--delay-ms', 0, 1000), 0)
    .option(
      '--apply <when>',
      'at-once or next-tick; default: what the bundle says',
      oneOf('--apply', ['at-once', 'next-tick']),
    )
    .option('--threshold <list>', 'press (and release) thresholds, as in JUMP=0.4,DASH=0.5/0.3')
    .option('--size <wxh>', 'size of the pictures before preprocessing', parseSize, { width: 640, height: 360 })
    .option('--threads <n>', 'default: one a core', integerBetween('--threads', 1, 64))
    .option('--batch <n>', 'fights of one thread at a time; default 16', integerBetween('--batch', 1, 256))
    .option('--no-players', 'leave the scripted players out')
    .option('--json', 'print the scores as one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  understudy evaluate --arena --fights 100 --seed 1000000 --model models/untrained\n' +
        '  understudy evaluate --labels labels.u8 --predictions predictions.u8 --json\n',
    )
    .action(async (options: EvaluateOptions) => {
      const output = makeOutput(options.json ?? false);
      if (options.arena) await evaluateInArena(options, output);
      else await evaluateLabels(options, output);
    });
}

/** Reads `1280x720`; any size from 128x72 on. */
function parseSize(text: string): PictureSize {
  const match = /^(\d{3,4})x(\d{2,4})$/.exec(text);
  const [width, height] = match === null ? [0, 0] : [Number(match[1]), Number(match[2])];
  if (width >= 128 && height >= 72 && width <= 3840 && height <= 2160) return { width, height };
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `--size ${text}: expected width x height from 128x72 to 3840x2160.`,
    next: 'Write it as in --size 1280x720.',
  });
}

async function evaluateLabels({ labels, predictions }: EvaluateOptions, output: Output): Promise<void> {
  if (labels === undefined || predictions === undefined) throw nothingToScore();
  const { scoreLabelFiles, scoresText } = await import('../evaluation/label-scores.js');
  const scores = await scoreLabelFiles(labels, predictions);
  output.answer(scores, scoresText(scores));
}

function nothingToScore(): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: 'evaluate needs either --arena or both --labels and --predictions.',
    next: 'Name what to score, as in `understudy evaluate --arena --fights 100`.',
  });
}

async function evaluateInArena(options: EvaluateOptions, output: Output): Promise<void> {
  if (options.labels !== undefined || options.predictions !== undefined) throw nothingToScore();
  const { scoreInArena } = await import('../../evaluation/arena/score.js');
  const { parseThresholds } = await import('../threshold-list.js');
  const { arenaText } = await import('../evaluation/arena-text.js');
  const { Progress } = await import('../../terminal/progress.js');
  using signals = new Signals();
  using progress = new Progress({ unit: 'fights', total: options.fights });
  const beganMs = performance.now();
  const { fights, seed, level, delayMs, size, rate, apply, threshold, threads, batch } = options;
  const score = await scoreInArena({
    bundle: options.model,
    ...{ fights, seed, level, delayMs, size },
    ...(rate === undefined ? {} : { rateHz: rate }),
    ...(apply === undefined ? {} : { apply }),
    ...(threshold === undefined ? {} : { thresholds: parseThresholds(threshold) }),
    ...(threads === undefined ? {} : { threads }),
    ...(batch === undefined ? {} : { batchSize: batch }),
    ...(options.engine === 'onnxruntime' ? {} : { openModel: await modelOpener(options.engine) }),
    withPlayers: options.players,
    signal: signals.signal,
    onProgress: ({ done }) => progress.update(done),
  });
  progress.finish();
  if (score === null) {
    process.stderr.write('stopped before all fights were played: no score\n');
    return;
  }
  const played = score.perFight.reduce((sum, { seconds }) => sum + seconds, 0);
  const tookSeconds = (performance.now() - beganMs) / 1000;
  output.answer(score, arenaText(score));
  process.stderr.write(
    `${played.toFixed(0)} s of play in ${tookSeconds.toFixed(0)} s: ${(played / tookSeconds).toFixed(1)} x real time\n`,
  );
}
