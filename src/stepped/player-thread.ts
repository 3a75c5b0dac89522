/** One thread of {@link PlayerThreads}: keeps model and games from one order to the next. */
import { parentPort, workerData } from 'node:worker_threads';
import { sentError, type SentError } from '../core/sent-error.js';
import { SharedModel } from '../evaluation/arena/shared-model.js';
import type { Bundle } from '../policy/bundle.js';
import { actionsOf } from '../policy/manifest.js';
import type { SteppedGame } from './stepped-game.js';
import { rulesOf, type GameName } from './games/index.js';
import { playFights, type FightsToPlay, type PlaysBy, type PracticeFight } from './play-fights.js';

/** What a thread is started with. */
export interface PlayerSetup {
  readonly bundle: Bundle;
  readonly playsBy: PlaysBy;
  /** Periods a second. */
  readonly rateHz: number;
  readonly game: GameName;
  /** Fights at a time. */
  readonly slots: number;
}

/** One set of fights, which the threads share. */
export interface Order {
  /** Of the head that plays. */
  readonly head: Uint8Array;
  readonly practice: FightsToPlay['practice'];
  readonly firstSeed: number;
  readonly fights: number;
  /** One Int32: the number of the next fight, counted up by all threads. */
  readonly next: SharedArrayBuffer;
}

/** `stop` ends the order that is under way; `close` ends the games too, which may be programs. */
export type PlayerRequest = Order | 'stop' | 'close';

export type PlayerMessage =
  | { readonly kind: 'fight'; readonly fight: PracticeFight }
  | { readonly kind: 'done' }
  | { readonly kind: 'closed' }
  /** Of programs that must not outlive the main thread. */
  | { readonly kind: 'opened'; readonly processes: readonly number[] }
  | { readonly kind: 'failed'; readonly error: SentError };

const port = parentPort!;
const { game, slots, playsBy, rateHz, ...setup } = workerData as PlayerSetup;
// a message carries plain data: the bundle's set of actions has lost its methods, so it is made again
const bundle: Bundle = { ...setup.bundle, actions: actionsOf(setup.bundle.manifest) };
const post = (message: PlayerMessage, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const rules = rulesOf(game);
const ready = (async () => {
  const model = await SharedModel.open(bundle, slots);
  const games = await openAll();
  post({ kind: 'opened', processes: games.flatMap(({ processes }) => processes) });
  return { model, games };
})();
ready.catch(() => undefined); // the first order says it
let stopping = new AbortController();

/** All of them, or none: where one fails, the others are closed again. */
async function openAll(): Promise<SteppedGame[]> {
  const { preprocessing } = bundle.manifest;
  const opening = Array.from({ length: slots }, () => rules.open(rateHz, preprocessing));
  const results = await Promise.allSettled(opening);
  const games = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return games;
  await Promise.all(games.map((game) => game[Symbol.asyncDispose]()));
  throw failed.reason;
}

async function play({ head, practice, firstSeed, fights, next }: Order): Promise<void> {
  const { model, games } = await ready;
  await model.replaceHead(head);
  const counter = new Int32Array(next);
  await playFights({
    bundle,
    model,
    games,
    playsBy,
    rules,
    rateHz,
    practice,
    signal: stopping.signal,
    nextSeed: () => {
      const index = Atomics.add(counter, 0, 1);
      return index < fights ? firstSeed + index : null;
    },
    onFight: (fight) => {
      const { taken } = fight;
      const arrays = taken === null ? [] : [taken.latents, taken.drawn, taken.rewards];
      post(
        { kind: 'fight', fight },
        arrays.map(({ buffer }) => buffer as ArrayBuffer),
      );
    },
  });
}

async function close(): Promise<void> {
  stopping.abort();
  const { games } = await ready.catch(() => ({ games: [] })); // what did not open said so already
  await Promise.all(games.map((game) => game[Symbol.asyncDispose]()));
}

port.on('message', (order: PlayerRequest) => {
  if (order === 'stop') return stopping.abort();
  if (order === 'close') return void close().finally(() => post({ kind: 'closed' }));
  stopping = new AbortController();
  play(order).then(
    () => post({ kind: 'done' }),
    (error: unknown) => post({ kind: 'failed', error: sentError(error) }),
  );
});
