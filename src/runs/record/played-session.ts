/**
 * `play --record`: records the agent's play as a session, with who held which key, so that a model can be trained on
 * what a person did after taking over. Grabs its own frames: the loop misses ticks, and a recording has none missing.
 */
import type { Arming, ArmingState } from '../../agent/arming.js';
import type { Desktop, DesktopWindow } from '../../desktop/desktop.js';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { given } from '../../core/given.js';
import type { PlayedBy } from '../../session/format/event-lines.js';
import type { Recorder, RecordingResult } from '../../session/recorder.js';
import { resolveSession, type SessionFiles } from '../../session/session-files.js';
import { recordedContract, type ChosenPolicy } from '../chosen-policy.js';
import type { RunEnvironment } from '../environment.js';
import type { ScreenRequest } from '../request.js';
import type { RecordedPlay } from '../summary.js';
import { fightsByFocus } from './fights-by-focus.js';
import { chooseKeySource } from './key-source.js';
import { playedKeys } from './log-names.js';
import { openWindowRecorder, type WindowRecorder } from './window-recorder.js';

export interface PlayedSessionRequest {
  /** Its name or path, as the `session` verbs take it. */
  readonly session: string;
  readonly screen: ScreenRequest;
  readonly environment: Pick<RunEnvironment, 'signals' | 'say'>;
  readonly window: DesktopWindow;
  readonly chosen: Pick<ChosenPolicy, 'rateHz' | 'contract'>;
  readonly arming: Arming;
  /** The agent presses nothing: every key is a person's. */
  readonly isDryRun: boolean;
  /** A page reports where fights begin and end; otherwise the game's cues do, or a fight lasts while the window has the focus. */
  readonly byPage: boolean;
}

export class PlayedSession implements AsyncDisposable {
  readonly #files: SessionFiles;
  readonly #opened: WindowRecorder;
  readonly #running: Promise<RecordingResult>;
  readonly #stopListening: () => void;
  #takeovers = 0;

  private constructor({ arming, isDryRun }: PlayedSessionRequest, files: SessionFiles, opened: WindowRecorder) {
    this.#files = files;
    this.#opened = opened;
    const note = (state: ArmingState, givenBack: boolean): void => {
      const source = isDryRun ? 'human' : (CONTROL[state] ?? 'nobody');
      opened.writer.control(source, performance.now(), givenBack);
    };
    note(arming.state, false);
    this.#stopListening = arming.onChange(({ state, by }, before) => {
      if (state === 'taken-over') this.#takeovers += 1;
      opened.keys.look(); // the key that took over comes first in the log
      note(state, state === 'armed' && before.state === 'taken-over' && by !== 'human');
    });
    this.#running = opened.run();
    this.#running.catch(() => undefined); // finish() reports it
  }

  /**
   * Records from now on, until it is finished.
   *
   * @throws UnderstudyError `bad-option` where the session exists; `environment` kinds where the agent's keys and a
   *   person's cannot be distinguished, or nothing can be written
   */
  static async open(request: PlayedSessionRequest): Promise<PlayedSession> {
    const { session, screen, environment, window, chosen, byPage } = request;
    const { signals, say } = environment;
    requireHands(window.desktop);
    const files = resolveSession(session);
    const keys = playedKeys(screen.keys);
    const opened = await openWindowRecorder({
      window,
      capture: screen.capture,
      rateHz: chosen.rateHz,
      files,
      say,
      signal: signals.signal,
      contract: recordedContract(chosen),
      actions: screen.keys.actions,
      keys: keys.map,
      game: screen.game,
      hotKeys: null,
      keySource: chooseKeySource('auto', window.desktop, screen.keys, keys),
      besideAgent: true,
      ...given({ hear: byPage ? undefined : fightsByFocus }),
    });
    say(`recording ${files.base}, with whose hand holds which key`);
    return new PlayedSession(request, files, opened);
  }

  /** For the component that marks fights. */
  get fights(): Pick<Recorder, 'marker' | 'inFight'> {
    return this.#opened.recorder;
  }

  /** Ends the recording; call it once none of the agent's keys is down. Idempotent. */
  async finish(say: (text: string) => void): Promise<RecordedPlay> {
    this.#stopListening();
    this.#opened.recorder.stop();
    const { frames, error } = await this.#running;
    // the window is closed: an ordinary end of play, and of its recording
    const failure = error?.code === 'window-closed' ? null : error;
    if (failure !== null) say(`the recording ended before the run: ${messageOf(failure)}`);
    return { session: this.#files.base, frames, takeovers: this.#takeovers, error: failure?.code ?? null };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening();
    this.#opened.recorder.stop();
    await this.#running.catch(() => undefined);
    await this.#opened[Symbol.asyncDispose]();
  }
}

/** Who plays while the agent is in this state; absent: neither. */
const CONTROL: Readonly<Partial<Record<ArmingState, PlayedBy>>> = { armed: 'agent', 'taken-over': 'human' };

function requireHands({ tellsHands }: Desktop): void {
  if (tellsHands) return;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: "--record needs an X display: elsewhere a person's keys cannot be distinguished from the agent's.",
    next: 'Leave --record out; --record-video keeps the pictures.',
  });
}
