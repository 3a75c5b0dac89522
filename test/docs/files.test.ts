import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tickLineSchema } from '../../src/agent/tick-line.js';
import { ActionSet } from '../../src/core/action-set.js';
import { STUDY_NAMES, STUDY_LOG_KEYS } from '../../src/core/study-actions.js';
import { eventToJson, type EventLine } from '../../src/session/format/event-lines.js';
import { frameToJson } from '../../src/session/format/frame-line.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';

const text = readFileSync(join(PROJECT_ROOT, 'docs', 'files.md'), 'utf8');

/** The cells of a section's table, row by row, without its head. */
function rowsOf(title: string): string[][] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  assert.ok(section, `docs/files.md has no section '${title}'`);
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((line) => line.split('|').slice(1, -1));
}

/** The names that a cell has in backticks. */
const namesIn = (cell: string): string[] => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name);

const firstNames = (title: string): string[] => rowsOf(title).flatMap(([first]) => namesIn(first));

/** Every event with every field that it can have. */
const FULL: Readonly<Record<EventLine['event'], EventLine>> = {
  session: {
    event: 'session',
    header: {
      version: 1,
      rateHz: 10,
      actions: new ActionSet({ names: STUDY_NAMES, rare: ['UP'] }),
      keys: STUDY_LOG_KEYS,
      width: 1,
      height: 1,
      source: 'arena',
      game: 'Lander',
      startedAt: 1,
    },
  },
  keydown: { event: 'keydown', key: 'f', t: 1, synthetic: true, initial: true, source: 'agent', final: true },
  keyup: { event: 'keyup', key: 'f', t: 1, synthetic: true, initial: true, source: 'agent', final: true },
  marker: { event: 'marker', type: 'fight_end', t: 1, outcome: 'won', final: true },
  meters: { event: 'meters', values: { score: 1 }, t: 1 },
  control: { event: 'control', source: 'nobody', t: 1 },
  clock: { event: 'clock', stepSeconds: 1, t: 1 },
  end: { event: 'end', reason: 'stopped', frames: 1, duplicates: 1, failedGrabs: 1, t: 1 },
};

test('docs/files.md names the fields of ticks.jsonl', () => {
  assert.deepEqual(firstNames('ticks.jsonl').sort(), Object.keys(tickLineSchema(STUDY_NAMES).shape).sort());
});

test('docs/files.md names the events of a session and the fields of each, in the order in which they are written', () => {
  const documented = Object.fromEntries(
    rowsOf('`<name>_events.jsonl`').flatMap(([events, fields]) =>
      namesIn(events).map((event) => [event, ['event', ...namesIn(fields)]]),
    ),
  );
  const written = Object.fromEntries(Object.values(FULL).map((line) => [line.event, Object.keys(eventToJson(line))]));
  assert.deepEqual(documented, written);
});

test('docs/files.md names the fields of a frame', () => {
  const full = frameToJson({ t: 1, captured: 1, duplicate: true });
  assert.deepEqual(firstNames('`<name>_frames.jsonl`'), Object.keys(full));
});
