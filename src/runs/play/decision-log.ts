/**
 * What a policy decided, tick by tick, in `decisions.jsonl` of the run folder. It contains no measured time, so that
 * the same session and the same bundle give the same bytes. Writes synchronously: only for replays.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionSet } from '../../core/action-set.js';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { adviceToWrite } from '../../core/write-advice.js';
import type { Frame } from '../../core/frame.js';
import type { TickObserver, TickReport } from '../../core/tick-report.js';

/** Lines are collected and written in batches of about this size. */
const BATCH_BYTES = 64 * 1024;

export class DecisionLog implements TickObserver, Disposable {
  readonly isEssential = true;
  readonly path: string;
  readonly #actions: ActionSet;
  readonly #fightOf: (frame: number) => number;
  #fd: number | null;
  #pending = '';
  #failure: UnderstudyError | null = null;
  #lastFrame = -1;

  /**
   * @param actions the actions of the decisions
   * @param fightOf the 0-based fight that a frame lies in, or -1
   * @throws UnderstudyError `write-failed`
   */
  constructor(folder: string, actions: ActionSet, fightOf: (frame: number) => number) {
    this.#actions = actions;
    this.path = join(folder, 'decisions.jsonl');
    this.#fightOf = fightOf;
    try {
      this.#fd = openSync(this.path, 'wx');
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Position of the newest frame that was decided on; -1 before the first. */
  get lastFrame(): number {
    return this.#lastFrame;
  }

  /** True once a line could not be written: {@link settle} says why. */
  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  onTick({ tick, decision }: TickReport, frame: Frame | null): void {
    if (frame !== null) this.#lastFrame = frame.index;
    const fight = frame === null ? -1 : this.#fightOf(frame.index);
    const line = {
      tick,
      frame: frame?.index ?? null,
      fight: fight < 0 ? null : fight,
      ready: decision?.ready ?? false,
      decision: decision === null ? null : this.#actions.heldNames(decision.held),
      probabilities: decision === null ? null : Array.from(decision.probabilities, (p) => Number(p.toFixed(6))),
    };
    this.#pending += `${JSON.stringify(line)}\n`;
    if (this.#pending.length >= BATCH_BYTES) this.#flush();
  }

  /** Writes the waiting lines. @throws UnderstudyError `write-failed` when any line could not be written */
  settle(): void {
    this.#flush();
    if (this.#failure !== null) throw this.#failure;
  }

  [Symbol.dispose](): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #flush(): void {
    if (this.#fd === null || this.#failure !== null) return;
    const bytes = Buffer.from(this.#pending);
    this.#pending = '';
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
    } catch (error) {
      this.#failure = this.#failed(error);
    }
  }

  #failed(error: unknown): UnderstudyError {
    return new UnderstudyError({
      kind: 'environment',
      code: 'write-failed',
      message: `The decisions cannot be written to ${this.path}: ${messageOf(error)}.`,
      next: adviceToWrite(error, '--runs'),
      cause: error,
    });
  }
}
