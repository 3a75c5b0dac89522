/** The faults of the campaign: how each is inflicted on a live run, and what is promised of the keys that it held. */
import type { FaultName } from '../../../src/runs/faults/kinds.js';

/**
 * - `lease`: the agent can no longer decide, or may no longer act: every key is up within a lease.
 * - `starved`: the same, but the process that releases is kept from running: the longest time is reported.
 * - `double`: agent and guard are killed at once: what stays down is released by the next start or by `release`.
 * - `plays-on`: the agent keeps deciding, so keys may stay down; nothing is stuck once it ends.
 */
export type Promised = 'lease' | 'starved' | 'double' | 'plays-on';

/** Signals to processes of the run. */
export interface SignalStrike {
  readonly kind: 'signal';
  readonly to: 'agent' | 'group' | 'guard' | 'both';
  readonly signal: NodeJS.Signals;
  /** A second signal to the same, ms after the first. */
  readonly then?: { readonly signal: NodeJS.Signals; readonly afterMs: number };
  /** Sent to the same once the keys were watched. */
  readonly last?: NodeJS.Signals;
  /** Every processor is kept busy from before the strike until the keys were watched. */
  readonly starved?: true;
}

/** What is done to a live run from outside. */
export type Strike =
  SignalStrike | { readonly kind: 'blur' } | { readonly kind: 'destroy-window' } | { readonly kind: 'cut-display' };

/** What the run does to itself, as `--fault` takes it. */
export interface OwnFault {
  readonly kind: 'own';
  readonly name: FaultName;
  /** After `=`; absent: the fault's default. */
  readonly value?: number;
  /** How long it lasts, s; absent: the fault's default. */
  readonly seconds?: number;
}

export interface CampaignFault {
  /** In records, tables and messages. */
  readonly name: string;
  readonly promise: Promised;
  readonly act: Strike | OwnFault;
  /** How long after the strike decisions that were made before it are still applied, ms. Default 0. */
  readonly stillDecidesMs?: number;
  /** ms from the moment at which the keys are known to be down: the strike is drawn from it. */
  readonly afterMs: readonly [number, number];
}

/** A stopped agent is continued after this long: longer than any lease. */
const STOPPED_MS = 900;
const FROM_OUTSIDE = [0, 700] as const;
/** After the first frame, s: the latent window is full by then at the campaign's rates. */
const BY_ITSELF = [1800, 2600] as const;

const outside = (name: string, promise: Promised, act: Strike): CampaignFault => ({
  name,
  promise,
  act,
  afterMs: FROM_OUTSIDE,
});
const signalled = (name: string, promise: Promised, strike: Omit<SignalStrike, 'kind'>): CampaignFault =>
  outside(name, promise, { kind: 'signal', ...strike });
const own = (name: FaultName, promise: Promised, more: Omit<OwnFault, 'kind' | 'name'> = {}): CampaignFault => ({
  name,
  promise,
  act: { kind: 'own', name, ...more },
  afterMs: BY_ITSELF,
});

/** What `--fault` is given: `slow-policy=700+0.8@1.500` takes 700 ms for 0.8 s from second 1.5 on. */
export function faultArgument({ name, value, seconds }: OwnFault, startSeconds: number): string {
  const valueText = value === undefined ? '' : `=${value}`;
  const secondsText = seconds === undefined ? '' : `+${seconds}`;
  return `${name}${valueText}${secondsText}@${startSeconds.toFixed(3)}`;
}

const STOPPED_THEN_CONTINUED = {
  to: 'agent',
  signal: 'SIGSTOP',
  then: { signal: 'SIGCONT', afterMs: STOPPED_MS },
} as const;

/** One deck: each fault comes once before any comes again. The agent's own death matters most: it comes three times. */
export const DECK: readonly CampaignFault[] = [
  signalled('SIGKILL', 'lease', { to: 'agent', signal: 'SIGKILL' }),
  signalled('SIGKILL', 'lease', { to: 'agent', signal: 'SIGKILL' }),
  signalled('SIGKILL', 'lease', { to: 'agent', signal: 'SIGKILL' }),
  signalled('SIGTERM', 'lease', { to: 'agent', signal: 'SIGTERM' }),
  signalled('SIGSTOP, then SIGCONT', 'lease', STOPPED_THEN_CONTINUED),
  signalled('SIGSTOP, then SIGKILL', 'lease', {
    to: 'agent',
    signal: 'SIGSTOP',
    then: { signal: 'SIGKILL', afterMs: STOPPED_MS / 8 },
  }),
  signalled('SIGINT to the group', 'lease', { to: 'group', signal: 'SIGINT' }),
  signalled('SIGKILL to the group', 'lease', { to: 'group', signal: 'SIGKILL' }),
  signalled('guard: SIGKILL', 'lease', { to: 'guard', signal: 'SIGKILL' }),
  signalled('guard: SIGSTOP', 'starved', { to: 'guard', signal: 'SIGSTOP', last: 'SIGKILL' }),
  signalled('both: SIGKILL', 'double', { to: 'both', signal: 'SIGKILL' }),
  signalled('CPU starved, SIGSTOP', 'starved', { ...STOPPED_THEN_CONTINUED, starved: true }),
  signalled('CPU starved, SIGKILL', 'starved', { to: 'agent', signal: 'SIGKILL', starved: true }),
  outside('focus lost', 'lease', { kind: 'blur' }),
  outside('window destroyed', 'lease', { kind: 'destroy-window' }),
  outside('every X connection cut', 'lease', { kind: 'cut-display' }),
  own('slow-capture', 'lease', { value: 700, seconds: 0.8 }),
  // the bundle's horizon is one period of 100 ms: what was decided before is for then
  { ...own('drop-frames', 'lease', { seconds: 1 }), stillDecidesMs: 100 },
  own('black-frames', 'plays-on', { seconds: 1 }),
  own('frozen-frames', 'plays-on', { seconds: 1 }),
  own('slow-policy', 'lease', { value: 700, seconds: 0.8 }),
  own('hanging-policy', 'lease', { value: 700 }),
  own('throwing-policy', 'lease'),
  own('nan-policy', 'lease'),
  own('clock-jump', 'plays-on', { value: 2000 }),
  own('full-disk', 'plays-on', { seconds: 1 }),
  own('move-window', 'plays-on', { seconds: 0.8 }),
  own('cover-window', 'plays-on', { seconds: 0.8 }),
  own('cut-x11', 'lease'),
  own('human-keys', 'plays-on', { value: 12 }),
];
