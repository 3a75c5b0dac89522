import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { STUDY_NAMES, STUDY_LOG_KEYS } from '../../src/core/study-actions.js';
import { fightOfFrames, labelFrames } from '../../src/session/labels.js';
import { readSession } from '../../src/session/session.js';
import { writeLogs } from '../../testing/sessions/session-folder.js';
import { frameLines } from '../../testing/sessions/session-lines.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

interface StudyEvent {
  event: string;
  key?: string;
  type?: string;
  t: number;
}

/** Appendix A's parse_events and build_timeline, line for line, to compare with. */
function asTheStudyDoes(lines: readonly StudyEvent[], times: readonly number[]) {
  const intervals: [number, number][] = [];
  const events: [number, string, string][] = [];
  let start: number | null = null;
  for (const { event, key, type, t } of lines) {
    if (event === 'marker') {
      if (type === 'fight_start') start = t;
      else if (type === 'fight_end' && start) {
        intervals.push([start, t]);
        start = null;
      }
    } else if (key !== undefined) {
      const plain = key.replaceAll("'", '');
      if (STUDY_LOG_KEYS.has(plain)) events.push([t, plain, event]);
    }
  }
  events.sort((a, b) => a[0] - b[0]);
  const active = new Set<string>();
  let next = 0;
  return times.map((t) => {
    while (next < events.length && events[next][0] <= t) {
      if (events[next][2] === 'keydown') active.add(events[next][1]);
      else active.delete(events[next][1]);
      next += 1;
    }
    const row = STUDY_NAMES.map((action) => ([...active].some((key) => STUDY_LOG_KEYS.get(key) === action) ? 1 : 0));
    return { row, inside: intervals.some(([from, to]) => from <= t && t <= to) };
  });
}

const time = fc.integer({ min: 0, max: 220 }).map((hundredths) => 1000 + hundredths / 100);
const keyLine = fc.record({
  event: fc.constantFrom('keydown', 'keyup'),
  key: fc.constantFrom('f', "'f'", 'd', 'Key.up', 'Key.space', 'x'),
  t: time,
});
const markerLine = fc.record({
  event: fc.constant('marker'),
  type: fc.constantFrom('fight_start', 'fight_end'),
  t: time,
});

test("whatever the log, labels and fights are those of the study's own parser", async (t) => {
  const folder = temporaryFolder(t);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(keyLine, markerLine), { maxLength: 40 }), async (lines) => {
      const frames = frameLines(22);
      const session = await readSession(writeLogs(folder, 'a', frames, lines));
      const labels = labelFrames(session);
      const fights = fightOfFrames(session);
      const expected = asTheStudyDoes(lines, [...session.frames.times]);
      expected.forEach(({ row, inside }, frame) => {
        assert.deepEqual([...labels.row(frame)], row);
        assert.equal(fights[frame] >= 0, inside);
      });
    }),
    { numRuns: 200 },
  );
});
