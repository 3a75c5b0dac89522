/**
 * Replays recorded frames through a policy: the policy is reset at fight borders, and each answer is placed at the frame
 * where play would apply it. There must be no second copy of this: scores, videos and tuning all use it.
 */
import type { ActionSet } from '../core/action-set.js';
import { VirtualClock } from '../core/clock.js';
import type { Decision, Policy } from '../core/policy.js';
import type { Frame } from '../core/frame.js';
import { given } from '../core/given.js';
import type { Bundle } from '../policy/bundle.js';
import type { ModelOpener } from '../policy/model.js';
import { openPolicy, type ModelPolicy } from '../policy/model-policy.js';
import type { Thresholds } from '../policy/thresholds.js';
import { grayToBgra } from '../vision/gray-picture.js';
import { WHOLE_WINDOW } from '../vision/preprocessing-contract.js';
import { FightBorderPolicy } from './fight-borders.js';

export interface ReplaySettings {
  /** [N] 0-based fight of each frame, by its index, or -1. */
  readonly fights: ArrayLike<number>;
  /** Frames from the one that an answer is made at to the one that it is for, >= 0. */
  readonly delayFrames: number;
}

/** What a policy answered to one frame. */
export interface ReplayedFrame {
  /** Its index. */
  readonly frame: number;
  readonly decision: Decision;
  /** The frame that the answer is for; null while the policy is not ready, and where that frame is of another fight. */
  readonly appliesAt: number | null;
}

/**
 * Passes all frames to the policy, in sequence.
 *
 * @returns one for each frame; a decision is valid until the next
 * @throws UnderstudyError `bundle-corrupt` for an answer that is not a probability; as the frames' source
 */
export async function* replay(
  frames: AsyncIterable<Frame> | Iterable<Frame>,
  policy: Policy,
  settings: ReplaySettings,
): AsyncGenerator<ReplayedFrame, void, void> {
  const { fights } = settings;
  const bordered = new FightBorderPolicy(policy, (frame) => fights[frame]); // not disposed of here: the caller closes the policy
  for await (const frame of frames) {
    const decision = await bordered.decide(frame);
    yield { frame: frame.index, decision, appliesAt: decision.ready ? appliesAt(frame.index, settings) : null };
  }
}

/** The frame that an answer made at `frame` is for; null where that is of another fight, or past the last frame. */
export function appliesAt(frame: number, { fights, delayFrames }: ReplaySettings): number | null {
  const at = frame + delayFrames;
  return at < fights.length && fights[at] === fights[frame] ? at : null;
}

export interface ReplayPolicyOptions {
  readonly bundle: Bundle;
  /** What decisions are about; all of the bundle's among them. */
  readonly actions: ActionSet;
  /** Of the frames; NaN where their log does not say: the bundle's. */
  readonly rateHz: number;
  /** Replace the bundle's, action by action. */
  readonly thresholds?: Thresholds;
  /** Another engine than onnxruntime. */
  readonly openModel?: ModelOpener;
}

/**
 * The policy of a bundle for gray pictures that its contract made, as {@link grayFrame} makes them: they are cropped already.
 *
 * @throws UnderstudyError as openPolicy
 */
export async function openReplayPolicy(options: ReplayPolicyOptions): Promise<ModelPolicy> {
  const { bundle, actions, rateHz, thresholds, openModel } = options;
  const { manifest } = bundle;
  return openPolicy({
    bundle: { ...bundle, manifest: { ...manifest, preprocessing: { ...manifest.preprocessing, crop: WHOLE_WINDOW } } },
    actions,
    rateHz: Number.isNaN(rateHz) ? manifest.fps : rateHz,
    clock: new VirtualClock(),
    ...given({ thresholds, model: await openModel?.(bundle) }),
  });
}

/** A gray picture as a frame of its own size: the same preprocessing leaves its bytes as they are. */
export function grayFrame(
  gray: Uint8Array,
  size: { readonly width: number; readonly height: number },
  times: Pick<Frame, 'index' | 'capturedAtMs' | 'capturedAtUnixMs'> & { readonly repeated?: boolean },
): Frame {
  const { width, height } = size;
  return { repeated: false, ...times, width, height, pixels: grayToBgra(gray), stale: false };
}
