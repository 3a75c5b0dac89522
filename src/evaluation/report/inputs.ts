/**
 * Other parts of a report, read from files that other commands wrote: a live run's ticks, win rates by delay. Each file
 * is untrusted: sizes are bounded, fields are checked, and an error names the file.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { tickLineSchema } from '../../agent/tick-line.js';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { jsonValue, parseJson } from '../../core/json-lines.js';
import { readLines } from '../../session/lines.js';
import { latencyHistogram, type LatencyHistogram } from '../figures/latency.js';
import type { DelayRow } from '../figures/decision-delay.js';
import { wilson95 } from '../intervals.js';

/** 64 MiB: far more than any document that understudy writes. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Ticks of a run that are counted, at most: a day at 60 Hz. */
const MOST_TICKS = 5_200_000;

/** The error for a file that exists but has not the expected content. */
export function unreadable(path: string, problem: string, next: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({ kind: 'input', code: 'file-unreadable', message: `${path}: ${problem}.`, next, cause });
}

/**
 * Reads a JSON file of bounded size.
 *
 * @throws UnderstudyError `file-missing`, `file-unreadable`
 */
export async function readJson(path: string): Promise<unknown> {
  const found = await stat(path).catch(() => null);
  if (found === null) {
    const next = 'Check the path.';
    throw new UnderstudyError({ kind: 'input', code: 'file-missing', message: `There is no file ${path}.`, next });
  }
  if (!found.isFile() || found.size > MOST_BYTES) {
    throw unreadable(
      path,
      `it has ${found.size} bytes, expected a JSON file below ${MOST_BYTES}`,
      'Name another file.',
    );
  }
  try {
    return parseJson(await readFile(path, 'utf8'));
  } catch (error) {
    throw unreadable(
      path,
      `it is not JSON (${messageOf(error)})`,
      'Make it again with the command that wrote it.',
      error,
    );
  }
}

const delaySchema = z.object({
  delayMs: z.number().min(0),
  fights: z.number().int().min(1),
  wins: z.number().int().min(0),
});

/**
 * Win rates by delay: the first list in the file whose items have `delayMs`, `fights` and `wins`, such as several
 * documents of `evaluate --arena --delay-ms`.
 *
 * @throws UnderstudyError `file-missing`, `file-unreadable`
 */
export async function readDelays(path: string): Promise<readonly DelayRow[]> {
  const rows = findDelays(await readJson(path), 0);
  if (rows !== null) return rows;
  throw unreadable(
    path,
    'it has no list of objects with delayMs, fights and wins',
    'Put several documents of `understudy evaluate --arena --delay-ms ... --json` into one list.',
  );
}

/** A list nested deeper than this is not found. */
const DEEPEST = 8;

function findDelays(value: unknown, depth: number): readonly DelayRow[] | null {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return null;
  if (Array.isArray(value)) {
    const rows = z.array(delaySchema).min(1).max(1000).safeParse(value);
    if (rows.success && rows.data.every(({ wins, fights }) => wins <= fights)) {
      return rows.data.map(({ delayMs, fights, wins }) => ({
        delayMs,
        fights,
        wins,
        winRate: wins / fights,
        winRate95: wilson95(wins, fights),
      }));
    }
  }
  for (const inner of Object.values(value)) {
    const found = findDelays(inner, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** The fields of a tick that are needed; they do not depend on its actions. */
const tickSchema = tickLineSchema([]).pick({ outcome: true, latencyMs: true });

/**
 * The latencies of a run folder (`runs/<time>`), or of its ticks.jsonl.
 *
 * @throws UnderstudyError `file-missing`; `file-unreadable` where no tick has a latency
 */
export async function readRunLatency(folder: string): Promise<LatencyHistogram> {
  const path = folder.endsWith('.jsonl') ? folder : join(folder, 'ticks.jsonl');
  if ((await stat(path).catch(() => null)) === null) {
    const message = `There is no ${path}: ${folder} is not the folder of a run.`;
    throw new UnderstudyError({ kind: 'input', code: 'file-missing', message, next: 'Name a folder under runs/.' });
  }
  const latencies: number[] = [];
  let late = 0;
  for await (const { text } of readLines(path)) {
    const { data: tick } = tickSchema.safeParse(jsonValue(text));
    if (tick === undefined) continue; // a run that was killed leaves its last line cut off
    if (tick.outcome === 'late') late += 1;
    if (tick.latencyMs !== null && latencies.length < MOST_TICKS) latencies.push(tick.latencyMs);
  }
  if (latencies.length > 0) return latencyHistogram(basename(resolve(folder)), latencies, late);
  throw unreadable(
    path,
    'no tick in it has a latency',
    'Name a run that saw frames; a replayed session measures none.',
  );
}
