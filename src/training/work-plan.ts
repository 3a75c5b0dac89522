/**
 * Estimates how much of a long run is left. Jobs are weighed by their multiply-adds, so that an autoencoder's epoch
 * counts more than a head's; seconds come from the speed measured so far. Runs no job itself.
 */
import { elementCount, shapesOf, weightSpecs, type LayerSpec, type Network } from './network.js';

/** Updating one weight costs about this many multiply-adds (Adam reads and writes four arrays). */
const UPDATE_COST = 60;
/** The many small operations of a recurrent layer cost this much for each batch, in multiply-adds. */
const RECURRENT_COST = 6e8;

function layerCost(layer: LayerSpec, input: readonly number[], output: readonly number[]): number {
  switch (layer.kind) {
    case 'conv2d':
    case 'conv2d-transpose':
      return elementCount(output) * elementCount(layer.kernel) * input[2];
    case 'dense':
      return input[0] * layer.units;
    case 'gru':
    case 'lstm':
      return input[0] * (input[1] + layer.units) * layer.units * (layer.kind === 'gru' ? 3 : 4);
    case 'activation':
    case 'dropout':
    case 'flatten':
    case 'layer-normalization':
    case 'normalization':
    case 'max-pool':
    case 'reshape':
    case 'up-sampling':
      return 0;
  }
}

/** Multiply-adds of training a network: forward, twice as much backward, and the updates of its weights. */
export function trainingCost(network: Network, samples: number, epochs: number, batchSize: number): number {
  const shapes = shapesOf(network);
  const forward = network.layers.reduce((sum, layer, i) => sum + layerCost(layer, shapes[i], shapes[i + 1]), 0);
  const weights = weightSpecs(network).reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const recurrent = network.layers.filter(({ kind }) => kind === 'gru' || kind === 'lstm').length;
  return epochs * samples * (3 * forward + (UPDATE_COST * weights + RECURRENT_COST * recurrent) / batchSize);
}

interface Item {
  readonly cost: number;
  /** 0..1 */
  part: number;
}

/** Jobs by name, each with its cost; all costs are in the same unit. */
export class WorkPlan {
  readonly #items = new Map<string, Item>();
  readonly #nowMs: () => number;
  #beganMs: number | null = null;
  #costDoneHere = 0;

  /** @param nowMs a monotonic clock, ms. Default performance.now */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Adds a job; one that was done before this run takes no time and does not count for the speed. */
  add(name: string, cost: number, done = false): void {
    this.#items.set(name, { cost, part: done ? 1 : 0 });
  }

  /** @param part 0..1 of the job that is done; a smaller value than before is ignored */
  at(name: string, part: number): void {
    this.#beganMs ??= this.#nowMs();
    const item = this.#items.get(name);
    if (item === undefined || part <= item.part) return;
    this.#costDoneHere += item.cost * (Math.min(1, part) - item.part);
    item.part = Math.min(1, part);
  }

  /** The part of all jobs that is done, 0..1. */
  get part(): number {
    const items = [...this.#items.values()];
    const total = items.reduce((sum, { cost }) => sum + cost, 0);
    return total === 0 ? 1 : items.reduce((sum, { cost, part }) => sum + cost * part, 0) / total;
  }

  /** At the speed of this run so far, s; null until that is known. */
  get secondsLeft(): number | null {
    if (this.#beganMs === null || this.#costDoneHere === 0) return null;
    const seconds = (this.#nowMs() - this.#beganMs) / 1000;
    const left = [...this.#items.values()].reduce((sum, { cost, part }) => sum + cost * (1 - part), 0);
    return (left * seconds) / this.#costDoneHere;
  }
}
