/** The models of an overlay video: opened as for play, each predicts the frames of one recording. */
import { SystemClock } from '../../core/clock.js';
import type { ActionSet } from '../../core/action-set.js';
import { UnderstudyError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { agreement, type OverlayScript, type Track } from './tracks.js';
import { MOST_MODELS } from './palette.js';
import { emptyTrack, predict } from './predict.js';
import { readBundle, type Bundle } from '../../policy/bundle.js';
import { openPolicy } from '../../policy/model-policy.js';
import type { PreprocessingContract } from '../../vision/preprocessing-contract.js';

/** A recording as models see it. */
export interface ShownRecording {
  /** Those of the recording; each model's actions are among them. */
  readonly actions: ActionSet;
  /** N */
  readonly frames: number;
  readonly rateHz: number;
  /** [N] 0-based fight, or -1. */
  readonly fights: Int32Array;
  /** Its frames for a model of this contract, from the first on. */
  readonly open: (contract: PreprocessingContract) => AsyncIterable<Frame>;
}

export interface PredictSettings {
  readonly anyRate: boolean;
  readonly signal: AbortSignal;
  /** Called for each frame of each model. */
  readonly onFrame: () => void;
}

/** What the report says about a model's column. */
export interface ModelReport {
  readonly name: string;
  /** 12 hexadecimal digits; null for the agent of a live run, whose bundle is not read. */
  readonly id: string | null;
  /** Frames at which it has an answer. */
  readonly predictedFrames: number;
  /** Share of actions and frames at which its answer is what was pressed; null without any. */
  readonly agreement: number | null;
}

/** Reads bundles: a wrong one is reported before anything is computed. @throws UnderstudyError as readBundle; `bad-option` for too many */
export async function readModels(folders: readonly string[], room: number = MOST_MODELS): Promise<readonly Bundle[]> {
  if (folders.length > room) {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-option',
      message: `--model names ${folders.length} models; there is room for ${room}.`,
      next: 'Make two videos, or leave some out.',
    });
  }
  return await Promise.all(folders.map((folder) => readBundle(folder)));
}

/** A track for each bundle, computed at the same time. @throws UnderstudyError as openPolicy and predict */
export async function predictAll(
  bundles: readonly Bundle[],
  recording: ShownRecording,
  settings: PredictSettings,
): Promise<readonly Track[]> {
  // all are awaited, so that none still uses what another one's failure has closed
  const stop = new AbortController();
  const signal = AbortSignal.any([settings.signal, stop.signal]);
  const results = await Promise.allSettled(
    bundles.map(async (bundle, place) => {
      try {
        return await predictOne(bundle, nameOf(bundles, place), recording, { ...settings, signal });
      } catch (error) {
        stop.abort();
        throw error;
      }
    }),
  );
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function predictOne(
  bundle: Bundle,
  name: string,
  { actions, frames, rateHz, fights, open }: ShownRecording,
  { anyRate, signal, onFrame }: PredictSettings,
): Promise<Track> {
  await using policy = await openPolicy({ bundle, actions, rateHz, anyRate, clock: new SystemClock() });
  const track = emptyTrack(name, actions, frames, actions.holding(...bundle.actions.names));
  const delayFrames = policy.applyDelayTicks;
  await predict(open(bundle.manifest.preprocessing), track, { policy, delayFrames, fights, signal, onFrame });
  return track;
}

/** The bundle's name, numbered where two have the same. */
function nameOf(bundles: readonly Bundle[], place: number): string {
  const name = bundles[place].manifest.name;
  const before = bundles.slice(0, place).filter(({ manifest }) => manifest.name === name).length;
  return before === 0 ? name : `${name} ${before + 1}`;
}

/** @param ids of the script's models, null where there is no bundle */
export function modelReports(
  { actions, models, pressed }: OverlayScript,
  ids: readonly (string | null)[],
): ModelReport[] {
  return models.map((track, place) => {
    const { frames, share } = agreement(actions, track, pressed);
    return { name: track.name, id: ids[place], predictedFrames: frames, agreement: share };
  });
}
