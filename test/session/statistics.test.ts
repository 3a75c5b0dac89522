import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { checkSession } from '../../src/session/check.js';
import { joinSessions } from '../../src/session/joined.js';
import { statisticsTable } from '../../src/session/report.js';
import { readSession } from '../../src/session/session.js';
import type { SessionStatistics } from '../../src/session/statistics.js';
import { sessionStatistics } from '../../src/session/statistics.js';
import { writeLogs } from '../../testing/sessions/session-folder.js';
import { fightEnd, fightStart, frameLines, press, release } from '../../testing/sessions/session-lines.js';
import { lacksShared, sharedFile } from '../../testing/models/shared-files.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

describe("statistics of the study's own logs", { skip: lacksShared }, () => {
  let statistics: SessionStatistics;
  before(async () => {
    statistics = sessionStatistics([await readSession(sharedFile('data', 'Train'))]);
  });

  test("print Appendix B's table: by count, two decimals", () => {
    const rows = statisticsTable(statistics)
      .split('\n')
      .map((line) => line.trim().split(/\s+/).slice(0, 3).join(' '));
    const expected = [
      'SHOOT 8254 55.80%',
      'UP 3980 26.91%',
      'RIGHT 875 5.92%',
      'LEFT 869 5.88%',
      'JUMP 434 2.93%',
      'DASH 105 0.71%',
      'DOWN 60 0.41%',
    ];
    const from = rows.indexOf(expected[0]);
    assert.deepEqual(rows.slice(from, from + 7), expected);
  });

  test('count 979 presses, 106 shorter than a frame and 24 that no frame shows', () => {
    assert.deepEqual(statistics.presses, { total: 979, shorterThanFrame: 106, betweenFrames: 24 });
  });

  test('hold 86.4, 4.5 and 1.1 % of SHOOT, JUMP and DASH inside fights', () => {
    const percents = (['SHOOT', 'JUMP', 'DASH'] as const).map((action) =>
      statistics.actions[action].percentInFights.toFixed(1),
    );
    assert.deepEqual(percents, ['86.4', '4.5', '1.1']);
    assert.deepEqual(statistics.windows, {
      study: 9539,
      studyRare: 2615,
      withinFights: 9399,
      withinFightsRare: 2554,
    });
  });

  test('of two sessions are those of both, with windows over all their fights', async () => {
    const session = await readSession(sharedFile('data', 'Train'));
    const both = sessionStatistics([session, session]);
    assert.deepEqual([both.frames, both.fights, both.framesInFights], [2 * 14791, 30, 2 * 9549]);
    assert.equal(both.windows.withinFights, 2 * 9399);
    assert.equal(both.windows.study, 2 * 9549 - 10);
    assert.equal(both.actions.SHOOT.percent, statistics.actions.SHOOT.percent);
  });

  test('find nothing wrong, at 10.0000 frames a second', async () => {
    const check = await checkSession(await readSession(sharedFile('data', 'Train')));
    assert.deepEqual(check.problems, []);
    assert.equal(check.ok, true);
    assert.equal(check.rateHz.toFixed(4), '10.0000');
  });
});

test('hold lengths, hidden taps and actions held together come out of a log by hand', async (t) => {
  const events = [
    fightStart(1000.1),
    press('f', 1000.1),
    press('Key.space', 1000.25),
    release('Key.space', 1000.45),
    press('d', 1000.52),
    release('d', 1000.58),
    release('f', 1000.9),
    fightEnd(1000.7),
    press('Key.up', 1000.85),
  ];
  const session = await readSession(writeLogs(temporaryFolder(t), 'a', frameLines(10), events));
  const { actions, heldTogether, presses, framesInFights } = sessionStatistics([session]);
  assert.equal(framesInFights, 7);
  assert.deepEqual([actions.SHOOT.frames, actions.SHOOT.framesInFights], [8, 7]);
  assert.equal(Math.round(actions.JUMP.holdMs!.p50), 200);
  assert.deepEqual([actions.DASH.presses, actions.DASH.shorterThanFrame, actions.DASH.betweenFrames], [1, 1, 1]);
  assert.equal(actions.UP.holdMs, null, 'a key that is never released has no length');
  assert.deepEqual(presses, { total: 4, shorterThanFrame: 1, betweenFrames: 1 });
  assert.deepEqual(heldTogether, [{ actions: ['JUMP', 'SHOOT'], frames: 2, percent: 20 }]);
});

test('a check names every fault with its place in time', async (t) => {
  const frames = [...frameLines(20), { t: 1003 }, { t: 1002.5 }, { t: 1002.6 }, { t: 1002.6 }];
  const events = [
    press('f', 999.5),
    release('f', 999.8),
    press('Key.up', 1000.3),
    press('Key.up', 1000.4),
    release('Key.down', 1000.5),
    press('d', 1007),
  ];
  const check = await checkSession(await readSession(writeLogs(temporaryFolder(t), 'a', frames, events)));
  assert.equal(check.ok, false);
  const found = new Set(check.problems.map(({ code, atSeconds }) => `${code} ${String(atSeconds)}`));
  for (const expected of [
    'events-outside-video -0.5',
    'events-outside-video 7',
    'press-repeated 0.4',
    'release-without-press 0.5',
    'key-never-released 0.3',
    'gap 1.9',
    'clock-step 2.5',
    'frames-out-of-order 2.6',
    'no-fights null',
  ]) {
    assert.ok(found.has(expected), `${expected} is not among ${[...found].join('; ')}`);
  }
});

test('sessions of two rates are not joined', async (t) => {
  const folder = temporaryFolder(t);
  const ten = await readSession(writeLogs(folder, 'ten', frameLines(30, 10), []));
  const twenty = await readSession(writeLogs(folder, 'twenty', frameLines(30, 20), []));
  assert.throws(() => joinSessions([ten, twenty]), hasCode('session-invalid', '20'));
});
