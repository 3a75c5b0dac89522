/**
 * The run on a terminal: the picture in half blocks where the terminal can show one, a status line below it, both
 * redrawn in place. Where that is not possible (a pipe, NO_COLOR), a plain line every few seconds. Skips what a
 * slow terminal does not take, and shows the cursor again on every exit, also after a second Ctrl-C.
 */
import type { EventEmitter } from 'node:events';
import type { Frame } from '../core/frame.js';
import type { TickObserver, TickReport } from '../core/tick-report.js';
import { fitLine } from './fit-line.js';
import { halfBlocks } from './half-blocks.js';
import { CLEAR_LINE_END, PLAIN_EVERY_MS } from './in-place-line.js';
import { colourDepth, readsUtf8, type Screen } from './screen.js';
import { terminalText } from './terminal-text.js';

/** Half-block pictures wider than this cost more to send than they show. */
const MOST_COLUMNS = 128;
/** Redraws a second at most, whatever the rate of the loop. */
const DRAWS_PER_SECOND = 12;

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_TO_END = '\x1b[J';

export interface LiveViewOptions {
  readonly screen: Screen;
  /** Draw the frames above the status line. */
  readonly picture: boolean;
  /** The status line for a report, without line ends; `colour` says whether it may contain colours. */
  readonly statusLine: (report: TickReport, colour: boolean) => string;
  readonly env?: NodeJS.ProcessEnv;
  /** Emits 'exit', and 'SIGTSTP' at Ctrl-Z. Default process. */
  readonly exits?: Pick<EventEmitter, 'once' | 'off'>;
  /** Stops the process until it is continued, as Ctrl-Z does by itself. Default SIGSTOP. */
  readonly suspend?: () => void;
}

export class LiveView implements TickObserver {
  readonly #screen: Screen;
  readonly #picture: boolean;
  readonly #statusLine: LiveViewOptions['statusLine'];
  readonly #depth: number;
  readonly #exits: Pick<EventEmitter, 'once' | 'off'>;
  readonly #suspend: () => void;
  readonly #env: NodeJS.ProcessEnv | undefined;
  readonly #readsUtf8: boolean;
  readonly #onExit = (): void => this.finish();
  /** Ctrl-Z: the shell gets the cursor back; the next redraw after `fg` begins below. */
  readonly #onSuspend = (): void => {
    this.finish();
    this.#suspend();
  };
  #linesDrawn = 0;
  #lastDrawMs = Number.NEGATIVE_INFINITY;
  #pictureLines: string[] = [];

  constructor(options: LiveViewOptions) {
    this.#screen = options.screen;
    this.#picture = options.picture;
    this.#statusLine = options.statusLine;
    this.#depth = colourDepth(options.screen, options.env);
    this.#exits = options.exits ?? process;
    this.#suspend = options.suspend ?? (() => process.kill(process.pid, 'SIGSTOP'));
    this.#env = options.env;
    this.#readsUtf8 = readsUtf8(options.env);
  }

  onTick(report: TickReport, frame: Frame | null): void {
    const inPlace = this.#depth > 1;
    const everyMs = inPlace ? 1000 / DRAWS_PER_SECOND : PLAIN_EVERY_MS;
    const nowMs = report.deadlineMs + report.latenessMs;
    // Half a millisecond of tolerance, so that a tick that is due now is not skipped for its jitter.
    if (nowMs - this.#lastDrawMs < everyMs - 0.5 || this.#screen.writableNeedDrain) return;
    this.#lastDrawMs = nowMs;
    if (inPlace) this.#redraw(report, frame);
    else this.#screen.write(`${this.#plainLine(report)}\n`);
  }

  /** Leaves what was drawn on the screen, the cursor below it. */
  finish(): void {
    if (this.#linesDrawn === 0) return;
    this.#linesDrawn = 0;
    this.#exits.off('exit', this.#onExit);
    this.#exits.off('SIGTSTP', this.#onSuspend);
    this.#screen.write(`\n${SHOW_CURSOR}`);
  }

  #redraw(report: TickReport, frame: Frame | null): void {
    const columns = this.#screen.columns ?? 80;
    const lines: string[] = [];
    if (this.#picture) {
      if (frame !== null) this.#pictureLines = this.#drawPicture(frame, columns);
      lines.push(...this.#pictureLines);
    }
    const status = this.#readsUtf8 ? this.#statusLine(report, true) : this.#plainLine(report);
    lines.push(`${fitLine(status, columns - 1)}${CLEAR_LINE_END}`);
    if (this.#linesDrawn === 0) {
      this.#exits.once('exit', this.#onExit);
      this.#exits.once('SIGTSTP', this.#onSuspend);
    }
    const up = this.#linesDrawn > 1 ? `\x1b[${this.#linesDrawn - 1}A` : '';
    this.#screen.write(`${HIDE_CURSOR}\r${up}${lines.join('\n')}${CLEAR_TO_END}`);
    this.#linesDrawn = lines.length;
  }

  /** Without colours, and as plain as the terminal needs it. */
  #plainLine(report: TickReport): string {
    return terminalText(this.#statusLine(report, false), this.#screen, this.#env);
  }

  /** As wide as the terminal allows while picture and status line both fit its height. */
  #drawPicture(frame: Frame, columns: number): string[] {
    const rowsLeft = Math.max(1, (this.#screen.rows ?? 24) - 2);
    const widestForRows = Math.floor((rowsLeft * 2 * frame.width) / frame.height);
    return halfBlocks(frame, Math.max(16, Math.min(columns - 1, MOST_COLUMNS, widestForRows)), this.#depth);
  }
}
