import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { STUDY_NAMES } from '../../src/core/study-actions.js';
import type { SessionCheck } from '../../src/session/check.js';
import type { SessionStatistics } from '../../src/session/statistics.js';
import { readImage } from '../../src/vision/image-file.js';
import { runCli } from '../../testing/cli/cli.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { barsOf } from '../../testing/pictures/figure-bars.js';
import { writeLogs } from '../../testing/sessions/session-folder.js';
import { fightEnd, fightStart, frameLines, press, release } from '../../testing/sessions/session-lines.js';
import { lacksShared, sharedFile } from '../../testing/models/shared-files.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('session');

const FIGHT = [fightStart(1000.1), press('f', 1000.2), release('f', 1000.9), fightEnd(1001.5)];

/** A session of 20 frames with one fight, in a folder of its own. */
function goodSession(name: string): string {
  mkdirSync(join(folder, name), { recursive: true });
  return writeLogs(join(folder, name), name, frameLines(20), FIGHT);
}

describe("session verbs on the study's own logs", { skip: lacksShared }, () => {
  const out = join(folder, 'charts');
  let stats: SessionStatistics & { readonly charts: readonly string[] };
  let text: string;
  before(async () => {
    const result = await runCli(['session', 'stats', sharedFile('data', 'Train'), '--out', out, '--json']);
    assert.equal(result.code, 0, result.stderr);
    stats = result.json() as typeof stats;
    text = result.stderr;
  });

  test("stats prints the study's counts and the hashes of its label matrices", () => {
    const { cases } = JSON.parse(readFileSync(sharedFile('fixtures', 'manifest.json'), 'utf8')) as {
      cases: { 'session-labels': Record<string, string> };
    };
    const expected = cases['session-labels'];
    assert.deepEqual([stats.frames, stats.fights, stats.framesInFights], [14791, 15, 9549]);
    assert.equal(stats.labelsSha256.all, expected.labels_all_sha256);
    assert.equal(stats.labelsSha256.inFights, expected.labels_in_fights_sha256);
    assert.deepEqual(stats.presses, { total: 979, shorterThanFrame: 106, betweenFrames: 24 });
    const { study, studyRare, withinFights, withinFightsRare } = stats.windows;
    assert.deepEqual([study, studyRare, withinFights, withinFightsRare], [9539, 2615, 9399, 2554]);
  });

  test("stats prints Appendix B's table in its order", () => {
    const rows = text.split('\n').map((line) => line.trim().split(/\s+/).slice(0, 3).join(' '));
    const first = rows.indexOf('SHOOT 8254 55.80%');
    assert.deepEqual(rows.slice(first, first + 7), [
      'SHOOT 8254 55.80%',
      'UP 3980 26.91%',
      'RIGHT 875 5.92%',
      'LEFT 869 5.88%',
      'JUMP 434 2.93%',
      'DASH 105 0.71%',
      'DOWN 60 0.41%',
    ]);
  });

  test('the bars of the charts are as long as the numbers of the JSON say, and each has its value', () => {
    const held = barsOf(readFileSync(join(out, 'held-frames.svg'), 'utf8'));
    assert.equal(held.length, 2 * STUDY_NAMES.length);
    for (const { group, series, share, label } of held) {
      const of = stats.actions[group];
      const [percent, frames] =
        series === 'all frames' ? [of.percent, of.frames] : [of.percentInFights, of.framesInFights];
      assert.ok(Math.abs(share * stats.actions.SHOOT.percentInFights - percent) < 1e-6, `${group} ${series}`);
      const expected = frames === 0 ? '0' : `${percent.toFixed(2)} % (${frames.toLocaleString('en-US')})`;
      assert.equal(label, expected);
    }
    const presses = barsOf(readFileSync(join(out, 'presses.svg'), 'utf8'));
    const most = Math.max(...STUDY_NAMES.map((action) => stats.actions[action].presses));
    for (const { group, series, share, label } of presses) {
      const of = stats.actions[group];
      const value =
        series === 'presses' ? of.presses : series === 'seen by no frame' ? of.betweenFrames : of.shorterThanFrame;
      assert.equal(Math.round(share * most), value);
      assert.equal(label, String(value), 'a zero is written as 0');
    }
  });

  test('the PNG of a chart is the SVG at twice its size, not blank', async () => {
    assert.deepEqual(
      stats.charts.map((path) => existsSync(path)),
      [true, true, true, true],
    );
    const svg = readFileSync(join(out, 'held-frames.svg'), 'utf8');
    const { width, height, pixels } = await readImage(join(out, 'held-frames.png'));
    const [, svgWidth, svgHeight] = /^<svg [^>]*width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
    assert.ok(Math.abs(width - 2 * Number(svgWidth)) <= 1 && Math.abs(height - 2 * Number(svgHeight)) <= 1);
    const dark = pixels.filter((value, i) => i % 4 === 1 && value < 100).length;
    assert.ok(dark > width * height * 0.02, 'bars and letters are drawn');
  });

  test('series differ in gray and in pattern, not in hue alone', () => {
    const svg = readFileSync(join(out, 'held-frames.svg'), 'utf8');
    const fills = new Set(barsOf(svg).map((bar) => bar.fill));
    assert.deepEqual([...fills], ['#0b4f7a', 'url(#hatched)']);
    assert.ok(svg.includes('<pattern id="hatched"'), 'the pattern is in the file itself');
  });

  test('check finds nothing wrong and exits with 0; info reads without a video', async () => {
    const check = await runCli(['session', 'check', sharedFile('data', 'Train'), '--json']);
    assert.equal(check.code, 0, check.stderr);
    const { problems, frames, duplicates, rateHz } = check.json() as SessionCheck;
    assert.deepEqual([problems, frames, duplicates, rateHz.toFixed(3)], [[], 14791, 0, '10.000']);
    const info = await runCli(['session', 'info', sharedFile('data', 'Train_events.jsonl'), '--json']);
    assert.deepEqual(
      [info.code, (info.json() as { frames: number }).frames, (info.json() as { video: unknown }).video],
      [0, 14791, null],
    );
  });

  test('--labels any-in-interval shows every press, and several names count as one', async () => {
    const args = ['session', 'stats', sharedFile('data', 'Train'), sharedFile('data', 'Train'), '--json'];
    const result = (await runCli([...args, '--labels', 'any-in-interval'])).json() as SessionStatistics;
    assert.equal(result.labelRule, 'any-in-interval');
    assert.deepEqual([result.frames, result.fights], [2 * 14791, 30]);
    for (const action of STUDY_NAMES) assert.ok(result.actions[action].frames > 2 * stats.actions[action].frames);
  });

  test('import takes the logs in as they are, and other keys by name', async () => {
    const args = ['session', 'import', sharedFile('data', 'Train'), '--out', folder, '--name', 'taken', '--json'];
    const result = await runCli(args);
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual((result.json() as { frames: number; fights: number }).frames, 14791);
    const again = (await runCli(['session', 'stats', join(folder, 'taken'), '--json'])).json() as SessionStatistics;
    assert.deepEqual(again.labelsSha256, stats.labelsSha256);
    assertError(await runCli(args), 2, 'bad-option', /never overwritten/);
  });
});

test('broken and truncated lines are named with file and line, and skipped only with --lenient', async () => {
  const base = goodSession('broken');
  const frames = readFileSync(`${base}_frames.jsonl`, 'utf8').split('\n');
  frames[3] = 'no json';
  writeFileSync(`${base}_frames.jsonl`, frames.slice(0, -1).join('\n').slice(0, -4));
  const strict = await runCli(['session', 'stats', base, '--json']);
  assertError(strict, 3, 'session-invalid', /broken_frames\.jsonl has 2 broken line\(s\): line 4, line 20/);
  const lenient = await runCli(['session', 'stats', base, '--lenient', '--json']);
  assert.equal(lenient.code, 0, lenient.stderr);
  assert.match(lenient.stderr, /broken_frames\.jsonl:4: .*\(line-broken\)/);
  assert.match(lenient.stderr, /broken_frames\.jsonl:20: .*\(line-truncated\)/);
  assert.equal((lenient.json() as SessionStatistics).frames, 18);
  const check = await runCli(['session', 'check', base, '--json']);
  assert.equal(check.code, 5);
  const codes = (check.json() as SessionCheck).problems.map((problem) => problem.code);
  assert.ok(codes.includes('line-broken') && codes.includes('line-truncated') && codes.includes('gap'), codes.join());
  assertError(await runCli(['session', 'info', base]), 3, 'session-invalid', /line 4/);
});

test('repair completes a session that ends in half a line, once', async () => {
  const base = goodSession('cut');
  writeFileSync(`${base}_frames.jsonl`, readFileSync(`${base}_frames.jsonl`, 'utf8').slice(0, -5));
  const first = await runCli(['session', 'repair', base, '--json']);
  assert.equal(first.code, 0, first.stderr);
  assert.equal((first.json() as { changed: boolean }).changed, true);
  assert.match(first.stderr, /_frames\.jsonl:20: half a line was cut off/);
  const second = await runCli(['session', 'repair', base, '--json']);
  assert.equal((second.json() as { changed: boolean }).changed, false);
  assert.equal((await runCli(['session', 'check', base])).code, 0);
});

describe('wrong sessions', () => {
  const stats = (...args: string[]) => runCli(['session', 'stats', ...args]);

  test('a session that is not there is named', async () => {
    assertError(await stats(join(folder, 'nowhere')), 3, 'file-missing', /nowhere_frames\.jsonl/);
    assertError(await runCli(['session', 'check', join(folder, 'nowhere')]), 3, 'file-missing', /nowhere/);
    assertError(await runCli(['session', 'sync', join(folder, 'nowhere')]), 3, 'file-missing', /nowhere/);
  });

  test('an empty session is refused', async () => {
    const base = goodSession('empty');
    writeFileSync(`${base}_frames.jsonl`, '');
    assertError(await stats(base), 3, 'session-invalid', /has no frame/);
  });

  test('a session without fights, or with one that is never closed, is a problem with its place', async () => {
    const base = goodSession('fightless');
    writeFileSync(`${base}_events.jsonl`, `${JSON.stringify(fightStart(1000.5))}\n`);
    const check = await runCli(['session', 'check', base, '--json']);
    assert.equal(check.code, 5);
    const problems = (check.json() as SessionCheck).problems.map(({ code, atSeconds }) => `${code} ${atSeconds}`);
    assert.deepEqual(problems.sort(), ['fight-never-closed 0.5', 'no-fights null']);
    const counted = await stats(base, '--json');
    assert.equal(counted.code, 0);
    assert.match(counted.stderr, /_events\.jsonl:1: the fight that starts here is never closed/);
  });

  test('unknown keys are reported and not counted; --keys gives them a meaning', async () => {
    const base = goodSession('other-keys');
    writeFileSync(
      `${base}_events.jsonl`,
      [fightStart(1000), press('w', 1000.25), release('w', 1000.75), fightEnd(1001)]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    );
    const unknown = await stats(base, '--json');
    assert.match(unknown.stderr, /the key 'w' means no action; its 2 event\(s\)/);
    assert.equal((unknown.json() as SessionStatistics).actions.UP.frames, 0);
    const named = await stats(base, '--keys', 'UP=w', '--json');
    assert.equal((named.json() as SessionStatistics).actions.UP.frames, 5);
    assertError(await stats(base, '--keys', 'FLY=w'), 2, 'unknown-action', /FLY/);
    assertError(await stats(base, '--labels', 'sometimes'), 2, 'bad-option', /at-frame, any-in-interval/);
  });

  test('two sessions of different rates are not counted as one', async () => {
    const base = goodSession('ten');
    const other = writeLogs(join(folder, 'ten'), 'twenty', frameLines(20, 20), FIGHT);
    assertError(await stats(base, other), 3, 'session-invalid', /10 frames a second.*20/);
  });

  test('keys of an action that the session does not have, and a newer format, are refused', async () => {
    const base = goodSession('order');
    const keys = { f: 'FLY' };
    const header = { event: 'session', version: 1, rateHz: 10, actions: STUDY_NAMES, keys, t: 1000 };
    writeFileSync(`${base}_events.jsonl`, `${JSON.stringify(header)}\n`);
    assertError(await stats(base), 3, 'session-invalid', /'keys\.f'/);
    writeFileSync(`${base}_events.jsonl`, `${JSON.stringify({ ...header, version: 99 })}\n`);
    assertError(await stats(base), 3, 'session-invalid', /format 99/);
  });

  test('a session without pictures can be neither seen nor played', async () => {
    const base = goodSession('blind');
    assertError(await runCli(['session', 'sync', base]), 3, 'file-missing', /no pictures/);
    assert.ok(!existsSync(`${base}_sync.mp4`) && !existsSync(`${base}_sync.mp4.part`), 'nothing is left');
  });

  test('a folder that takes no chart is named', async () => {
    const base = goodSession('chartless');
    const result = await stats(base, '--out', `${base}_events.jsonl/charts`);
    assertError(result, 4, 'write-failed', /could not be written/);
  });
});
