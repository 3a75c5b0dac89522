import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { SyncCanvas } from '../../src/evaluation/overlay/sync-canvas.js';
import type { SyncReport } from '../../src/evaluation/overlay/sync-video.js';
import type { SessionCheck } from '../../src/session/check.js';
import { fightOfFrames, labelFrames, type LabelRule } from '../../src/session/labels.js';
import { readVideo } from '../../src/session/read-video.js';
import { readSession } from '../../src/session/session.js';
import { filesAt } from '../../src/session/session-files.js';
import { runCli, startCli, withoutDisplay } from '../../testing/cli/cli.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { RECORDED_FIGHTS, RECORDED_FRAMES, recordSession } from '../../testing/sessions/recorded-session.js';
import { numberShown } from '../../testing/sessions/session-pictures.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('session-pictures');
const bundle = join(folder, 'bundle');
const env = withoutDisplay();
let base: string;

before(async () => {
  base = await recordSession(folder);
  const made = await runCli(['model', 'init', '--latent', '16', '--out', bundle], { env });
  assert.equal(made.code, 0, made.stderr);
});

/** A copy of the recorded session under another name. */
function copyOf(name: string): string {
  const [from, to] = [filesAt(base), filesAt(join(folder, name))];
  for (const file of ['events', 'frames', 'video', 'gray'] as const) copyFileSync(from[file], to[file]);
  return to.base;
}

/** For each picture of a sync video: its number, and whether each lamp is lit. */
async function lampsOf(out: string, name: string, size: { width: number; height: number }) {
  const session = await readSession(name);
  const logged = { labels: labelFrames(session), fights: fightOfFrames(session), times: session.frames.times };
  const canvas = await SyncCanvas.open(size, logged);
  const seen: { number: number; lit: number[] }[] = [];
  for await (const { width, height, pixels } of readVideo(out)) {
    assert.deepEqual([width, height], [canvas.image.width, canvas.image.height]);
    const lit = STUDY_ACTIONS.names.map((_, action) => {
      const lamp = canvas.panel.lamp(action);
      const at = ((lamp.top + lamp.height / 2) * width + lamp.left + lamp.width / 2) * 4;
      return pixels[at + 1] > 127 ? 1 : 0;
    });
    seen.push({ number: numberOf(pixels, width, canvas.image.height), lit });
  }
  return seen;
}

/** The number of the picture at the left, four times its size. */
function numberOf(pixels: Uint8Array, width: number, height: number): number {
  const times = 4;
  const small = new Uint8Array(160 * 90 * 4);
  assert.ok(height >= 90 * times);
  for (let y = 0; y < 90; y += 1) {
    for (let x = 0; x < 160; x += 1) {
      const at = ((y * times + 2) * width + x * times + 2) * 4;
      small.set(pixels.subarray(at, at + 4), (y * 160 + x) * 4);
    }
  }
  return numberShown(small, 160);
}

for (const rule of ['at-frame', 'any-in-interval'] as const satisfies readonly LabelRule[]) {
  test(`the lamps of a sync video are lit as the labels ${rule} say, at every frame`, async () => {
    const out = join(folder, `${rule}.mp4`);
    const result = await runCli(['session', 'sync', base, '--out', out, '--labels', rule, '--json']);
    assert.equal(result.code, 0, result.stderr);
    const report = result.json() as SyncReport;
    assert.deepEqual([report.frames, report.withoutPicture, report.pictures], [RECORDED_FRAMES, 0, 'video']);
    const seen = await lampsOf(out, base, { width: 160, height: 90 });
    assert.equal(seen.length, RECORDED_FRAMES);
    const labels = labelFrames(await readSession(base), rule);
    assert.ok(labels.bytes.includes(1) && labels.bytes.includes(0));
    seen.forEach(({ number, lit }, frame) => {
      assert.equal(number, frame, 'the picture is its own');
      assert.deepEqual(lit, [...labels.row(frame)], `frame ${frame}`);
    });
  });
}

test('a part of a session is shown with --from and --seconds, and beyond its end is refused', async () => {
  const out = join(folder, 'part.mp4');
  const result = await runCli(['session', 'sync', base, '--out', out, '--from', '3', '--seconds', '2', '--json']);
  assert.equal((result.json() as SyncReport).frames, 20);
  const numbers = (await lampsOf(out, base, { width: 160, height: 90 })).map(({ number }) => number);
  assert.deepEqual(
    numbers,
    [...Array(20).keys()].map((k) => k + 30),
  );
  assertError(await runCli(['session', 'sync', base, '--from', '99']), 2, 'bad-option', /11\.0 s|10\.9 s/);
});

test('a session without its video is shown from the gray frames, beside the session by default', async () => {
  const name = copyOf('gray-only');
  rmSync(`${name}.mp4`);
  const result = await runCli(['session', 'sync', name, '--json']);
  assert.equal(result.code, 0, result.stderr);
  const { out, pictures, frames } = result.json() as SyncReport;
  assert.deepEqual([out, pictures, frames], [`${name}_sync.mp4`, 'gray', RECORDED_FRAMES]);
  assert.ok(statSync(out).size > 10_000);
});

test("a sync video never overwrites the session's own files, and a folder that is absent is named", async () => {
  const video = readFileSync(`${base}.mp4`);
  assertError(await runCli(['session', 'sync', base, '--out', `${base}.mp4`]), 2, 'bad-option', /never overwritten/);
  assert.deepEqual(readFileSync(`${base}.mp4`), video);
  const absent = join(folder, 'absent', 'sync.mp4');
  assertError(await runCli(['session', 'sync', base, '--out', absent]), 4, 'write-failed', /absent/);
});

test('SIGINT ends a sync video early with 130 and leaves no file', async () => {
  const out = join(folder, 'stopped.mp4');
  const running = startCli(['session', 'sync', base, '--out', out]);
  await running.untilSaid('frames written');
  running.child.kill('SIGINT');
  assert.equal((await running.result).code, 130);
  assert.ok(!existsSync(out) && !existsSync(`${out}.part`));
});

test('fewer log lines than video frames is a problem with its place in time', async () => {
  const name = copyOf('short-log');
  const lines = readFileSync(`${name}_frames.jsonl`, 'utf8').split('\n');
  writeFileSync(`${name}_frames.jsonl`, `${lines.slice(0, 100).join('\n')}\n`);
  const check = await runCli(['session', 'check', name, '--json']);
  assert.equal(check.code, 5, check.stderr);
  const problems = (check.json() as SessionCheck).problems;
  const longer = problems.find(({ code }) => code === 'video-longer');
  assert.match(longer?.message ?? '', /110 frames and the frame log 100/);
  assert.equal(longer?.atSeconds, 10.9);
  assert.ok(problems.some(({ code }) => code === 'gray-longer'));
  const sync = await runCli(['session', 'sync', name, '--out', join(folder, 'short.mp4'), '--json']);
  assert.equal((sync.json() as SyncReport).frames, 100, 'what the log does not have is dropped');
});

const ffmpegIsAbsent = spawnSync('ffmpeg', ['-version']).error === undefined ? false : 'needs ffmpeg';

test('a video in MPEG-4 part 2 without ffmpeg names the package', { skip: ffmpegIsAbsent }, async () => {
  const name = copyOf('mpeg4');
  rmSync(`${name}_gray.bin`);
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', `${base}.mp4`, '-c:v', 'mpeg4', `${name}.mp4`]);
  const withIt = await runCli(['session', 'sync', name, '--seconds', '1', '--json']);
  assert.equal(withIt.code, 0, withIt.stderr);
  const without = await runCli(['session', 'sync', name], { env: { ...env, PATH: folder } });
  assertError(without, 4, 'package-missing', /ffmpeg/);
});

interface Played {
  readonly mode: string;
  readonly outcome: string;
  readonly ticks: number;
  readonly latencyMs: unknown;
  readonly stageMs: Record<string, unknown>;
  readonly runDir: string;
}

interface DecisionLine {
  readonly tick: number;
  readonly frame: number;
  readonly fight: number | null;
  readonly ready: boolean;
  readonly probabilities: number[];
}

/** Plays a session; answers the summary and the text of its decisions. */
async function playSession(name: string, ...args: string[]): Promise<{ played: Played; decisions: string }> {
  const command = ['play', '--session', name, '--model', bundle, '--runs', join(folder, 'runs'), '--json', ...args];
  const result = await runCli(command, { env });
  assert.equal(result.code, 0, result.stderr);
  const played = result.json() as Played;
  return { played, decisions: readFileSync(join(played.runDir, 'decisions.jsonl'), 'utf8') };
}

test('a session played twice gives the same decisions byte for byte, from its video or its gray frames', async () => {
  const first = await playSession(base);
  const second = await playSession(base);
  assert.notEqual(first.played.runDir, second.played.runDir);
  assert.equal(first.decisions, second.decisions);
  const { mode, outcome, ticks, latencyMs, stageMs } = first.played;
  assert.deepEqual([mode, outcome, ticks, latencyMs, stageMs.act], ['session', 'ended', RECORDED_FRAMES, null, null]);
  const lines = first.decisions
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as DecisionLine);
  assert.deepEqual(
    lines.map((line) => line.frame),
    [...Array(RECORDED_FRAMES).keys()],
    'each frame is decided on once',
  );
  assert.ok(new Set(lines.map((line) => line.probabilities.join())).size > 50, 'the model looks at the pictures');
  const videoOnly = copyOf('video-only');
  rmSync(`${videoOnly}_gray.bin`);
  const [one, two] = [await playSession(videoOnly), await playSession(videoOnly)];
  assert.equal(one.decisions, two.decisions);
});

test('no window spans the border of a fight: it fills again after each', async () => {
  const { decisions } = await playSession(base);
  const lines = decisions
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as DecisionLine);
  const borders = [0, ...RECORDED_FIGHTS.flat()];
  for (const { frame, ready, fight } of lines) {
    const sinceBorder = frame - Math.max(...borders.filter((border) => border <= frame));
    assert.equal(ready, sinceBorder >= 9, `frame ${frame}, ${sinceBorder} after a border`);
    const inside = RECORDED_FIGHTS.findIndex(([first, end]) => frame >= first && frame < end);
    assert.equal(fight, inside === -1 ? null : inside);
  }
});

test('play --session --seconds stops early, and a session at another rate than the model is refused', async () => {
  const { played } = await playSession(base, '--seconds', '5');
  assert.equal(played.outcome, 'stopped');
  assert.ok(Math.abs(played.ticks - 50) <= 1);
  const fast = await runCli(['play', '--session', base, '--model', bundle, '--rate', '60'], { env });
  assertError(fast, 2, 'bad-rate', /60/);
  const both = await runCli(['play', '--session', base, '--arena'], { env });
  assertError(both, 2, 'bad-option', /one of them/);
  const nowhere = await runCli(['play', '--session', join(folder, 'nowhere'), '--model', bundle], { env });
  assertError(nowhere, 3, 'file-missing', /nowhere/);
});
