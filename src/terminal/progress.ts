/**
 * The progress of a long job: a bar that is redrawn in place, with rate and time left; where that is not possible, a
 * plain line every few seconds. Does not depend on the job.
 */
import { barText } from './bar.js';
import { InPlaceLine } from './in-place-line.js';
import { colourDepth, type Screen } from './screen.js';

export interface ProgressOptions {
  /** Default process.stderr. */
  readonly screen?: Screen;
  /** What is counted, in the plural: `fights`. */
  readonly unit: string;
  /** > 0 */
  readonly total: number;
  /** A monotonic clock, ms. Default performance.now. */
  readonly nowMs?: () => number;
  /** Default process.env. */
  readonly env?: NodeJS.ProcessEnv;
}

const BAR_CELLS = 24;
/** Before this a rate is a guess, ms. */
const RATE_AFTER_MS = 2000;

/** Counts time from its construction to `finish()`; `update` may be called at any rate. */
export class Progress implements Disposable {
  readonly #options: ProgressOptions;
  readonly #line: InPlaceLine;
  readonly #withBar: boolean;
  readonly #nowMs: () => number;
  readonly #beganMs: number;

  constructor(options: ProgressOptions) {
    const screen = options.screen ?? process.stderr;
    const env = options.env ?? process.env;
    this.#options = options;
    this.#line = new InPlaceLine(screen, env);
    this.#withBar = colourDepth(screen, env) > 1;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#beganMs = this.#nowMs();
  }

  /**
   * @param done 0..total; parts of one count too
   * @param note further text, such as `loss 0.012`
   */
  update(done: number, note = ''): void {
    const nowMs = this.#nowMs();
    this.#line.show(nowMs, () => {
      const { total, unit } = this.#options;
      const text = progressText({ done, total, unit, elapsedMs: nowMs - this.#beganMs });
      const bar = this.#withBar ? `${barText(done / total, BAR_CELLS, '█', '░')} ` : '';
      return `${bar}${text}${note === '' ? '' : `, ${note}`}`;
    });
  }

  /** Leaves the last line on the screen. Idempotent. */
  finish(): void {
    this.#line.finish();
  }

  [Symbol.dispose](): void {
    this.finish();
  }
}

/** The same for work that knows how much there is only once it has begun. */
export class LateProgress implements Disposable {
  readonly #unit: string;
  #progress: Progress | null = null;

  constructor(unit: string) {
    this.#unit = unit;
  }

  /** Bound, so that it can be passed on. */
  readonly update = (done: number, total: number): void => {
    this.#progress ??= new Progress({ unit: this.#unit, total });
    this.#progress.update(done);
  };

  [Symbol.dispose](): void {
    this.#progress?.finish();
  }
}

/** `37 of 100 fights, 1.2 a second, 52 s left` */
export function progressText({
  done,
  total,
  unit,
  elapsedMs,
}: {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly elapsedMs: number;
}): string {
  const count = `${Math.floor(done)} of ${total} ${unit}`;
  if (done <= 0 || elapsedMs < RATE_AFTER_MS) return count;
  const leftSeconds = ((total - done) * elapsedMs) / done / 1000;
  return `${count}, ${rateText(done / (elapsedMs / 1000))}, ${durationText(leftSeconds)} left`;
}

function rateText(perSecond: number): string {
  if (perSecond >= 10) return `${Math.round(perSecond)} a second`;
  return perSecond >= 1 ? `${perSecond.toFixed(1)} a second` : `${(perSecond * 60).toFixed(1)} a minute`;
}

/** `45 s`, `3 min 05 s`, `2 h 07 min` */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
