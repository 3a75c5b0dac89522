/** `understudy model tune`: recorded fights in, other thresholds out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scores } from '../../evaluation/scores.js';
import { readBundle } from '../../policy/bundle.js';
import type { Thresholds } from '../../policy/thresholds.js';
import { TRAIN } from '../../training/dataset.js';
import { dataFromSessions } from '../../training/session-data.js';
import { tuneBundle } from '../../training/tune-bundle.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import { textTable } from '../../terminal/table.js';
import type { Output } from '../text/output.js';
import { readingOptions, type ReadingOptions } from '../options/session.js';
import { unlessAborted } from './unless-aborted.js';

export interface TuneVerbOptions extends ReadingOptions {
  readonly out?: string;
  readonly json?: boolean;
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
 * Tunes on every fight of the sessions.
 *
 * @returns null where the signal came first; nothing is changed then
 * @throws UnderstudyError as `dataFromSessions` and `tuneBundle`
 */
export async function tuneModel(
  folder: string,
  names: readonly string[],
  options: TuneVerbOptions,
  signal: AbortSignal,
  output: Output,
): Promise<TuneSummary | null> {
  const { manifest } = await readBundle(folder);
  const workFolder = mkdtempSync(join(tmpdir(), 'understudy-tune-'));
  const line = new InPlaceLine(process.stderr);
  try {
    const { data, fps, fightIds } = await dataFromSessions(names, {
      preprocessing: manifest.preprocessing,
      split: { by: 'fight', seed: 1, validation: 0, test: 0 }, // all of them
      reading: readingOptions(options),
      workFolder,
    });
    using frames = data.frames; // closed with this run
    output.say(`${frames.count} frames, ${fps} a second`);
    if (fps !== manifest.fps) output.say(`warning: ${fps} frames a second; the bundle was trained at ${manifest.fps}.`);
    const result = await unlessAborted(
      tuneBundle({
        ...{ bundle: folder, out: options.out ?? folder, data, part: TRAIN, signal, fights: [...fightIds.values()] },
        onProgress: (done, total) => line.show(performance.now(), () => `${done} of ${total} frames`),
      }),
      signal,
    );
    if (result === null) return null;
    const { bundle, before, scores, windows } = result;
    const thresholds = { before, after: bundle.manifest.thresholds };
    return { folder: bundle.folder, id: bundle.id, windows, thresholds, perAction: scores.perAction };
  } finally {
    line.finish();
    rmSync(workFolder, { recursive: true, force: true });
  }
}

/** The summary for people. */
export function tuneText({ folder, id, windows, thresholds, perAction }: TuneSummary): string {
  const at = (from: Thresholds, action: string): string => from[action]?.press.toFixed(2) ?? '-';
  const rows = Object.keys(perAction).map((action) => [
    action,
    at(thresholds.before, action),
    at(thresholds.after, action),
    perAction[action].support > 0 ? perAction[action].f1.toFixed(2) : '-',
  ]);
  return [
    `wrote ${folder} (${id}), tuned on ${windows} windows`,
    textTable(['action', 'pressed at', 'now at', 'F1'], rows),
  ].join('\n');
}
