/**
 * Claim: a session of any length loads from its video, and is drawn by `session sync`, in bounded memory: the peak of
 * resident memory is that of a short one.
 *
 *   npm run bench:session-memory -- [--minutes 20] [--sync-minutes 5]
 *
 * Makes sessions of a twentieth, a quarter and the whole of the minutes, without lossless frames, and reads each in a
 * process of its own; drawing is slower, and stops at its own minutes. The result is written to docs/results/.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { longSession, type LongSessionReader } from '../../testing/sessions/long-session.js';
import { machine, versionOf } from '../support/machine.js';
import { countArgument } from '../support/sampling.js';

/** A longer session may take so much more than the shortest: what allocators keep. A picture kept each frame is 2.7 GB. */
const MOST_GROWTH_MIB = 96;
const MIB = 1024 * 1024;

const minutes = countArgument('--minutes', 20);
const syncMinutes = countArgument('--sync-minutes', 5);
const lengths = [minutes / 20, minutes / 4, minutes];
const folder = mkdtempSync(join(tmpdir(), 'understudy-memory-'));

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

function writeResult(rows: readonly Row[], grownMiB: number): void {
  const command = `npm run bench:session-memory -- --minutes ${minutes} --sync-minutes ${syncMinutes}`;
  const base = join(PROJECT_ROOT, 'docs', 'results', 'session-memory');
  mkdirSync(join(PROJECT_ROOT, 'docs', 'results'), { recursive: true });
  const webcodecs = versionOf('@napi-rs/webcodecs');
  const at = new Date().toISOString();
  const result = { grownMiB, mostGrowthMiB: MOST_GROWTH_MIB, rows, webcodecs, machine: machine(), command, at };
  writeFileSync(`${base}.json`, `${JSON.stringify(result, null, 2)}\n`);
  const text = [
    '# Memory of long sessions',
    '',
    `From the shortest to the longest peak resident memory grew by **${grownMiB} MiB** at most (bound: ${MOST_GROWTH_MIB}).`,
    '',
    `- machine: ${machine()}; @napi-rs/webcodecs ${webcodecs}`,
    `- command: \`${command}\`; H.264 of 320x180 at 10 frames a second, no lossless frames; each row in a process of its own, n = 1`,
    '',
    '| | minutes | frames | video, MiB | peak, MiB | took, s |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${Object.values(row).join(' | ')} |`),
  ];
  writeFileSync(`${base}.md`, `${text.join('\n')}\n`);
  process.stderr.write(`${text.join('\n')}\n`);
}

try {
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
  writeResult(rows, grownMiB);
  if (grownMiB > MOST_GROWTH_MIB) process.exitCode = 5;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
