/** Everything between a game window and the loop: capture, policy, key guard, focus gate, and the run around them. */
import { Arming } from '../../agent/arming.js';
import { SystemClock } from '../../core/clock.js';
import { openFrameSource } from '../../capture/open-source.js';
import type { GameWindow } from '../../capture/game-window.js';
import type { Health } from '../../terminal/status-line.js';
import type { GameFile } from '../game-file.js';
import { AgentRun } from './agent-run.js';
import { OpenParts } from './open-parts.js';
import { focusGate } from './focus-gate.js';
import { openGameKeyboard } from './game-keyboard.js';
import { openChosenPolicy } from './chosen-policy.js';
import { runSettings, type PlayContext } from './play-options.js';

/** A run on a real window, ready to play. Disposal lets go of the keys first. */
export interface WindowCast extends AsyncDisposable {
  readonly run: AgentRun;
  /** Waits until no key is down and every edge is counted. */
  settleKeys(): Promise<void>;
}

/** What a run on a window is made of. */
export interface CastRequest {
  readonly context: PlayContext;
  readonly window: GameWindow;
  readonly game: GameFile | null;
  readonly mode: 'browser' | 'window';
  readonly health: () => Health | null;
}

/** Opens everything; on a failure what was open is closed again. @throws UnderstudyError of the part that failed */
export async function openCast(request: CastRequest): Promise<WindowCast> {
  const parts = new OpenParts();
  try {
    return await assemble(parts, request);
  } catch (error) {
    await parts[Symbol.asyncDispose]();
    throw error;
  }
}

async function assemble(parts: OpenParts, request: CastRequest): Promise<WindowCast> {
  const { context, window, game, mode, health } = request;
  const { options, signals, say } = context;
  const clock = new SystemClock();
  const chosen = await openChosenPolicy(context, game, clock);
  parts.use(chosen.policy);
  const opened = openFrameSource({ capture: options.capture, window, clock, periodMs: 1000 / chosen.rateHz });
  parts.use(opened.source);
  say(`seeing '${window.info.title || window.info.app}' through ${opened.adapter}: ${opened.why}`);
  let run: AgentRun | null = null;
  const keyboard = await openGameKeyboard(
    options,
    game,
    1000 / chosen.rateHz,
    window.display,
    {
      onRelease: (reason, afterMs) => run?.noteRelease(reason, afterMs),
      onFault: (message) => run?.event('key guard lost', { message }),
    },
    signals.signal,
  );
  parts.use(keyboard.sink);
  say(keyboard.kind === 'dry-run' ? 'pressing nothing: a dry run' : `pressing keys through ${keyboard.why}`);
  const arming = new Arming({ nowMs: () => clock.nowMs() });
  run = parts.use(
    new AgentRun(
      {
        mode,
        model: chosen.path,
        clock,
        source: opened.source,
        policy: chosen.policy,
        sink: keyboard.sink,
        gates: keyboard.kind === 'dry-run' ? [arming.gate()] : [arming.gate(), focusGate(window)],
        arming,
        applyDelayTicks: chosen.applyDelayTicks,
        health,
      },
      runSettings(context, chosen.rateHz),
    ),
  );
  run.event('cast', { model: chosen.path, capture: opened.adapter, sink: keyboard.kind, window: window.info });
  return {
    run,
    settleKeys: async () => await keyboard.sink[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: async () => {
      await keyboard.sink[Symbol.asyncDispose]();
      await parts[Symbol.asyncDispose]();
    },
  };
}
