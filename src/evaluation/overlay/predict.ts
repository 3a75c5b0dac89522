/**
 * What a model would hold at each frame of a recording: the policy of live play gets every picture in sequence, and each
 * decision is placed at the frame where play would apply it.
 */
import type { ActionSet, HeldActions } from '../../core/action-set.js';
import { VirtualClock } from '../../core/clock.js';
import type { Policy } from '../../core/policy.js';
import type { Frame } from '../../core/frame.js';
import { ProbabilityMatrix } from '../../core/probability-matrix.js';
import { SessionFrameSource } from '../../session/frame-source.js';
import { readVideo } from '../../session/read-video.js';
import type { Session } from '../../session/session.js';
import type { PreprocessingContract } from '../../vision/preprocessing-contract.js';
import { replay, type ReplaySettings } from '../replay.js';
import type { Track } from './tracks.js';

/** An empty track of N frames, to be filled. @param known those of `actions` that it can name */
export function emptyTrack(name: string, actions: ActionSet, frames: number, known: HeldActions = actions.all): Track {
  const probabilities = ProbabilityMatrix.zeros(actions, frames);
  return { name, known, held: new Uint32Array(frames), answered: new Uint8Array(frames), probabilities };
}

export interface Prediction extends ReplaySettings {
  readonly policy: Policy;
  readonly signal: AbortSignal;
  /** Called for each frame. */
  readonly onFrame?: () => void;
}

/** Fills the track. @throws UnderstudyError as replay */
export async function predict(frames: AsyncIterable<Frame>, track: Track, options: Prediction): Promise<void> {
  const { policy, signal, onFrame } = options;
  for await (const { decision, appliesAt } of replay(frames, policy, options)) {
    if (signal.aborted) return;
    onFrame?.();
    if (appliesAt === null) continue;
    track.answered[appliesAt] = 1;
    track.held[appliesAt] = decision.held;
    track.probabilities?.setRows(appliesAt, decision.probabilities);
  }
}

/** A session's frames for a policy of this contract, at their recorded times. @throws UnderstudyError as SessionFrameSource.open */
export async function* sessionFrames(
  session: Session,
  contract: PreprocessingContract,
  signal: AbortSignal,
): AsyncGenerator<Frame, void, void> {
  await using source = await SessionFrameSource.open(session, contract, new VirtualClock());
  for (;;) {
    const frame = await source.next(Number.POSITIVE_INFINITY, signal);
    if (frame === null) return;
    yield frame;
  }
}

/** The pictures of a video of constant rate as frames. @throws UnderstudyError as readVideo */
export async function* videoFrames(path: string, rateHz: number): AsyncGenerator<Frame, void, void> {
  for await (const { index, width, height, pixels } of readVideo(path)) {
    const capturedAtMs = (index * 1000) / rateHz;
    const capturedAtUnixMs = capturedAtMs;
    yield { index, capturedAtMs, capturedAtUnixMs, width, height, pixels, repeated: false, stale: false };
  }
}
