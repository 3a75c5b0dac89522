/**
 * Shows runs on the live page: sends it each tick, a picture at most ten times a second while someone watches, and
 * other changes. Copies little, waits for nothing, and touches no key: a command from the page goes to the run's
 * arming, like any other command.
 */
import type { Arming } from '../agent/arming.js';
import { TickCounter } from '../agent/tick-counts.js';
import { tickFigures } from '../agent/tick-figures.js';
import type { HeldActions } from '../core/action-set.js';
import { UnderstudyError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import type { SeenGame } from '../core/seen-game.js';
import type { TickObserver, TickReport } from '../core/tick-report.js';
import type { PreprocessingContract } from '../vision/preprocessing-contract.js';
import { LivePage } from './live-page.js';
import {
  NO_STATE,
  type PageOrder,
  type RunAnswer,
  type WatchArming,
  type WatchGateChange,
  type WatchRun,
  type WatchScores,
  type WatchState,
} from './messages.js';
import { PagePictures } from './page-pictures.js';

const SCORES_EVERY_MS = 1000;
/** Scores are computed so rarely that they cost at most this share of a core. */
const SCORES_SHARE = 0.005;
/** The page lists this many changes of the gates. */
const GATES_KEPT = 12;

/** Of a game without cues and meters. */
const NOTHING_SEEN: SeenGame = { outcomes: null, meters: {} };

/** What is shown of a model. */
export interface WatchedModel {
  readonly manifest: { readonly name: string; readonly preprocessing: PreprocessingContract };
  /** The thresholds in force; another object after each change. */
  readonly thresholds: WatchState['thresholds'];
  /** [H, W] uint8, the newest picture as the encoder saw it; overwritten by the next. */
  gray(): Uint8Array;
}

/** What is shown of a run. */
export interface WatchedRun extends Omit<WatchRun, 'model'> {
  /** Absent where nothing can be armed. */
  readonly arming?: Arming | undefined;
  /** What the game's cues and meters say; absent where it has neither. */
  readonly seen?: (() => SeenGame) | undefined;
}

export interface LiveWatchOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** True where the page may give commands. */
  readonly control: boolean;
  /** Shows a text to the user. */
  readonly say: (text: string) => void;
}

export class LiveWatch implements TickObserver, AsyncDisposable {
  readonly #page: LivePage;
  readonly #pictures: PagePictures;
  #state: WatchState = NO_STATE;
  #arming: Arming | null = null;
  #stopListening: () => void = () => undefined;
  #model: WatchedModel | null = null;
  #human: () => HeldActions | null = () => null;
  #seen: () => SeenGame = () => NOTHING_SEEN;
  #scores: (() => WatchScores) | null = null;
  #nextScoresAtMs = 0;
  #counter = new TickCounter();

  private constructor(page: LivePage) {
    this.#page = page;
    this.#pictures = new PagePictures(page);
  }

  /** Serves the page and says at which address. @throws UnderstudyError `port-taken`, `package-missing` */
  static async open({ port, control, say }: LiveWatchOptions): Promise<LiveWatch> {
    const command = (order: PageOrder): RunAnswer => watch.#execute(order);
    const page = await LivePage.open({ port, onCommand: control ? command : null, onLost: say });
    const watch: LiveWatch = new LiveWatch(page);
    say(`watch at ${page.url}${control ? ' (it may arm, pause and stop the agent)' : ''}`);
    return watch;
  }

  /** The page's address, token included. */
  get url(): string {
    return this.#page.url;
  }

  /** Shows this model's thresholds and pictures from now on. */
  showModel(model: WatchedModel): void {
    this.#model = model;
  }

  /** At each tick, `human` is asked what a person holds; null: this is not known. */
  watchHuman(human: () => HeldActions | null): void {
    this.#human = human;
  }

  /** `scores` is asked about once a second. */
  watchScores(scores: () => WatchScores): void {
    this.#scores = scores;
  }

  /** Begins another run: what was shown of the previous one is removed. */
  begin({ mode, name, rateHz, budgetMs, actions, arming, seen }: WatchedRun): void {
    this.#stopListening();
    this.#seen = seen ?? (() => NOTHING_SEEN);
    this.#arming = arming ?? null;
    this.#stopListening = arming?.onChange(() => this.#change({ arming: armingOf(arming) })) ?? (() => undefined);
    this.#counter = new TickCounter();
    this.#nextScoresAtMs = 0;
    const model = this.#model?.manifest.name ?? 'no model';
    this.#change({
      run: { mode, model, name, rateHz, budgetMs, actions },
      arming: arming === undefined ? null : armingOf(arming),
      thresholds: this.#model?.thresholds ?? {},
      scores: null,
      outcomes: null,
      gates: [],
      ended: false,
    });
  }

  onTick(report: TickReport, frame: Frame | null): void {
    this.#counter.count(report);
    const { outcomes, meters } = this.#seen();
    this.#page.add({
      ...tickFigures(report, meters),
      slot: this.#counter.slot,
      outcome: report.outcome,
      gate: report.gate,
      held: report.held,
      decided: report.decision?.held ?? null,
      human: this.#human(),
      ready: report.decision?.ready ?? false,
      missedBefore: report.missedBefore,
      counts: this.#counter.counts,
    });
    this.#noteChanges(report, outcomes);
    const nowMs = performance.now();
    if (frame !== null && this.#model !== null) {
      this.#pictures.show(frame, this.#counter.slot, this.#model.manifest.preprocessing, () => this.#model!.gray());
    }
    this.#score(nowMs);
  }

  /** Shows that the run is over, and ends the page. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening();
    this.#change({ ended: true });
    await this.#page[Symbol.asyncDispose]();
  }

  #noteChanges({ gate }: TickReport, outcomes: SeenGame['outcomes']): void {
    const thresholds = this.#model?.thresholds ?? this.#state.thresholds;
    const last: WatchGateChange | undefined = this.#state.gates.at(-1);
    const isGateNew = gate !== (last?.gate ?? null);
    const isAsBefore = thresholds === this.#state.thresholds && outcomes === this.#state.outcomes;
    if (!isGateNew && isAsBefore) return;
    const change = { slot: this.#counter.slot, atUnixMs: Date.now(), gate };
    const gates = isGateNew ? [...this.#state.gates, change].slice(-GATES_KEPT) : this.#state.gates;
    this.#change({ thresholds, gates, outcomes });
  }

  #score(nowMs: number): void {
    if (this.#scores === null || nowMs < this.#nextScoresAtMs || this.#page.viewers === 0) return;
    const scores = this.#scores();
    const tookMs = performance.now() - nowMs;
    this.#nextScoresAtMs = nowMs + Math.max(SCORES_EVERY_MS, tookMs / SCORES_SHARE);
    this.#change({ scores });
  }

  #change(changes: Partial<WatchState>): void {
    this.#state = { ...this.#state, ...changes };
    this.#page.setState(this.#state);
  }

  /** @throws UnderstudyError `control-invalid` where nothing can be armed */
  #execute({ command }: PageOrder): RunAnswer {
    const arming = this.#arming;
    const changed = arming === null ? null : execute(arming, command);
    if (arming === null || changed === null) {
      throw new UnderstudyError({
        kind: 'input',
        code: 'control-invalid',
        message: `There is nothing to ${command}: no run that acts is under way.`,
        next: 'Wait until it plays.',
      });
    }
    return { changed, arming: armingOf(arming) };
  }
}

/** Null for a command that no run takes. */
function execute(arming: Arming, command: PageOrder['command']): boolean | null {
  switch (command) {
    case 'arm':
      return arming.arm('page');
    case 'pause':
      return arming.pause('page', 'it was paused from the live page');
    case 'resume':
      return arming.resume('page');
    case 'panic':
      return arming.panic('the panic button of the live page was pressed', 'page');
    case 'start':
    case 'fight-start':
    case 'fight-end':
    case 'stop':
      return null;
  }
}

function armingOf({ status: { state, reason, by } }: Arming): WatchArming {
  return { state, reason, by };
}
