/**
 * Claim: a session of any length loads from its video, and is drawn by `session sync`, in bounded memory: the peak of
 * resident memory is that of a short one.
 *
 *   npm run prove session-memory -- [--minutes 20] [--sync-minutes 5]
 *
 * Makes sessions of a twentieth, a quarter and the whole of the minutes, without lossless frames, and reads each in a
 * process of its own; drawing is slower, and stops at its own minutes. The result is written to docs/results/.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { longSession, type LongSessionReader } from '../../testing/sessions/long-session.js';
import { versionOf } from '../support/machine.js';
import { commandOf, markdownTable, writeResult } from '../support/results.js';
import { countArgument } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

/** A longer session may take so much more than the shortest: what allocators keep. A picture kept each frame is 2.7 GB. */
const MOST_GROWTH_MIB = 96;
const MIB = 1024 * 1024;

const minutes = countArgument('--minutes', 20);
const syncMinutes = countArgument('--sync-minutes', 5);
const lengths = [minutes / 20, minutes / 4, minutes];
const folder = openFolder('memory').path;

interface Row {
  readonly reader: LongSessionReader;
  readonly minutes: number;
  readonly frames: number;
  readonly videoMiB: number;
  readonly peakMiB: number;
  readonly seconds: number;
}

/** Reads the session in a process of its own. */
async function read(reader: LongSessionReader, base: string, length: number): Promise<Row> {
  const program = fileURLToPath(new URL('../../testing/sessions/long-session-reader.js', import.meta.url));
  const child = spawn(process.execPath, [program, reader, base], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const beganMs = performance.now();
  await once(child, 'close');
  const { frames, peakBytes } = JSON.parse(stdout) as { frames: number; peakBytes: number };
  return {
    reader,
    minutes: length,
    frames,
    videoMiB: Number((statSync(`${base}.mp4`).size / MIB).toFixed(1)),
    peakMiB: Number((peakBytes / MIB).toFixed(1)),
    seconds: Number(((performance.now() - beganMs) / 1000).toFixed(1)),
  };
}

function writeMemory(rows: readonly Row[], grownMiB: number): void {
  const page = writeResult({
    name: 'session-memory',
    title: 'Memory of long sessions',
    command: commandOf('prove session-memory', { minutes, 'sync-minutes': syncMinutes }),
    n: '1 a row, each in a process of its own',
    versions: { '@napi-rs/webcodecs': versionOf('@napi-rs/webcodecs') },
    sections: [
      `From the shortest to the longest peak resident memory grew by **${grownMiB} MiB** at most (bound: ${MOST_GROWTH_MIB}).`,
      markdownTable(
        ['', 'minutes', 'frames', 'video, MiB', 'peak, MiB', 'took, s'],
        rows.map((row) => Object.values(row).map(String)),
      ),
    ],
    made: ['H.264 of 320x180 at 10 frames a second, no lossless frames'],
    document: { grownMiB, mostGrowthMiB: MOST_GROWTH_MIB, rows },
  });
  process.stderr.write(page);
}

const rows: Row[] = [];
for (const length of lengths) {
  const base = await longSession(folder, `minutes-${length}`, length * 600);
  rows.push(await read('load', base, length));
  if (length <= syncMinutes) rows.push(await read('sync', base, length));
}
const grown = (['load', 'sync'] as const).map((reader) => {
  const peaks = rows.filter((row) => row.reader === reader).map(({ peakMiB }) => peakMiB);
  return Math.max(...peaks) - peaks[0];
});
const grownMiB = Number(Math.max(...grown).toFixed(1));
writeMemory(rows, grownMiB);
if (grownMiB > MOST_GROWTH_MIB) process.exitCode = 5;
