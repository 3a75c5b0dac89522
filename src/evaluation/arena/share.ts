/**
 * A thread's share of the fights: as many at a time as go through the model together, each taking the next number as
 * soon as it is done. Which thread plays which fight changes nothing about any fight.
 */
import type { ModelOpener } from '../../policy/model.js';
import { playFight } from './play-fight.js';
import type { FightSettings, PlayedFight } from './settings.js';
import { SharedModel } from './shared-model.js';

/** The input of a share; plain data, sent to another thread as it is. */
export interface ShareSetup {
  readonly settings: FightSettings;
  /** Of all shares together. */
  readonly fights: number;
  /** Played at the same time here, and pictures that go through the model at once, >= 1. */
  readonly batchSize: number;
  /** One Int32: the number of the next fight, counted up by all shares. */
  readonly next: SharedArrayBuffer;
}

export interface ShareEvents {
  readonly onFight: (index: number, fight: PlayedFight) => void;
  /** @param underWay fights that have begun and not ended, each counted as the part of its boss that is beaten */
  readonly onProgress: (underWay: number) => void;
}

/** Progress is reported this often, ms. */
const REPORT_EVERY_MS = 500;

/**
 * Plays until no number is left or the signal comes.
 *
 * @param open default onnxruntime
 * @throws UnderstudyError as `SharedModel.open` and `playFight`
 */
export async function playShare(
  setup: ShareSetup,
  events: ShareEvents,
  signal: AbortSignal,
  open?: ModelOpener,
): Promise<void> {
  await using model = await SharedModel.open(setup.settings.bundle, setup.batchSize, open);
  const broken = new AbortController();
  const either = AbortSignal.any([signal, broken.signal]);
  const underWay = new UnderWay(events.onProgress);
  const slot = async (): Promise<void> => {
    try {
      await playOneAfterAnother(setup, events, model, underWay, either);
    } catch (error) {
      broken.abort(); // the others end too: there is nothing to score any more
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: setup.batchSize }, slot));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function playOneAfterAnother(
  { settings, fights, next }: ShareSetup,
  events: ShareEvents,
  model: SharedModel,
  underWay: UnderWay,
  signal: AbortSignal,
): Promise<void> {
  const counter = new Int32Array(next);
  while (!signal.aborted) {
    const index = Atomics.add(counter, 0, 1);
    if (index >= fights) return;
    const fight = await playFight({
      settings,
      seed: settings.seed + index,
      model: model.forOneFight(),
      signal,
      onTick: (beaten) => underWay.set(index, beaten),
    });
    underWay.delete(index);
    if (fight !== null) events.onFight(index, fight);
  }
}

/** How far the fights of this share are; reported from time to time. */
class UnderWay {
  readonly #beaten = new Map<number, number>();
  readonly #report: (underWay: number) => void;
  #reportedAtMs = 0;

  constructor(report: (underWay: number) => void) {
    this.#report = report;
  }

  set(index: number, beaten: number): void {
    this.#beaten.set(index, beaten);
    const nowMs = performance.now();
    if (nowMs - this.#reportedAtMs < REPORT_EVERY_MS) return;
    this.#reportedAtMs = nowMs;
    let sum = 0;
    for (const part of this.#beaten.values()) sum += part;
    this.#report(sum);
  }

  delete(index: number): void {
    this.#beaten.delete(index);
  }
}
