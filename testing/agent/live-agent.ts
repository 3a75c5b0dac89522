/**
 * The agent's real loop, gates, key guard and arming on a real display, with two stand-ins: pictures that flicker and a
 * policy that holds what a script says. For tests of what stops it.
 */
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { SystemClock } from '../../src/core/clock.js';
import type { HeldActions } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import type { Frame, FrameSource } from '../../src/core/frame.js';
import { AgentRun } from '../../src/runs/agent-run.js';
import { openGatedKeys, type GatedKeys } from '../../src/runs/play/gated-keys.js';
import type { SafetyRequest } from '../../src/runs/request.js';
import type { RunSummary } from '../../src/runs/summary.js';
import { DEFAULT_HOT_KEYS } from '../../src/keyboard/hot-key-bindings.js';
import { defaultLimits } from '../../src/keyboard/key-limits.js';
import { DEFAULT_KEYS } from '../../src/keyboard/key-map.js';
import type { GuardedKeySink } from '../../src/keyboard/guarded-key-sink.js';
import { openFolder } from '../temporary-folder.js';
import { ScriptedPolicy } from './loop-parts.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';

export interface LiveAgent extends AsyncDisposable {
  readonly run: AgentRun;
  readonly keys: GatedKeys;
  readonly sink: GuardedKeySink;
  /** Its messages for people. */
  readonly said: readonly string[];
  /** How often the policy was reset: once for each start with an empty window. */
  readonly resets: () => number;
  /** How many pictures the policy was shown while it might not act. */
  readonly seen: () => number;
  /** Settles when the loop has ended; rejects with what ended it. */
  readonly playing: Promise<void>;
  /** Ends the loop and releases; the summary. */
  stop(): Promise<RunSummary>;
}

const WIDTH = 128;
const HEIGHT = 72;

export interface LiveAgentOptions {
  readonly display: string;
  readonly rateHz: number;
  /** What to hold at the n-th decision. */
  readonly script: (call: number) => HeldActions;
  readonly safety?: Partial<SafetyRequest>;
}

/** As in `play`, except that a hand gives back after a shorter time. */
const SAFETY: SafetyRequest = {
  armed: true,
  hotKeys: DEFAULT_HOT_KEYS,
  limits: defaultLimits(STUDY_ACTIONS),
  leaseMs: null,
  resumeAfterMs: 300,
  frozenAfterMs: null,
};

export async function startLiveAgent({ display, rateHz, script, safety }: LiveAgentOptions): Promise<LiveAgent> {
  const temporary = openFolder('live');
  const folder = temporary.path;
  const ended = new AbortController();
  const said: string[] = [];
  const clock = new SystemClock();
  const policy = new ScriptedPolicy(null, script);
  const say = (text: string): void => void said.push(text);
  const keys = await openGatedKeys({
    screen: { sink: 'xtest', keys: DEFAULT_KEYS },
    safety: { ...SAFETY, ...safety },
    window: { desktop: new X11Desktop(display), info: { id: 0 }, hasFocus: () => true, isKeyboardGrabbed: false },
    clock,
    chosen: { rateHz, contract: STUDY_CONTRACT, pictures: null },
    seesWhatCovers: false,
    signal: ended.signal,
    say,
    watch: null,
  });
  const run = new AgentRun(
    {
      ...{ mode: 'window', model: 'none', clock, policy, source: new Flicker(clock), sink: keys.sink },
      ...{ gates: keys.gates, pictureGates: keys.pictureGates, arming: keys.arming, leaseMs: keys.leaseMs },
      ...{ applyDelayTicks: 1, health: () => null, actions: STUDY_ACTIONS, rateHz },
    },
    { pace: { budgetMs: 1000, unpaced: false }, keep: { runs: folder, logLevel: 'info', video: false }, view: 'none' },
    { signals: { signal: ended.signal, stop: () => ended.abort() }, say, watch: null },
  );
  keys.wiring.attach(run);
  const playing = run.play(() => false);
  playing.catch(() => undefined); // stop() reports it
  const stop = async (): Promise<RunSummary> => {
    ended.abort();
    await playing;
    await keys.sink[Symbol.asyncDispose]();
    return run.conclude('stopped', []);
  };
  return {
    ...{ run, keys, sink: keys.guarded!, said, resets: () => policy.resets, seen: () => policy.seen, playing, stop },
    async [Symbol.asyncDispose]() {
      ended.abort();
      await playing.catch(() => undefined);
      await keys.sink[Symbol.asyncDispose]();
      keys.meaning?.[Symbol.dispose]();
      await run[Symbol.asyncDispose]();
      temporary[Symbol.dispose]();
    },
  };
}

/** A lit picture that is never the same twice. */
class Flicker implements FrameSource {
  readonly #clock: SystemClock;
  readonly #pixels = new Uint8Array(WIDTH * HEIGHT * 4).fill(90);
  #index = 0;

  constructor(clock: SystemClock) {
    this.#clock = clock;
  }

  next(): Promise<Frame> {
    const capturedAtMs = this.#clock.nowMs();
    this.#pixels.fill(100 + (this.#index % 100), 0, WIDTH * 4);
    const times = { index: this.#index++, capturedAtMs, capturedAtUnixMs: Date.now() };
    return Promise.resolve({
      ...{ ...times, width: WIDTH, height: HEIGHT, pixels: this.#pixels },
      ...{ repeated: false, stale: false },
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
