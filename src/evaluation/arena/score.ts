/**
 * The live score: how a model plays in the arena without any correction, beside the scripted players in the same
 * fights. Same options, same result, byte for byte: nothing measured on this machine is in it.
 *
 *     const score = await scoreInArena({ bundle: 'models/arena-gru-512', fights: 100, seed: 1_000_000 });
 */
import { availableParallelism } from 'node:os';
import { DEFAULT_PICTURE_SIZE, type PictureSize } from '../../arena/canvas.js';
import type { Level } from '../../arena/fight.js';
import type { PlayerName } from '../../arena/players/index.js';
import { readBundle, type Bundle } from '../../policy/bundle.js';
import type { BundleManifest } from '../../policy/manifest.js';
import { strideFor } from '../../policy/rate.js';
import type { ModelOpener } from '../../policy/model.js';
import type { Thresholds } from '../../policy/thresholds.js';
import { refuseKnownSeeds } from './known-seeds.js';
import { rowOf, scriptedRows, type FightsRow } from './rows.js';
import { arenaName, type FightSettings, type PlayedFight } from './settings.js';
import { playOnThreads } from './threads.js';
import type { Act } from '../../policy/act-gate.js';

export interface ArenaScoreOptions {
  /** The bundle's folder, or the bundle as read. */
  readonly bundle: string | Bundle;
  /** >= 1 */
  readonly fights: number;
  /** Fight i, 0-based, has the seed `seed` + i. */
  readonly seed: number;
  /** Default `normal`. */
  readonly level?: Level;
  /** Ticks a second. Default the bundle's. */
  readonly rateHz?: number;
  /** How much later than the loop sends them keys reach the game, ms; counts in steps of 1/60 s. Default 0. */
  readonly delayMs?: number;
  /** Replaces the bundle's. */
  readonly act?: Act;
  /** Replaces the bundle's: with `at-once` a decision reaches the game `delayMs` after its picture. */
  readonly apply?: BundleManifest['apply'];
  /** Replace the bundle's, action by action. */
  readonly thresholds?: Thresholds;
  /** Of the pictures before preprocessing, px. Default 640x360. */
  readonly size?: PictureSize;
  /** Default as many as there are cores, at most 8 and at most one for 4 fights. Changes nothing but the time. */
  readonly threads?: number;
  /** Fights of one thread at a time, >= 1. Default 16. Changes nothing but the time. */
  readonly batchSize?: number;
  /** Plays the fights elsewhere; then threads, batch and engine are its own. Default: on threads of this process. */
  readonly play?: PlayFights;
  /** Plays on another engine than onnxruntime, on the caller's thread. */
  readonly openModel?: ModelOpener;
  /** Default true. */
  readonly withPlayers?: boolean;
  /** Also fights that the bundle has practised or was corrected in. Default false: they are refused. */
  readonly allowTrain?: boolean;
  readonly signal?: AbortSignal;
  /** `done`: fights, those under way as the part of the boss that is beaten, 0..`total`. */
  readonly onProgress?: (progress: ArenaProgress) => void;
}

export interface ArenaProgress {
  readonly done: number;
  readonly finished: number;
  readonly total: number;
}

/** @returns fights `settings.seed` to `settings.seed` + `fights` - 1 in their order; null when the signal aborted */
export type PlayFights = (
  settings: FightSettings,
  fights: number,
  signal: AbortSignal,
  onProgress: (progress: Omit<ArenaProgress, 'total'>) => void,
) => Promise<PlayedFight[] | null>;

/** What `understudy evaluate --arena --json` prints. */
export interface ArenaScore extends FightsRow {
  readonly model: { readonly name: string; readonly id: string };
  readonly seed: number;
  readonly level: Level;
  readonly rateHz: number;
  readonly delayMs: number;
  readonly act: Act;
  readonly apply: BundleManifest['apply'];
  readonly horizon: number;
  readonly picture: PictureSize;
  /** In the same fights; null where they were not asked for. */
  readonly players: Readonly<Record<PlayerName, FightsRow>> | null;
  readonly perFight: readonly PlayedFight[];
}

/** Measured on 2 cores, ms of encoder for a picture in batches of 1, 4, 8, 16, 32: 4.1, 2.6, 2.4, 2.2, 2.2. */
const BATCH_SIZE = 16;
const MOST_THREADS = 8;
const FIGHTS_A_THREAD = 4;

/** How fights are shared among threads where nothing else is asked for. */
export const usualThreads = (fights: number): { readonly threads: number; readonly batchSize: number } => ({
  threads: Math.min(availableParallelism(), MOST_THREADS, Math.ceil(fights / FIGHTS_A_THREAD)),
  batchSize: BATCH_SIZE,
});

function playHere({ openModel, threads, batchSize }: ArenaScoreOptions): PlayFights {
  return async (settings, fights, signal, onProgress) => {
    const usual = usualThreads(fights);
    return await playOnThreads({
      ...{ settings, fights, openModel, signal, onProgress },
      threads: openModel === undefined ? (threads ?? usual.threads) : 1,
      batchSize: batchSize ?? usual.batchSize,
    });
  };
}

/**
 * Plays the fights and adds them up.
 *
 * @returns null when the signal aborted: the fights that ended by then would not be a fair sample
 * @throws UnderstudyError as `readBundle` and `openPolicy`: 'bundle-missing', 'bad-rate', 'unknown-action', ...;
 *   'training-fights'
 */
export async function scoreInArena(options: ArenaScoreOptions): Promise<ArenaScore | null> {
  const { fights, seed, onProgress } = options;
  if (!(Number.isInteger(fights) && fights >= 1)) throw new RangeError(`${fights} fights`);
  const bundle = typeof options.bundle === 'string' ? await readBundle(options.bundle) : options.bundle;
  const { manifest } = bundle;
  const settings: FightSettings = {
    bundle,
    seed,
    level: options.level ?? 'normal',
    rateHz: options.rateHz ?? manifest.fps,
    delayMs: options.delayMs ?? 0,
    act: options.act ?? null,
    apply: options.apply ?? null,
    thresholds: options.thresholds ?? {},
    size: options.size ?? DEFAULT_PICTURE_SIZE,
  };
  strideFor(settings.rateHz, manifest.fps, false); // refused before a thread is started
  if (options.allowTrain !== true)
    refuseKnownSeeds(settings.bundle, { game: arenaName(settings.level), seed: settings.seed, fights });
  const signal = options.signal ?? new AbortController().signal;
  const play = options.play ?? playHere(options);
  const perFight = await play(settings, fights, signal, (progress) => onProgress?.({ ...progress, total: fights }));
  if (perFight === null) return null;
  const wanted = options.withPlayers ?? true;
  const players = wanted ? await scriptedRows({ fights, seed, level: settings.level }, signal) : null;
  if (wanted && players === null) return null;
  return {
    ...rowOf(perFight),
    model: { name: manifest.name, id: bundle.id },
    seed,
    level: settings.level,
    rateHz: settings.rateHz,
    delayMs: settings.delayMs,
    act: settings.act ?? manifest.act ?? 'threshold',
    apply: settings.apply ?? manifest.apply,
    horizon: manifest.horizon,
    picture: settings.size,
    players,
    perFight,
  };
}
