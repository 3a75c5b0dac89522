/** `session sync`: reads the session, writes the video with its keys and shows the progress. */
import { writeSyncVideo, type SyncReport } from './sync-video.js';
import type { LabelRule } from '../../session/labels.js';
import type { ActionOfKey } from '../../session/key-names.js';
import { tellNotices } from '../../session/notices.js';
import { readSession } from '../../session/session.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';

export interface SyncSettings {
  readonly lenient: boolean;
  readonly keys?: ActionOfKey;
  readonly labels: LabelRule;
  readonly out: string;
  readonly fromSeconds: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** Text for people: what is unusual about the session. */
  readonly say: (text: string) => void;
}

/** Writes the video; null when the signal aborted. @throws UnderstudyError as readSession and writeSyncVideo */
export async function syncSession(name: string, settings: SyncSettings): Promise<SyncReport | null> {
  const session = await readSession(name, settings);
  tellNotices(session.notices, settings.say);
  const line = new InPlaceLine(process.stderr);
  try {
    const onFrame = (done: number, total: number): void =>
      line.show(performance.now(), () => `${done} of ${total} frames written`);
    return await writeSyncVideo(session, { ...settings, onFrame });
  } finally {
    line.finish();
  }
}

/** The report in a sentence. */
export function syncText({ out, frames, rateHz, width, height, pictures, withoutPicture }: SyncReport): string {
  const missing = withoutPicture === 0 ? '' : `; ${withoutPicture} frames of the log have no picture`;
  const origin = pictures === 'gray' ? ', from the gray frames (there is no video)' : '';
  return `wrote ${out}: ${frames} frames at ${rateHz} Hz, ${width}x${height}${origin}${missing}`;
}
