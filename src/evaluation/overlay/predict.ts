/**
 * What a model would hold at each frame of a recording: the policy that plays, shown every picture in order, its
 * decisions put where play would apply them. Windows restart at fight borders when the policy given does.
 */
import { ACTION_COUNT } from '../../core/actions.js';
import { VirtualClock } from '../../core/clock.js';
import type { Policy } from '../../core/decision.js';
import type { Frame } from '../../core/frame.js';
import { SessionFrameSource } from '../../session/frame-source.js';
import { readVideo } from '../../session/read-video.js';
import type { Session } from '../../session/session.js';
import type { PreprocessingContract } from '../../vision/preprocessing-contract.js';
import type { Track } from './tracks.js';

/** An empty track of N frames, to be filled. */
export function emptyTrack(name: string, known: number, frames: number): Track {
  const probabilities = new Float32Array(frames * ACTION_COUNT);
  return { name, known, held: new Uint8Array(frames), says: new Uint8Array(frames), probabilities };
}

export interface Prediction {
  readonly policy: Policy;
  /** Frames between a decision and its application. */
  readonly applyDelayTicks: number;
  /** [N] 0-based fight of each frame, or -1: a decision made before a border is not applied after it. */
  readonly fights: Int32Array;
  readonly signal: AbortSignal;
  /** Called for each frame. */
  readonly onFrame?: () => void;
}

/** Fills the track. @throws UnderstudyError `bundle-corrupt` for an answer that is no probability; as the frames' source */
export async function predict(frames: AsyncIterable<Frame>, track: Track, options: Prediction): Promise<void> {
  const { policy, applyDelayTicks, fights, signal, onFrame } = options;
  for await (const frame of frames) {
    if (signal.aborted) return;
    const { ready, held, probabilities } = await policy.decide(frame);
    onFrame?.();
    const at = frame.index + applyDelayTicks;
    if (!ready || at >= track.says.length || fights[at] !== fights[frame.index]) continue;
    track.says[at] = 1;
    track.held[at] = held;
    track.probabilities?.set(probabilities, at * ACTION_COUNT);
  }
}

/** A session's frames as the policy of a contract saw them, at their own times. @throws UnderstudyError as SessionFrameSource.open */
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
