/** `sweep`: sessions in, a ranked table and the winner's bundle out. Decides nothing about learning. */
import { mkdirSync } from 'node:fs';
import { badOption, messageOf, UnderstudyError } from '../core/errors.js';
import { unlessAborted } from '../core/unless-aborted.js';
import { loadEngine, type EngineName } from './engine.js';
import {
  assertRankable,
  sweepBy,
  trialsHere,
  type SweepOptions,
  type SweepResult,
  type SweepWatcher,
  type TrialRunner,
} from './sweep.js';
import {
  byEncoder,
  trialId,
  withTrialData,
  type AskedSource,
  type Trial,
  type TrialData,
  type TrialResult,
} from './trial.js';

/** What `sweep` is asked to do. */
export interface SweepRequest {
  readonly source: AskedSource;
  /** The grid, heads of one latent size next to each other; without what reading the data gives. */
  readonly trials: readonly Omit<Trial, 'source' | 'dataSha256'>[];
  readonly folder: string;
  readonly engine: EngineName;
  readonly deterministic: boolean;
  /** Actions that are held in fewer frames do not count in the ranking. */
  readonly evidenceFloor: number;
  /** The command line, for the record. */
  readonly command: string;
}

/** Fields as documented in docs/cli.md: scripts rely on them. */
export interface SweepSummary extends SweepResult {
  readonly folder: string;
  readonly engine: string;
  readonly frames: number;
  readonly fights: number;
  readonly warnings: readonly string[];
  readonly seconds: number;
}

/** Reads the data of a sweep, and describes its trials on it. */
async function withTrials<T>(
  { source, folder, trials }: SweepRequest,
  work: (trials: readonly Trial[], data: TrialData) => Promise<T>,
): Promise<T> {
  makeFolder(folder);
  return await withTrialData(source, folder, (data) =>
    work(
      trials.map((trial) => ({ ...trial, source: data.source, dataSha256: data.sha256 })),
      data,
    ),
  );
}

/**
 * Encoder after encoder, the ids of the trials on it.
 *
 * @throws UnderstudyError as `readTrialData` and `assertRankable`
 */
export async function trialIds(request: SweepRequest): Promise<string[][]> {
  return await withTrials(request, (trials, { data }) => {
    assertRankable(data, trials[0]);
    return Promise.resolve(byEncoder(trials).map((group) => group.map(trialId)));
  });
}

/**
 * Runs one trial of a sweep, into the sweep's folder. The sweep itself then finds it done.
 *
 * @returns null where the signal came first
 * @throws UnderstudyError `bad-option` for an id that is none of its trials'; as `loadEngine`, `readTrialData` and `runTrial`
 */
export async function runOneTrial(
  request: SweepRequest,
  id: string,
  watch: SweepWatcher,
  signal: AbortSignal,
): Promise<TrialResult | null> {
  const engine = await loadEngine(request.engine, { deterministic: request.deterministic });
  return await withTrials(request, async (trials, data) => {
    const trial = trials.find((candidate) => trialId(candidate) === id);
    if (trial === undefined) throw noTrial(id, trials);
    assertRankable(data.data, trial);
    const runner = trialsHere(engine, { trials: [trial], data, folder: request.folder, signal, watch });
    let result: TrialResult | null = null;
    const events = {
      onResult: (_: Trial, ended: TrialResult): void => void (result = ended),
      onFailed: (_: Trial, error: UnderstudyError): void => {
        throw error;
      },
    };
    await unlessAborted(runner.runAll([trial], events), signal);
    return result;
  });
}

function noTrial(id: string, trials: readonly Trial[]): UnderstudyError {
  return badOption(
    `--only ${id} is no trial of this sweep: other data or other options make other trials.`,
    `They are ${trials.map(trialId).join(', ')}.`,
  );
}

/** Where the trials are run, known once the data is read. @param options all but `trials` change nothing about the results */
export type OpensRunner = (options: SweepOptions) => TrialRunner;

/**
 * Runs a sweep.
 *
 * @param runs default: in this process, with the engine that is asked for
 * @returns null where the signal came first; the same command continues from the last whole epoch
 * @throws UnderstudyError as `loadEngine`, `readTrialData` and `sweep`; `bad-option`
 */
export async function sweepSessions(
  request: SweepRequest,
  watch: SweepWatcher,
  signal: AbortSignal,
  runs?: OpensRunner,
): Promise<SweepSummary | null> {
  const beganMs = performance.now();
  const { folder, evidenceFloor, command } = request;
  const engine = runs === undefined ? await loadEngine(request.engine, { deterministic: request.deterministic }) : null;
  return await withTrials(request, async (trials, data) => {
    const { count } = data.data.frames;
    const fights = new Set(data.data.fightOf).size;
    const on = engine === null ? '' : `, on ${engine.description}`;
    watch.say(`${count} frames of ${fights} fights, ${data.fps} a second${on}`);
    for (const warning of data.warnings) watch.say(`warning: ${warning}`);
    const about = { frames: count, fights, warnings: data.warnings };
    const options = { trials, data, folder, evidenceFloor, signal, watch, record: { command, ...about } };
    const running = sweepBy(engine === null ? runs!(options) : trialsHere(engine, options), options);
    const result = await unlessAborted(running, signal);
    if (result === null) {
      watch.say(`stopped; the same command continues from the last whole epoch (${folder})`);
      return null;
    }
    const seconds = Number(((performance.now() - beganMs) / 1000).toFixed(1));
    return { folder, engine: result.trials[0].engine, ...about, seconds, ...result };
  });
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'write-failed',
      message: `The folder ${folder} cannot be made: ${messageOf(cause)}`,
      next: 'Name a folder that can be written to with --out.',
      cause,
    });
  }
}
