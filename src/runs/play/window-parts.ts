/** Everything between a game window and the loop: capture, policy, key guard, gates, and the run around them. */
import { SystemClock } from '../../core/clock.js';
import { openFrames } from '../../desktop/open-frames.js';
import type { GameWindow } from '../../capture/game-window.js';
import type { Health } from '../../terminal/status-line.js';
import { RunFaults } from '../faults/run-faults.js';
import { windowActs } from '../faults/window-acts.js';
import type { GameFile } from '../../games/game-file.js';
import { AgentRun } from '../agent-run.js';
import { OpenParts } from '../open-parts.js';
import { openGatedKeys, type GatedKeys } from './gated-keys.js';
import { openChosenPolicy, type ChosenPolicy } from '../chosen-policy.js';
import { runSettings, type PlayContext } from '../../cli/options/play.js';
import type { PlayedSession } from '../record/played-session.js';
import type { RunSummary } from '../summary.js';

/** A run on a real window, ready to play. Disposal lets go of the keys first. */
export interface WindowCast extends AsyncDisposable {
  readonly run: AgentRun;
  /** Null unless the run is recorded. */
  readonly recording: PlayedSession | null;
  /** Waits until no key is down, every edge is counted and the recording is whole; what it came to. */
  settle(): Promise<Pick<RunSummary, 'recorded'>>;
}

/** What a run on a window is made of. */
export interface CastRequest {
  readonly context: PlayContext;
  readonly window: GameWindow;
  readonly game: GameFile | null;
  readonly mode: 'browser' | 'window';
  readonly health: () => Health | null;
  /** False where the pictures are no game's: a flash is black half of the time. Default true. */
  readonly isGame?: boolean;
}

/** Opens everything; on a failure what was open is closed again. @throws UnderstudyError of the part that failed */
export function openCast(request: CastRequest): Promise<WindowCast> {
  return OpenParts.whole((parts) => assemble(parts, request));
}

async function assemble(parts: OpenParts, request: CastRequest): Promise<WindowCast> {
  const { context, window, game, mode, health, isGame = true } = request;
  const { options, say } = context;
  const faults = new RunFaults(options.fault, options.faultSeed, new SystemClock());
  const { clock } = faults;
  const chosen = await openChosenPolicy(context, game, clock);
  parts.use(chosen.policy);
  const periodMs = 1000 / chosen.rateHz;
  const opened = openFrames({ capture: options.capture, window, clock, periodMs });
  parts.use(opened.source);
  say(`seeing '${window.info.title || window.info.app}' through ${opened.adapter}: ${opened.why}`);

  const keys = await openGatedKeys({ context, window, game, clock, chosen });
  const { sink, guarded, off } = keys;
  parts.use(sink);
  say(keys.kind === 'dry-run' ? 'pressing nothing: a dry run' : `pressing keys through ${keys.why}`);
  if (isGame && off.length > 0) say(`not watched for: ${off.join('; ')}`);
  const acts = windowActs(options.fault, window, keys.bindings, () => guarded?.guardPid ?? null);
  parts.use(acts);
  parts.use(faults);
  const run = parts.use(
    new AgentRun(
      {
        mode,
        model: chosen.path,
        actions: chosen.actions,
        clock,
        ...faults.around({ source: opened.source, policy: chosen.policy }, acts.surroundings),
        sink,
        gates: keys.gates,
        pictureGates: isGame ? keys.pictureGates : [],
        arming: keys.arming,
        leaseMs: keys.leaseMs,
        applyDelayTicks: chosen.applyDelayTicks,
        health,
      },
      runSettings(context, chosen.rateHz),
    ),
  );
  faults.tellTo((message, fields) => run.event(message, fields));
  keys.wiring.attach(run);
  run.event('cast', { model: chosen.path, capture: opened.adapter, sink: keys.kind, window: window.info, off });
  const recording = options.record === undefined ? null : parts.use(await openRecording(request, chosen, keys));
  return {
    run,
    recording,
    settle: async () => {
      await sink[Symbol.asyncDispose]();
      return recording === null ? {} : { recorded: await recording.finish(say) };
    },
    [Symbol.asyncDispose]: async () => {
      await sink[Symbol.asyncDispose]();
      await parts[Symbol.asyncDispose]();
    },
  };
}

/** Loaded only when it is asked for. */
async function openRecording(
  { context, window, game, mode }: CastRequest,
  chosen: ChosenPolicy,
  { arming, guarded }: GatedKeys,
): Promise<PlayedSession> {
  const { PlayedSession } = await import('../record/played-session.js');
  const isDryRun = guarded === null;
  return await PlayedSession.open({ context, window, game, chosen, arming, isDryRun, byPage: mode === 'browser' });
}
