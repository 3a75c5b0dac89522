/** `evaluate --arena`: a model plays fights by itself, faster than real time. */
import { ARENA_ACTIONS } from '../arena/actions.js';
import { badOption, type UnderstudyError } from '../core/errors.js';
import { given } from '../core/given.js';
import { scoreInArena } from '../evaluation/arena/score.js';
import { SHIPPED_BUNDLE } from '../policy/shipped-bundle.js';
import { Progress } from '../terminal/progress.js';
import { sayOnError, type Output } from '../terminal/output.js';
import { modelOpener } from '../runs/play-engine.js';
import { Signals } from './signals.js';
import { parseThresholds } from '../policy/threshold-list.js';
import { arenaText } from '../evaluation/arena/score-text.js';
import type { EvaluateOptions } from './options/evaluate.js';
import { openFights } from './options/fleet.js';

/** Fights where the options do not say how many. */
const FIGHTS = 100;

/**
 * Plays and prints; where a signal comes first it says so and prints no score.
 *
 * @throws UnderstudyError `bad-option` for several models; as scoreInArena
 */
export async function evaluateInArena(options: EvaluateOptions, output: Output): Promise<void> {
  const bundle = onlyModel(options.model ?? [SHIPPED_BUNDLE]);
  const { fights = FIGHTS } = options;
  if (typeof options.players === 'string') throw playersOfArena();
  using signals = new Signals();
  refuseOptionsOfHere(options);
  await using fleet = await openFights(options);
  using progress = new Progress({ unit: 'fights', total: fights });
  const beganMs = performance.now();
  const { seed, level, delayMs, size, rate, act, apply, threshold, threads, batch } = options;
  const score = await scoreInArena({
    bundle,
    fights,
    seed,
    level,
    delayMs,
    size,
    ...given({
      rateHz: rate,
      act,
      apply,
      thresholds: threshold === undefined ? undefined : parseThresholds(threshold, ARENA_ACTIONS),
      threads,
      batchSize: batch,
      play: fleet?.play,
      openModel: options.engine === 'onnxruntime' ? undefined : await modelOpener(options.engine),
    }),
    withPlayers: options.players !== false,
    allowTrain: options.allowTrain ?? false,
    signal: signals.signal,
    onProgress: ({ done }) => progress.update(done),
  });
  progress.finish();
  if (score === null) {
    return sayOnError('stopped before all fights were played: no score');
  }
  const played = score.perFight.reduce((sum, { seconds }) => sum + seconds, 0);
  const tookSeconds = (performance.now() - beganMs) / 1000;
  output.answer(score, arenaText(score));
  sayOnError(
    `${played.toFixed(0)} s of play in ${tookSeconds.toFixed(0)} s: ${(played / tookSeconds).toFixed(1)} x real time`,
  );
}

/** @throws UnderstudyError `bad-option` for options of the other place */
function refuseOptionsOfHere({ queue, threads, batch, engine }: EvaluateOptions): void {
  const [other] = Object.entries({ threads, batch }).filter(([, value]) => value !== undefined);
  if (queue === undefined || (other === undefined && engine === 'onnxruntime')) return;
  throw badOption(`--${other?.[0] ?? 'engine'} is for fights that are played here.`, 'Leave it out with --queue.');
}

function playersOfArena(): UnderstudyError {
  return badOption(
    '--players names players of a game; the arena has its own beside every model.',
    'Leave --players out, or --no-players leaves those of the arena out.',
  );
}

function onlyModel(models: readonly string[]): string {
  if (models.length === 1) return models[0];
  throw badOption(
    `--arena plays one model at a time; ${models.length} were named.`,
    'Run it once for each, and put the two documents beside each other with `understudy compare`.',
  );
}
