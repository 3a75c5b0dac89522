/** The faults of the campaign: how each is done to a live run, and what is promised of the keys that it held. */
import type { FaultName } from '../../../src/runs/faults/kinds.js';

/**
 * - `lease`: the agent can no longer decide, or may no longer act: every key is up within a lease.
 * - `starved`: the same, but whoever is to let go is kept from running: the longest is told.
 * - `double`: agent and guard are killed at once: whatever stays down is let go of by the next start or `release`.
 * - `plays-on`: the agent goes on deciding, so keys may stay down; nothing is stuck once it ends.
 */
export type Promise = 'lease' | 'starved' | 'double' | 'plays-on';

export interface CampaignFault {
  readonly name: string;
  readonly promise: Promise;
  /** Done from outside; absent: the run is given `spec` with --fault. */
  readonly spec?: string;
  /** How long after the strike decisions that were made before it are still applied, ms. Default 0. */
  readonly stillDecidesMs?: number;
  /** ms from the moment at which the keys are known to be down: the strike is drawn from it. */
  readonly afterMs: readonly [number, number];
}

const FROM_OUTSIDE = [0, 700] as const;
/** After the first frame, s: the latent window is full by then at the campaign's rates. */
const BY_ITSELF = [1800, 2600] as const;

const outside = (name: string, promise: Promise): CampaignFault => ({ name, promise, afterMs: FROM_OUTSIDE });
const own = (name: FaultName, promise: Promise, rest = ''): CampaignFault => ({
  name,
  promise,
  spec: `${name}${rest}`,
  afterMs: BY_ITSELF,
});

/** One deck: each fault comes once before any comes again. The agent's own death is what people fear: it comes thrice. */
export const DECK: readonly CampaignFault[] = [
  outside('SIGKILL', 'lease'),
  outside('SIGKILL', 'lease'),
  outside('SIGKILL', 'lease'),
  outside('SIGTERM', 'lease'),
  outside('SIGSTOP, then SIGCONT', 'lease'),
  outside('SIGSTOP, then SIGKILL', 'lease'),
  outside('SIGINT to the group', 'lease'),
  outside('SIGKILL to the group', 'lease'),
  outside('guard: SIGKILL', 'lease'),
  outside('guard: SIGSTOP', 'starved'),
  outside('both: SIGKILL', 'double'),
  outside('CPU starved, SIGSTOP', 'starved'),
  outside('CPU starved, SIGKILL', 'starved'),
  outside('focus lost', 'lease'),
  outside('window destroyed', 'lease'),
  outside('every X connection cut', 'lease'),
  own('slow-capture', 'lease', '=700+0.8'),
  // the bundle's horizon is one period of 100 ms: what was decided before is for then
  { ...own('drop-frames', 'lease', '+1'), stillDecidesMs: 100 },
  own('black-frames', 'plays-on', '+1'),
  own('frozen-frames', 'plays-on', '+1'),
  own('slow-policy', 'lease', '=700+0.8'),
  own('hanging-policy', 'lease', '=700'),
  own('throwing-policy', 'lease'),
  own('nan-policy', 'lease'),
  own('clock-jump', 'plays-on', '=2000'),
  own('full-disk', 'plays-on', '+1'),
  own('move-window', 'plays-on', '+0.8'),
  own('cover-window', 'plays-on', '+0.8'),
  own('cut-x11', 'lease'),
  own('human-keys', 'plays-on', '=12'),
];
