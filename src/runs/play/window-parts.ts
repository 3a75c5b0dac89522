/** Everything between a game window and the loop: capture, policy, key guard, gates, and the run around them. */
import { SystemClock } from '../../core/clock.js';
import { seesWhatCovers } from '../../capture/backend-names.js';
import { openFrames } from '../../capture/choose-backend.js';
import type { DesktopWindow } from '../../desktop/desktop.js';
import { shortTitle } from '../../desktop/window-query.js';
import type { Health } from '../../terminal/status-line.js';
import { RunFaults } from '../faults/run-faults.js';
import { windowActs } from '../faults/window-acts.js';
import type { Policy } from '../../core/policy.js';
import type { ModelPolicy } from '../../policy/model-policy.js';
import { AgentRun } from '../agent-run.js';
import { OpenParts } from '../open-parts.js';
import { openGatedKeys, type GatedKeys } from './gated-keys.js';
import { actionsOfKeys } from '../game-keyboard.js';
import { openChosenPolicy, type ChosenPolicy } from '../chosen-policy.js';
import type { WatchedEnvironment } from '../environment.js';
import type { OnScreenPlay } from '../request.js';
import type { PlayedSession } from '../record/played-session.js';
import type { RunSummary } from '../summary.js';

/** A run on a real window, ready to play. Disposal releases the keys first. */
export interface WindowRun extends AsyncDisposable {
  readonly run: AgentRun;
  /** Null unless the run is recorded. */
  readonly recording: PlayedSession | null;
  /**
   * Waits until no key is down, all edges are counted and the recording is complete. @returns the recording's summary
   */
  settle(): Promise<Pick<RunSummary, 'recorded'>>;
}

/** What {@link openWindowRun} needs. */
export interface WindowRunRequest {
  readonly request: OnScreenPlay;
  readonly environment: WatchedEnvironment;
  readonly window: DesktopWindow;
  readonly mode: 'browser' | 'window';
  readonly health: () => Health | null;
  /** False where the pictures do not show a game: a flash is black half of the time. Default true. */
  readonly isGame?: boolean;
  /** Makes the policy that decides; it may call the model. Default: the model itself. */
  readonly wrapPolicy?: (model: ModelPolicy) => Policy;
}

/** Opens everything; on a failure the parts that are open are closed again. @throws as the part that failed */
export function openWindowRun(request: WindowRunRequest): Promise<WindowRun> {
  return OpenParts.whole((parts) => assemble(parts, request));
}

async function assemble(parts: OpenParts, runRequest: WindowRunRequest): Promise<WindowRun> {
  const { request, environment, window, mode, health, isGame = true, wrapPolicy = (model) => model } = runRequest;
  const { screen, safety, recordAs } = request;
  const { say, watch } = environment;
  const faults = new RunFaults(request.faults, new SystemClock());
  const { clock } = faults;
  const chosen = await openChosenPolicy(
    { ...request, game: screen.game?.name ?? null, ...actionsOfKeys(screen.keys) },
    clock,
    environment,
  );
  const policy = parts.use(wrapPolicy(chosen.policy));
  const periodMs = 1000 / chosen.rateHz;
  const opened = openFrames({ capture: screen.capture, window, clock, periodMs });
  parts.use(opened.source);
  say(`seeing '${shortTitle(window.info.title || window.info.app)}' through ${opened.adapter}: ${opened.why}`);

  const { signal } = environment.signals;
  const keys = await openGatedKeys({
    ...{ screen, safety, window, clock, chosen, signal, say, watch },
    seesWhatCovers: seesWhatCovers(opened.adapter),
  });
  const { sink, guarded, meaning, off } = keys;
  if (meaning !== null) parts.use(meaning);
  parts.use(sink);
  say(keys.kind === 'dry-run' ? 'pressing nothing: a dry run' : `pressing keys through ${keys.why}`);
  if (isGame && off.length > 0) say(`not watched for: ${off.join('; ')}`);
  const faultActs = windowActs(request.faults.faults, window, keys.bindings, () => guarded?.guardPid ?? null);
  parts.use(faultActs);
  parts.use(faults);
  const run = parts.use(
    new AgentRun(
      {
        mode,
        model: chosen.path,
        actions: chosen.policy.actions,
        rateHz: chosen.rateHz,
        clock,
        ...faults.around({ source: opened.source, policy }, faultActs.acts),
        sink,
        gates: keys.gates,
        pictureGates: isGame ? keys.pictureGates : [],
        arming: keys.arming,
        leaseMs: keys.leaseMs,
        applyDelayTicks: chosen.applyDelayTicks,
        health,
      },
      request,
      environment,
    ),
  );
  faults.reportTo((message, fields) => run.event(message, fields));
  keys.wiring.attach(run);
  run.event('cast', { model: chosen.path, capture: opened.adapter, sink: keys.kind, window: window.info, off });
  const recording = recordAs === null ? null : parts.use(await openRecording(recordAs, runRequest, chosen, keys));
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
  session: string,
  { request: { screen }, environment, window, mode }: WindowRunRequest,
  chosen: ChosenPolicy,
  { arming, guarded }: GatedKeys,
): Promise<PlayedSession> {
  const { PlayedSession } = await import('../record/played-session.js');
  const isDryRun = guarded === null;
  const byPage = mode === 'browser';
  return await PlayedSession.open({ session, screen, environment, window, chosen, arming, isDryRun, byPage });
}
