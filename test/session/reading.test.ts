import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import fc from 'fast-check';
import { STUDY_ACTIONS, STUDY_NAMES } from '../../src/core/study-actions.js';
import type { UnderstudyError } from '../../src/core/errors.js';
import { checkNamed } from '../../src/session/check.js';
import { keysFor, parseKeyMap, plainKeyName } from '../../src/session/key-names.js';
import { fightOfFrames, labelFrames } from '../../src/session/labels.js';
import { readLines, LONGEST_LINE_BYTES } from '../../src/session/lines.js';
import { resolveSession } from '../../src/session/session-files.js';
import { readSession } from '../../src/session/session.js';
import { framesHolding, writeLogs } from '../../testing/sessions/session-folder.js';
import {
  fightEnd,
  fightStart,
  frameLines,
  press,
  release,
  type LogLine,
} from '../../testing/sessions/session-lines.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

const HEADER = {
  event: 'session',
  version: 1,
  rateHz: 10,
  actions: STUDY_NAMES,
  keys: { 'Key.up': 'UP' },
  width: 64,
  height: 36,
  source: 'test',
  t: 1000,
};

async function readWith(t: TestContext, events: readonly LogLine[], frames: readonly LogLine[] = frameLines(20)) {
  return readSession(writeLogs(temporaryFolder(t), 'a', frames, events));
}

test('a key that is quoted is the same key, and quotes are stripped as the study strips them', async (t) => {
  const session = await readWith(t, [press("'f'", 1000.1), release("'f'", 1000.3)]);
  assert.deepEqual(framesHolding(labelFrames(session), 'SHOOT'), [1, 2]);
  assert.equal(plainKeyName('"f"'), 'f');
  assert.equal(plainKeyName(`"'f'"`), "'f'", "the study strips ' first, so a ' inside \" stays");
  assert.equal(plainKeyName('Key.space'), 'Key.space');
});

test('a second fight_start replaces the first, and that is reported with its line', async (t) => {
  const session = await readWith(t, [fightStart(1000), fightStart(1001), fightEnd(1001.5)]);
  assert.deepEqual(session.fights, [{ start: 1001, end: 1001.5 }]);
  assert.deepEqual(
    session.notices.map(({ code, line }) => [code, line]),
    [['fight-restarted', 2]],
  );
});

test('a fight_end without a start is ignored, and a fight never closed is dropped: both are reported', async (t) => {
  const session = await readWith(t, [fightEnd(1000), fightStart(1000.2), fightEnd(1000.4), fightStart(1001)]);
  assert.deepEqual(session.fights, [{ start: 1000.2, end: 1000.4 }]);
  assert.deepEqual(
    session.notices.map(({ code, line }) => [code, line]),
    [
      ['fight-end-without-start', 1],
      ['fight-never-closed', 4],
    ],
  );
  assert.deepEqual(
    [...fightOfFrames(session)].flatMap((fight, frame) => (fight >= 0 ? [frame] : [])),
    [2, 3, 4],
    'both ends are inside',
  );
});

test('keys that mean no action are dropped and reported once each', async (t) => {
  const session = await readWith(t, [press('x', 1000.1), release('x', 1000.2), press('f', 1000.3)]);
  assert.equal(session.events.length, 1);
  const unknown = session.notices.filter((notice) => notice.code === 'key-unknown');
  assert.equal(unknown.length, 1);
  assert.match(unknown[0].message, /'x' means no action; its 2 event/);
});

test('a letter under Shift or Caps Lock is the same key, at its press and at its release', async (t) => {
  const key = fc.constantFrom('f', 'F', "'f'", "'F'");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(key, key), { minLength: 1, maxLength: 6 }), async (holds) => {
      const events = holds.flatMap(([down, up], k) => [press(down, 1000.05 + k / 5), release(up, 1000.15 + k / 5)]);
      const session = await readWith(t, events);
      const expected = holds.map((_, k) => 1 + 2 * k);
      assert.deepEqual(framesHolding(labelFrames(session), 'SHOOT'), expected);
      const shifted = holds.flat().filter((name) => name.includes('F')).length;
      const told = session.notices.filter(({ code }) => code === 'key-shifted');
      assert.equal(told.length, shifted > 0 ? 1 : 0);
      if (shifted > 0) assert.match(told[0].message, new RegExp(`'F' is 'f' .* ${shifted} event`));
    }),
    { numRuns: 30 },
  );
});

test('both cases of a letter are two keys where the map has both', async (t) => {
  const base = writeLogs(temporaryFolder(t), 'a', frameLines(20), [press('F', 1000.05), release('F', 1000.15)]);
  const session = await readSession(base, { keys: keysFor(STUDY_ACTIONS, parseKeyMap('SHOOT=f,JUMP=F')) });
  assert.deepEqual(framesHolding(labelFrames(session), 'JUMP'), [1]);
  assert.deepEqual(framesHolding(labelFrames(session), 'SHOOT'), []);
});

test('times of capture in milliseconds are refused like the times of frames', async (t) => {
  const frames = frameLines(3).map((line, k) => ({ ...(line as object), captured: 1.7e12 + k }));
  await assert.rejects(readWith(t, [], frames), hasCode('time-unit', 'milliseconds'));
});

test('events out of order are sorted by time and reported', async (t) => {
  const session = await readWith(t, [release('f', 1000.35), press('f', 1000.05)]);
  assert.deepEqual(
    session.events.map((event) => event.down),
    [true, false],
  );
  assert.ok(session.notices.some((notice) => notice.code === 'events-out-of-order' && notice.line === 2));
});

test('a tap between two frames shows in any-in-interval only, at the frame after it', async (t) => {
  const session = await readWith(t, [press('f', 1000.12), release('f', 1000.17)]);
  assert.deepEqual(framesHolding(labelFrames(session, 'at-frame'), 'SHOOT'), []);
  assert.deepEqual(framesHolding(labelFrames(session, 'any-in-interval'), 'SHOOT'), [2]);
});

test('an action is held while any of its keys is', async (t) => {
  const events = [press('w', 1000.05), press('Key.up', 1000.15), release('w', 1000.25), release('Key.up', 1000.45)];
  const base = writeLogs(temporaryFolder(t), 'a', frameLines(10), events);
  const session = await readSession(base, { keys: parseKeyMap('up=w, UP=Key.up') });
  assert.deepEqual(framesHolding(labelFrames(session), 'UP'), [1, 2, 3, 4]);
});

test('broken and truncated lines are refused with file and line, and skipped only when lenient', async (t) => {
  const base = writeLogs(temporaryFolder(t), 'a', frameLines(5), [
    press('f', 1000.1),
    '{"event": "keyup", oops',
    '[1]',
  ]);
  appendFileSync(`${base}_events.jsonl`, '{"event": "keyup", "key"');
  await assert.rejects(readSession(base), hasCode('session-invalid', '_events.jsonl has 3', 'line 2, line 3, line 4'));
  const session = await readSession(base, { lenient: true });
  assert.equal(session.events.length, 1);
  assert.deepEqual(
    session.notices.filter((notice) => notice.code.startsWith('line-')).map(({ code, line }) => [code, line]),
    [
      ['line-broken', 2],
      ['line-broken', 3],
      ['line-truncated', 4],
    ],
  );
});

test('a frame line that is skipped keeps the frames after it on their pictures', async (t) => {
  const base = writeLogs(temporaryFolder(t), 'a', [{ t: 1000 }, '{"t":', { t: 1000.2 }], []);
  await assert.rejects(readSession(base), hasCode('session-invalid', '_frames.jsonl', 'line 2'));
  const { frames } = await readSession(base, { lenient: true });
  assert.deepEqual([...frames.videoIndex], [0, 2]);
});

test('a missing session, an empty one, and a folder in its place each say what they are', async (t) => {
  const folder = temporaryFolder(t);
  await assert.rejects(readSession(join(folder, 'none')), hasCode('file-missing', 'none_frames.jsonl'));
  await assert.rejects(readSession(writeLogs(folder, 'empty', [], [])), hasCode('session-invalid', 'no frame'));
  mkdirSync(join(folder, 'odd_frames.jsonl'));
  await assert.rejects(readSession(join(folder, 'odd')), hasCode('file-unreadable', 'odd_frames.jsonl'));
});

test('a session without fights or without an event log loads and says so', async (t) => {
  const base = writeLogs(temporaryFolder(t), 'a', frameLines(3), []);
  assert.deepEqual(
    (await readSession(base)).notices.map((notice) => notice.code),
    ['no-fights'],
  );
  rmSync(`${base}_events.jsonl`);
  assert.deepEqual(
    (await readSession(base)).notices.map((notice) => notice.code),
    ['no-events-file', 'no-fights'],
  );
});

test('a session of a newer format, or with a set of actions that breaks a rule, is refused', async (t) => {
  await assert.rejects(readWith(t, [{ ...HEADER, version: 2 }]), hasCode('session-invalid', 'format 2'));
  const wrong = (changes: object, ...says: string[]): Promise<void> =>
    assert.rejects(readWith(t, [{ ...HEADER, ...changes }]), hasCode('session-invalid', ...says));
  await wrong({ actions: ['UP', 'up'] }, 'twice');
  await wrong({ actions: ['DASH'] }, "'keys.Key.up'");
  await wrong({ actions: [] }, '0 actions');
  await wrong({ actions: 'UP' }, "'actions'");
  await wrong({ actionRules: { rare: ['UP'] } }, "'actionRules'");
  await wrong({ actionRules: { opposing: [], rare: ['FLY'], scored: ['UP'] } }, "'FLY'");
  const session = await readWith(t, [HEADER, press('Key.up', 1000.1)]);
  assert.equal(session.header?.rateHz, 10);
  assert.equal(session.finished, false);
});

test('lines are read alike whatever the chunk borders, and an endless one is cut, not collected', async (t) => {
  const path = join(temporaryFolder(t), 'lines');
  const texts = Array.from({ length: 3000 }, (_, i) => `${i} ${'é'.repeat(i % 67)}`);
  writeFileSync(path, `${texts.join('\n')}\n${'x'.repeat(3 * LONGEST_LINE_BYTES)}`);
  const seen: string[] = [];
  for await (const line of readLines(path)) {
    if (line.number <= texts.length) seen.push(line.text);
    else assert.deepEqual([line.cut, line.ended, line.text.length], [true, false, LONGEST_LINE_BYTES]);
  }
  assert.deepEqual(seen, texts);
});

test('a session is named by its path, by any of its files, or by a name under the folder of sessions', (t) => {
  const folder = temporaryFolder(t);
  assert.equal(resolveSession('dir/Train').events, 'dir/Train_events.jsonl');
  assert.equal(resolveSession('dir/Train_frames.jsonl').base, 'dir/Train');
  assert.equal(resolveSession('dir/Train.mp4').gray, 'dir/Train_gray.bin');
  assert.equal(resolveSession('Train-of-nobody', folder).base, join(folder, 'Train-of-nobody'));
});

test('a key map that names no action, or one key twice, is refused', () => {
  assert.throws(() => keysFor(STUDY_ACTIONS, parseKeyMap('FLY=w')), hasCode('unknown-action', 'FLY'));
  assert.throws(() => parseKeyMap('UP=w,DOWN=w'), hasCode('unknown-key', "'w'"));
});

test('a byte order mark changes nothing in a log', async (t) => {
  const base = writeLogs(temporaryFolder(t), 'a', frameLines(20), [HEADER, fightStart(1000), fightEnd(1001)]);
  for (const file of [`${base}_frames.jsonl`, `${base}_events.jsonl`]) {
    writeFileSync(file, `\ufeff${readFileSync(file, 'utf8')}`);
  }
  const session = await readSession(base);
  assert.deepEqual([session.frames.count, session.header?.rateHz, session.fights.length], [20, 10, 1]);
  assert.equal((await checkNamed(base)).problems.filter(({ code }) => code.startsWith('line')).length, 0);
});

test('a frame log of which no line can be read is broken, with the reason, and never called empty', async (t) => {
  const lines = frameLines(3);
  const text = lines.map((line) => JSON.stringify(line));
  const cases: readonly [string | Buffer, string][] = [
    [Buffer.from(`\ufeff${text.join('\n')}\n`, 'utf16le'), 'UTF-16'],
    [`${text.join('\r')}\r`, 'CR alone'],
    ['{"t":"1700000000.1"}\n', 'its time is text ("1700000000.1")'],
    ['{"t":"2026-01-01T00:00:00Z"}\n', 'its time is text'],
    [`[${text.join(',')}]\n`, 'JSON array'],
  ];
  for (const [content, says] of cases) {
    const base = writeLogs(temporaryFolder(t), 'a', lines, [HEADER]);
    writeFileSync(`${base}_frames.jsonl`, content);
    for (const lenient of [false, true]) {
      await assert.rejects(readSession(base, { lenient }), (error) => {
        assert.ok(hasCode('line-broken', says)(error));
        assert.doesNotMatch((error as UnderstudyError).next, /repair|record/i);
        return true;
      });
    }
    const check = await checkNamed(base);
    assert.deepEqual([check.ok, check.problems.length, check.problems[0].code], [false, 1, 'line-broken']);
    assert.ok(check.problems[0].message.includes(says), check.problems[0].message);
  }
});

test('times in another unit than seconds are refused by its name, in frames and in events', async (t) => {
  for (const [factor, unit] of [
    [1e3, 'milliseconds'],
    [1e6, 'microseconds'],
    [1e9, 'nanoseconds'],
  ] as const) {
    const start = 1_700_000_000 * factor;
    const frames = Array.from({ length: 60 }, (_, k) => ({ t: start + (k * factor) / 10 }));
    await assert.rejects(readWith(t, [], frames), hasCode('time-unit', unit));
    await assert.rejects(readWith(t, [press('f', start)]), hasCode('time-unit', unit));
    await assert.rejects(readWith(t, [fightStart(start), fightEnd(start)]), hasCode('time-unit', unit));
    const check = await checkNamed(writeLogs(temporaryFolder(t), 'a', frames, []));
    assert.deepEqual([check.ok, check.problems[0].code], [false, 'time-unit']);
  }
  await readWith(t, [press('f', 4_000_000_000)], frameLines(5, 10, 4_000_000_000)); // the year 2096
});
