/**
 * Shows a recording of a person's play on the live page, and takes what its buttons ask for: start, a fight begins, it
 * ends, stop. Copies little and waits for nothing; what a button does is done by the recorder, as for its hot keys.
 */
import { NONE_HELD } from '../core/action-set.js';
import { UnderstudyError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import type { PreprocessingContract } from '../vision/preprocessing-contract.js';
import { Preprocessor } from '../vision/preprocessor.js';
import { LivePage } from './live-page.js';
import {
  NO_STATE,
  type PageOrder,
  type RecordingAnswer,
  type RecordingCommand,
  type RecordingFigures,
  type WatchRecording,
  type WatchRun,
  type WatchState,
} from './messages.js';
import { PagePictures } from './page-pictures.js';

/** Figures that change with every frame are sent about ten times a second. */
const FIGURES_EVERY_MS = 90;

/** A button that acts on a recording under way. */
export type RecordingButton = Exclude<RecordingCommand, 'start'>;

export interface RecordingWatchOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly hotKeys: WatchRecording['hotKeys'];
  /** Shows a text to the user. */
  readonly say: (text: string) => void;
}

/** What is recorded. */
export interface WatchedRecording extends Pick<WatchRun, 'name' | 'rateHz' | 'actions'> {
  readonly contract: PreprocessingContract;
  /** Does what a button asks for; false where there is nothing to change. */
  readonly onOrder: (order: RecordingButton) => boolean;
}

/** A name that waits to be typed. */
interface Asked {
  readonly check: (name: string) => void;
  readonly resolve: (name: string) => void;
}

export class RecordingWatch implements AsyncDisposable {
  readonly #page: LivePage;
  readonly #pictures: PagePictures;
  readonly #hotKeys: WatchRecording['hotKeys'];
  #state: WatchState = NO_STATE;
  #asked: Asked | null = null;
  #recording: WatchedRecording | null = null;
  #preprocessor: Preprocessor | null = null;
  #sentAtMs = Number.NEGATIVE_INFINITY;

  private constructor(page: LivePage, hotKeys: WatchRecording['hotKeys']) {
    this.#page = page;
    this.#pictures = new PagePictures(page);
    this.#hotKeys = hotKeys;
  }

  /** Serves the page and says at which address. @throws UnderstudyError `port-taken`, `package-missing` */
  static async open({ port, hotKeys, say }: RecordingWatchOptions): Promise<RecordingWatch> {
    const onCommand = (order: PageOrder): RecordingAnswer => watch.#execute(order);
    const page = await LivePage.open({ port, onCommand, onLost: say });
    const watch: RecordingWatch = new RecordingWatch(page, hotKeys);
    say(`watch at ${page.url} (it may start the recording, mark fights and stop it)`);
    return watch;
  }

  /**
   * Waits until a name was typed in the page and its start button was pressed.
   *
   * @param check throws an UnderstudyError, whose message the page shows, for a name that cannot be used
   * @throws the signal's reason when it aborts
   */
  async started(proposal: string, check: (name: string) => void, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    this.#change({
      recording: { phase: 'waiting', session: proposal, hotKeys: this.#hotKeys, figures: null },
    });
    const ending = new AbortController(); // removes the listener
    const typed = new Promise<string>((resolve, reject) => {
      this.#asked = { check, resolve };
      signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: ending.signal });
    });
    this.#page.keepProcess(true);
    try {
      return await typed;
    } finally {
      this.#page.keepProcess(false);
      this.#asked = null;
      ending.abort();
    }
  }

  /** Recording begins: the buttons act on it from now on. */
  begin(recording: WatchedRecording): void {
    const { name, rateHz, actions, contract } = recording;
    this.#recording = recording;
    this.#preprocessor = new Preprocessor(contract);
    this.#change({
      run: { mode: 'record', model: '', name, rateHz, budgetMs: 1000 / rateHz, actions },
      recording: { phase: 'recording', session: name, hotKeys: this.#hotKeys, figures: null },
    });
  }

  /** Call once a slot. @param frame the newest picture; null where none was grabbed */
  slot(figures: RecordingFigures, frame: Frame | null): void {
    const recording = this.#recording;
    if (recording === null) return;
    const nowMs = performance.now();
    const slot = Math.max(0, figures.frames - 1);
    this.#page.add({
      ...{ slot, deadlineMs: nowMs, outcome: 'acted', gate: null, latenessMs: 0, latencyMs: null, stageMs: {} },
      ...{ held: NONE_HELD, decided: null, human: figures.held, ready: false, probabilities: null, missedBefore: 0 },
      meters: null, // the figures have them
      counts: { ticks: figures.frames, missedTicks: 0, lateTicks: 0, starvedTicks: 0, gatedTicks: 0 },
    });
    this.#show(figures, nowMs);
    if (frame === null) return;
    const preprocessor = this.#preprocessor!;
    this.#pictures.show(frame, slot, recording.contract, () => {
      preprocessor.process(frame);
      return preprocessor.gray;
    });
  }

  /** Shows that the recording is over, and ends the page. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#change({ ended: true });
    await this.#page[Symbol.asyncDispose]();
  }

  /** Sends the figures where they are due, or where the state that a person looks for has changed. */
  #show(figures: RecordingFigures, nowMs: number): void {
    const recording = this.#state.recording!;
    const { figures: before } = recording;
    const isNew = before?.inFight !== figures.inFight || before.focused !== figures.focused;
    if (!isNew && nowMs - this.#sentAtMs < FIGURES_EVERY_MS) return;
    this.#sentAtMs = nowMs;
    this.#change({ recording: { ...recording, figures } });
  }

  #change(changes: Partial<WatchState>): void {
    this.#state = { ...this.#state, ...changes };
    this.#page.setState(this.#state);
  }

  /** @throws UnderstudyError `control-invalid` where there is nothing to do it to; as the check of a name */
  #execute({ command, name }: PageOrder): RecordingAnswer {
    if (command === 'start') return this.#start(name ?? '');
    const recording = this.#recording;
    if (recording === null || (command !== 'fight-start' && command !== 'fight-end' && command !== 'stop')) {
      throw new UnderstudyError({
        kind: 'input',
        code: 'control-invalid',
        message: `There is nothing to ${command}: nothing is being recorded.`,
        next: 'Start the recording first.',
      });
    }
    const changed = recording.onOrder(command);
    return { changed, recording: this.#state.recording! };
  }

  #start(name: string): RecordingAnswer {
    const asked = this.#asked;
    if (asked === null) return { changed: false, recording: this.#state.recording! };
    asked.check(name);
    asked.resolve(name);
    return { changed: true, recording: this.#state.recording! };
  }
}
