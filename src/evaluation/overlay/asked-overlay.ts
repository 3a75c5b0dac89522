/** A video as a user asks for it: of a session or of a run, with what was left out filled in. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { badOption, type UnderstudyError } from '../../core/errors.js';
import type { ReadOptions } from '../../session/event-log.js';
import type { LabelRule } from '../../session/labels.js';
import { readingOptions } from '../../session/read-options.js';
import { resolveSession } from '../../session/session-files.js';
import { overlayRun, overlaySession, type OverlayReport, type OverlaySettings } from './overlay.js';
import { isRunFolder } from './run-recording.js';

export interface AskedOverlay extends ReadOptions {
  /** Bundles. */
  readonly model: readonly string[];
  /** Default `<session>_overlay.mp4`, or overlay.mp4 in the run folder. */
  readonly out?: string;
  readonly labels?: LabelRule;
  readonly anyRate?: boolean;
  /** s after the first frame. */
  readonly from: number;
  /** Default to the end. */
  readonly seconds?: number;
}

/**
 * Writes the video.
 *
 * @param name a session, or a run folder: its path, or its name under runs/
 * @returns null when the signal aborted
 * @throws UnderstudyError `bad-option` where nothing would be shown beside a session; as overlaySession and overlayRun
 */
export async function writeOverlay(
  name: string,
  asked: AskedOverlay,
  { signal, say }: Pick<OverlaySettings, 'signal' | 'say'>,
): Promise<OverlayReport | null> {
  const run = [name, join('runs', name)].find((path) => isRunFolder(path));
  if (run === undefined && asked.model.length === 0) throw noModel(name);
  const settings = {
    ...readingOptions(asked),
    models: asked.model,
    labels: asked.labels ?? ('at-frame' as const),
    anyRate: asked.anyRate ?? false,
    span: { from: asked.from, seconds: asked.seconds ?? Number.POSITIVE_INFINITY },
    signal,
    say,
  };
  return run === undefined
    ? await overlaySession(name, { ...settings, out: asked.out ?? `${resolveSession(name).base}_overlay.mp4` })
    : await overlayRun(run, { ...settings, out: asked.out ?? join(run, 'overlay.mp4') });
}

function noModel(name: string): UnderstudyError {
  const isFolder = existsSync(name) && !existsSync(resolveSession(name).frames);
  return badOption(
    isFolder
      ? `${name} is not a run folder: it has no ticks.jsonl. For a session, overlay needs a --model.`
      : 'overlay needs a --model to show beside what was pressed.',
    'Name one, as in `understudy overlay sessions/fights --model models/arena-gru-512`.',
  );
}
