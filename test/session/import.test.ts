import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { VirtualClock } from '../../src/core/clock.js';
import { checkSession } from '../../src/session/check.js';
import { importSession } from '../../src/session/import.js';
import { describeSession } from '../../src/session/info.js';
import { parseKeyMap } from '../../src/session/key-names.js';
import { readVideo } from '../../src/session/read-video.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { readSession } from '../../src/session/session.js';
import { sessionStatistics } from '../../src/session/statistics.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { writeLogs } from '../../testing/sessions/session-folder.js';
import { fightEnd, fightStart, frameLines, press, release } from '../../testing/sessions/session-lines.js';
import { numberShown, numberedPicture } from '../../testing/sessions/session-pictures.js';
import { lacksShared, sharedFile } from '../../testing/models/shared-files.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

test("the study's own logs import as they are and count the same", { skip: lacksShared }, async (t) => {
  const to = join(temporaryFolder(t), 'sessions', 'Train');
  const report = await importSession({ from: sharedFile('data', 'Train'), to });
  assert.deepEqual([report.frames, report.fights, report.rateHz], [14791, 15, 10]);
  assert.deepEqual(readFileSync(report.files.frames), readFileSync(sharedFile('data', 'Train_frames.jsonl')));
  const [imported, original] = [
    sessionStatistics([await readSession(to)]),
    sessionStatistics([await readSession(sharedFile('data', 'Train'))]),
  ];
  assert.deepEqual(imported.labelsSha256, original.labelsSha256);
  assert.deepEqual(imported.windows, original.windows);
  assert.equal((await checkSession(await readSession(to))).ok, true);
  await assert.rejects(importSession({ from: sharedFile('data', 'Train'), to }), hasCode('bad-option'));
});

test('other keys and another rate are named by options, and the times stay', async (t) => {
  const folder = temporaryFolder(t);
  const events = [fightStart(1000), press('w', 1000.31), release('w', 1000.72), fightEnd(1002)];
  const from = writeLogs(folder, 'old', frameLines(61, 30), events);
  const report = await importSession({ from, to: join(folder, 'new'), rateHz: 10, keys: parseKeyMap('UP=w') });
  assert.deepEqual([report.frames, report.fights, report.rateHz], [21, 1, 10]);
  const stats = sessionStatistics([await readSession(join(folder, 'new'))]);
  assert.deepEqual([stats.actions.UP.frames, stats.actions.UP.presses], [4, 1]);
  const rate = importSession({ from, to: join(folder, 'odd'), rateHz: 0 });
  await assert.rejects(rate, hasCode('bad-rate'));
});

test('a session with a video is brought to another rate picture by picture', async (t) => {
  const folder = temporaryFolder(t);
  const clock = new VirtualClock();
  const size = { width: 160, height: 90 };
  const writer = await SessionWriter.create({
    files: filesAt(join(folder, 'twenty')),
    rateHz: 20,
    ...size,
    source: 'test',
    contract: STUDY_CONTRACT,
    clock,
  });
  for (let k = 0; k < 40; k += 1) {
    await clock.sleepUntil(k * 50);
    await writer.room();
    writer.offer({ ...size, pixels: numberedPicture(k, size.width, size.height), capturedAtMs: k * 50 });
  }
  await writer.finish('stopped');
  const report = await importSession({ from: join(folder, 'twenty'), to: join(folder, 'ten'), rateHz: 10 });
  assert.deepEqual([report.frames, report.rateHz], [20, 10]);
  const shown: number[] = [];
  for await (const { pixels, width } of readVideo(report.files.video)) shown.push(numberShown(pixels, width));
  assert.deepEqual(
    shown,
    Array.from({ length: 20 }, (_, k) => 2 * k),
  );
  const info = await describeSession(await readSession(report.files.base));
  assert.deepEqual([info.video?.frames, info.gray?.frames, info.duplicates], [20, 20, 0]);
});

test('a check counts broken lines as problems with their place instead of refusing them', async (t) => {
  const base = writeLogs(temporaryFolder(t), 'a', frameLines(5), ['{"event":', fightStart(1000), fightEnd(1000.3)]);
  const check = await checkSession(await readSession(base, { lenient: true }));
  assert.equal(check.ok, false);
  assert.deepEqual(
    check.problems.map((problem) => problem.code),
    ['line-broken'],
  );
  assert.match(check.problems[0].message, /a_events\.jsonl:1/);
});
