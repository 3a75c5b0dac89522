/** `model tune`: recorded fights in, other thresholds out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unlessAborted } from '../core/unless-aborted.js';
import type { Scores } from '../evaluation/scores.js';
import { readBundle } from '../policy/bundle.js';
import type { Thresholds } from '../policy/thresholds.js';
import type { ReadOptions } from '../session/event-log.js';
import { TRAIN } from './dataset.js';
import { dataFromSessions } from './session-data.js';
import { tuneBundle } from './tune-bundle.js';

/** What `model tune` is asked to do. */
export interface TuneRequest {
  /** The bundle's folder. */
  readonly bundle: string;
  /** Where the tuned one is written; may be the same. */
  readonly out: string;
  /** Paths without ending, files, or names under sessions/. */
  readonly sessions: readonly string[];
  readonly reading: ReadOptions;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
  /** Text for people. */
  readonly say: (text: string) => void;
}

/** Fields as documented in docs/cli.md. */
export interface TuneSummary {
  readonly folder: string;
  readonly id: string;
  readonly windows: number;
  readonly thresholds: { readonly before: Thresholds; readonly after: Thresholds };
  /** At the new thresholds. */
  readonly perAction: Scores['perAction'];
}

/**
 * Tunes a bundle on every fight of the sessions.
 *
 * @returns null where the signal came first; nothing is changed then
 * @throws UnderstudyError as `dataFromSessions` and `tuneBundle`
 */
export async function tuneModel(request: TuneRequest): Promise<TuneSummary | null> {
  const { bundle: folder, out, sessions, reading, signal, onProgress, say } = request;
  const { manifest } = await readBundle(folder);
  const workFolder = mkdtempSync(join(tmpdir(), 'understudy-tune-'));
  try {
    const { data, fps, fightIds } = await dataFromSessions(sessions, {
      preprocessing: manifest.preprocessing,
      split: { by: 'fight', seed: 1, validation: 0, test: 0 }, // all of them
      reading,
      workFolder,
    });
    using frames = data.frames; // closed with this run
    say(`${frames.count} frames, ${fps} a second`);
    if (fps !== manifest.fps) say(`warning: ${fps} frames a second; the bundle was trained at ${manifest.fps}.`);
    const result = await unlessAborted(
      tuneBundle({
        bundle: folder,
        out,
        data,
        part: TRAIN,
        signal,
        fights: [...fightIds.values()],
        onProgress,
      }),
      signal,
    );
    if (result === null) return null;
    const { bundle, before, scores, windows } = result;
    const thresholds = { before, after: bundle.manifest.thresholds };
    return { folder: bundle.folder, id: bundle.id, windows, thresholds, perAction: scores.perAction };
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}
