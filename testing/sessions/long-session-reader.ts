/**
 * Reads a session as a loader or as `session sync` does, and tells how many frames there were and the most memory that
 * was resident.
 *
 *   node long-session-reader.js <load | sync> <path without ending>
 */
import { writeSyncVideo } from '../../src/evaluation/overlay/sync-video.js';
import { loadFrames } from '../../src/session/load-frames.js';
import { readSession } from '../../src/session/session.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';

const [reader, base] = process.argv.slice(2);
const session = await readSession(base);
let frames = 0;
if (reader === 'load') {
  for await (const { gray } of loadFrames(session, STUDY_CONTRACT)) frames += gray.length > 0 ? 1 : 0;
} else {
  const report = await writeSyncVideo(session, {
    labels: 'at-frame',
    out: `${base}_sync.mp4`,
    fromSeconds: 0,
    seconds: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
  });
  frames = report?.frames ?? 0;
}
process.stdout.write(JSON.stringify({ frames, peakBytes: process.resourceUsage().maxRSS * 1024 }));
