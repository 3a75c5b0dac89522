/** Everything between a game window and the loop: capture, policy, key guard, gates, and the run around them. */
import type { PictureGate } from '../../agent/gate.js';
import type { ActionSet, HeldActions } from '../../core/action-set.js';
import { SystemClock, type Clock } from '../../core/clock.js';
import { seesWhatCovers } from '../../capture/backend-names.js';
import { openFrames } from '../../capture/choose-backend.js';
import { given } from '../../core/given.js';
import type { SeenGame } from '../../core/seen-game.js';
import type { DesktopWindow } from '../../desktop/desktop.js';
import { shortTitle } from '../../desktop/window-query.js';
import type { Health } from '../../terminal/status-line.js';
import { RunFaults } from '../faults/run-faults.js';
import { windowActs } from '../faults/window-acts.js';
import type { Policy } from '../../core/policy.js';
import type { ModelPolicy } from '../../policy/model-policy.js';
import { limitsOf, withTaps, type KeysWithTaps } from '../game/taps.js';
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
  readonly keys: GatedKeys;
  /** What is held to tap a key, by its name: of the keys that were asked for besides the actions'. */
  readonly taps: ReadonlyMap<string, HeldActions>;
  /** The loop's clock. */
  readonly clock: Clock;
  /** Null unless the run is recorded. */
  readonly recording: PlayedSession | null;
  /**
   * Waits until no key is down, all edges are counted and the recording is complete. @returns the recording's summary
   */
  settle(): Promise<Pick<RunSummary, 'recorded'>>;
}

/** Who decides, at which rate, and on which pictures. */
export type ChosenPlayer = Omit<ChosenPolicy, 'policy'> & {
  readonly policy: Policy & { readonly actions: ActionSet };
};

/** What {@link openWindowRun} needs. */
export interface WindowRunRequest {
  readonly request: OnScreenPlay;
  readonly environment: WatchedEnvironment;
  readonly window: DesktopWindow;
  readonly mode: 'browser' | 'window';
  readonly health: () => Health | null;
  /** What the game's cues and meters say; absent where it has neither. */
  readonly seen?: () => SeenGame;
  /** False where the pictures do not show a game: a flash is black half of the time. Default true. */
  readonly isGame?: boolean;
  /** Chooses who decides. Default: the model that the request names. */
  readonly choose?: (clock: Clock) => Promise<ChosenPlayer>;
  /** Gates that judge pictures, besides those of every window. */
  readonly pictureGates?: readonly PictureGate[];
  /** Keys that the run may tap besides the actions' keys. */
  readonly taps?: readonly string[];
  /** Makes the policy that decides; it may call the model. Default: the model itself. */
  readonly wrapPolicy?: (model: ModelPolicy) => Policy;
}

/** Opens everything; on a failure the parts that are open are closed again. @throws as the part that failed */
export function openWindowRun(request: WindowRunRequest): Promise<WindowRun> {
  return OpenParts.whole((parts) => assemble(parts, request));
}

async function assemble(parts: OpenParts, runRequest: WindowRunRequest): Promise<WindowRun> {
  const { request, environment, window, mode, isGame = true, pictureGates = [] } = runRequest;
  const { screen, safety, recordAs } = request;
  const { say, watch } = environment;
  const faults = new RunFaults(request.faults, new SystemClock());
  const { clock } = faults;
  const chosen = await choosePlayer(runRequest, clock);
  const policy = parts.use(chosen.policy);
  const periodMs = 1000 / chosen.rateHz;
  const opened = openFrames({ capture: screen.capture, window, clock, periodMs });
  parts.use(opened.source);
  say(`seeing '${shortTitle(window.info.title || window.info.app)}' through ${opened.adapter}: ${opened.why}`);

  const tapped = tappedKeys(runRequest);
  const keys = await openGatedKeys({
    ...{ window, clock, chosen, say, watch, signal: environment.signals.signal },
    screen: { ...screen, keys: tapped.keys },
    safety: { ...safety, limits: limitsOf(safety.limits, tapped.keys) },
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
        pictureGates: isGame ? [...keys.pictureGates, ...pictureGates] : [],
        arming: keys.arming,
        leaseMs: keys.leaseMs,
        // asked at each fight: another player may be on turn, whose model looks ahead otherwise
        get applyDelayTicks() {
          return chosen.applyDelayTicks;
        },
        ...shownOf(runRequest),
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
    keys,
    taps: tapped.taps,
    clock,
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

function shownOf({ health, seen }: WindowRunRequest): Pick<WindowRunRequest, 'health' | 'seen'> {
  return { health, ...given({ seen }) };
}

async function choosePlayer(runRequest: WindowRunRequest, clock: Clock): Promise<ChosenPlayer> {
  const { request, environment, choose, wrapPolicy } = runRequest;
  if (choose !== undefined) return await choose(clock);
  const { keys, game } = request.screen;
  const wanted = { ...request, game: game?.name ?? null, ...actionsOfKeys(keys) };
  const chosen = await openChosenPolicy(wanted, clock, environment);
  if (wrapPolicy === undefined) return chosen;
  return { ...chosen, policy: Object.assign(wrapPolicy(chosen.policy), { actions: chosen.policy.actions }) };
}

/** Without taps nothing is looked up: a dry run opens no keyboard. */
function tappedKeys({ request: { screen }, taps = [], window }: WindowRunRequest): KeysWithTaps {
  if (taps.length === 0 || screen.sink === 'dry-run') return { keys: screen.keys, taps: new Map() };
  using layout = window.desktop.openLayout();
  return withTaps(screen.keys, taps, layout);
}

/** Loaded only when it is asked for. */
async function openRecording(
  session: string,
  { request: { screen }, environment, window, mode }: WindowRunRequest,
  chosen: ChosenPlayer,
  { arming, guarded }: GatedKeys,
): Promise<PlayedSession> {
  const { PlayedSession } = await import('../record/played-session.js');
  const isDryRun = guarded === null;
  const byPage = mode === 'browser';
  return await PlayedSession.open({ session, screen, environment, window, chosen, arming, isDryRun, byPage });
}
