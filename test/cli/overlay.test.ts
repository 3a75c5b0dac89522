import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import type { OverlayReport } from '../../src/evaluation/overlay/overlay.js';
import { OverlayLayout } from '../../src/evaluation/overlay/layout.js';
import { readRunRecording } from '../../src/evaluation/overlay/run-recording.js';
import { cellState } from '../../src/evaluation/overlay/tracks.js';
import { fightOfFrames, labelFrames } from '../../src/session/labels.js';
import { readVideo } from '../../src/session/read-video.js';
import { filesAt } from '../../src/session/session-files.js';
import { readSession } from '../../src/session/session.js';
import { runCli, startCli, withoutDisplay } from '../../testing/cli/cli.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { lampStates } from '../../testing/pictures/overlay-pixels.js';
import { recordSession, RECORDED_FRAMES } from '../../testing/sessions/recorded-session.js';
import { FEW_ACTIONS, smallBundle, wanderingSquare } from '../../testing/models/small-bundle.js';
import { until } from '../../testing/until.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const env = withoutDisplay();
const folder = folderForTests('overlay');
const model = join(folder, 'tiny');
/** Of a file that may not be there yet. */
const quiet = { throwIfNoEntry: false } as const;
/** Pictures of 160x90 are shown four times as large. */
const SHOWN = { width: 640, height: 360 };
let base: string;

before(async () => {
  base = await recordSession(folder);
  await smallBundle(model, { frames: wanderingSquare(300, 1) });
});

/** What `play --session` decided at each frame, which is another way to the same answers. */
async function decisionsOf(bundle: string): Promise<{ ready: boolean; held: number }[]> {
  const played = await runCli(
    ['play', '--session', base, '--model', bundle, '--runs', join(folder, 'replays'), '--json'],
    { env },
  );
  assert.equal(played.code, 0, played.stderr);
  const { runDir } = played.json() as { runDir: string };
  const lines = readFileSync(join(runDir, 'decisions.jsonl'), 'utf8').trimEnd().split('\n');
  const decisions: { ready: boolean; held: number }[] = [];
  for (const line of lines) {
    const { frame, ready, decision } = JSON.parse(line) as {
      frame: number | null;
      ready: boolean;
      decision: string[];
    };
    if (frame !== null) decisions[frame] = { ready, held: STUDY_ACTIONS.holding(...decision) };
  }
  return decisions;
}

test('at every frame the lamps show the labels, and what play decided one tick before', async () => {
  const out = join(folder, 'video.mp4');
  const result = await runCli(['overlay', base, '--model', model, '--out', out, '--json'], { env });
  assert.equal(result.code, 0, result.stderr);
  const report = result.json() as OverlayReport;
  assert.deepEqual([report.kind, report.frames, report.withoutPicture], ['session', RECORDED_FRAMES, 0]);
  assert.deepEqual([report.pictures, report.models.length], ['video', 1]);
  const session = await readSession(base);
  const labels = labelFrames(session);
  const fights = fightOfFrames(session);
  const decisions = await decisionsOf(model);
  const layout = new OverlayLayout(SHOWN, 1, STUDY_ACTIONS);
  const seen = new Set<string>();
  for await (const image of readVideo(out)) {
    const frame = image.index;
    const human = [...labels.row(frame)];
    assert.deepEqual(
      lampStates(image, layout, 0),
      human.map((held) => (held === 1 ? 'on' : 'off')),
      `human at frame ${frame}`,
    );
    const decided = frame > 0 && fights[frame - 1] === fights[frame] ? decisions[frame - 1] : null;
    const expected = STUDY_ACTIONS.names.map((_, action) => {
      if (decided?.ready !== true) return 'none';
      const held = (decided.held >> action) & 1;
      return `${held === 1 ? 'on' : 'off'}${held === human[action] ? '' : '-differs'}`;
    });
    assert.deepEqual(lampStates(image, layout, 1), expected, `model at frame ${frame}`);
    for (const state of expected) seen.add(state);
    if (frame < 10) assert.ok(!expected.some((state) => state !== 'none'), 'no prediction in the first T frames');
  }
  assert.deepEqual([...seen].sort(), ['none', 'off', 'off-differs', 'on', 'on-differs'], 'the test saw every state');
  assert.match(result.stderr, /times real time/);
});

test('a part shows the numbers, the labels and the answers that the whole shows there', async () => {
  const out = join(folder, 'part.mp4');
  // from within the second fight: its windows began earlier
  const span = ['--from', '7.05', '--seconds', '1.5'];
  const result = await runCli(['overlay', base, '--model', model, ...span, '--out', out, '--json'], { env });
  assert.equal(result.code, 0, result.stderr);
  const report = result.json() as OverlayReport;
  assert.deepEqual([report.firstFrame, report.frames, report.withoutPicture], [71, 15, 0]);
  const decisions = await decisionsOf(model);
  const labels = labelFrames(await readSession(base));
  const layout = new OverlayLayout(SHOWN, 1, STUDY_ACTIONS);
  for await (const image of readVideo(out)) {
    const frame = 71 + image.index;
    const human = [...labels.row(frame)];
    const decided = decisions[frame - 1];
    assert.equal(decided.ready, true);
    const expected = human.map((held, action) => {
      const answer = (decided.held >> action) & 1;
      return `${answer === 1 ? 'on' : 'off'}${answer === held ? '' : '-differs'}`;
    });
    assert.deepEqual(lampStates(image, layout, 1), expected, `model at frame ${frame}`);
  }
});

test('a model of other actions in another order shows its own, each under its name', async () => {
  const few = join(folder, 'few');
  await smallBundle(few, { actions: FEW_ACTIONS, frames: wanderingSquare(300, 2) });
  const out = join(folder, 'few.mp4');
  const result = await runCli(['overlay', base, '--model', few, '--model', model, '--out', out, '--json'], { env });
  assert.equal(result.code, 0, result.stderr);
  const decisions = await decisionsOf(few);
  const layout = new OverlayLayout(SHOWN, 2, STUDY_ACTIONS);
  for await (const image of readVideo(out)) {
    if (image.index !== 40) continue;
    const shown = lampStates(image, layout, 1);
    STUDY_ACTIONS.names.forEach((action, place) => {
      if (!FEW_ACTIONS.includes(action)) assert.equal(shown[place], 'none', action);
      else assert.equal(shown[place].startsWith('on'), ((decisions[39].held >> place) & 1) === 1, action);
    });
  }
});

test('a recorded run shows its keys and its decisions, and a kill leaves what was played so far', async () => {
  const runs = join(folder, 'runs');
  const running = startCli(
    ['play', '--arena', '--model', model, '--view', 'none', '--runs', runs, '--record-video', '--budget-ms', '5000'],
    { env },
  );
  const runOf = (): string => join(runs, readdirSync(runs)[0]);
  // a fragment is half a second of play, and the encoder has the lowest priority on this machine
  const hasFragments = (): boolean =>
    existsSync(runs) &&
    readdirSync(runs).length > 0 &&
    (statSync(join(runOf(), 'video.mp4'), quiet)?.size ?? 0) > 60_000;
  await until('fragments of the video', hasFragments, 60_000);
  running.child.kill('SIGKILL');
  await running.result;
  const result = await runCli(['overlay', runOf(), '--json'], { env });
  assert.equal(result.code, 0, result.stderr);
  const report = result.json() as OverlayReport;
  assert.deepEqual([report.kind, report.out], ['run', join(runOf(), 'overlay.mp4')]);
  const { script } = await readRunRecording(runOf());
  assert.ok(script.frames > 1 && script.frames === report.frames, `${script.frames} and ${report.frames} frames`);
  const layout = new OverlayLayout(SHOWN, 1, STUDY_ACTIONS);
  for await (const image of readVideo(report.out)) {
    for (const [column, track] of [script.pressed, ...script.models].entries()) {
      const against = column === 0 ? null : script.pressed;
      const expected = STUDY_ACTIONS.names.map((_, action) => cellState(track, against, image.index, action));
      assert.deepEqual(lampStates(image, layout, column), expected, `frame ${image.index}, column ${column}`);
    }
  }
});

test('ticks of a run are read as slots: late, missed and those of the next fight', async () => {
  const run = join(folder, 'by-hand');
  mkdirSync(run);
  copyFileSync(filesAt(base).video, join(run, 'video.mp4'));
  const facts = { version: 1, mode: 'arena', model: 'm', rateHz: 10, applyDelayTicks: 1, firstSlot: 1 };
  writeFileSync(join(run, 'video.json'), JSON.stringify(facts));
  const tick = (number: number, slot: number, outcome: string, held: string[], decision: string[] | null): string =>
    JSON.stringify({
      ...{ tick: number, slot, outcome, held, decision, ready: decision !== null },
      probabilities: decision === null ? null : [0, 0, 0, 0, 0.9, 0, 0],
    });
  const lines = [
    tick(0, 0, 'acted', [], ['JUMP']),
    tick(1, 1, 'late', ['JUMP'], ['UP']),
    tick(3, 3, 'starved', [], null),
    tick(0, 4, 'acted', [], ['DASH']),
    '{"tick":1,"slo',
  ];
  writeFileSync(join(run, 'ticks.jsonl'), lines.join('\n'));
  const { script, brokenLines } = await readRunRecording(run);
  const [agent] = script.models;
  assert.equal(brokenLines, 1);
  assert.deepEqual(script.outcomes?.slice(0, 5), ['late', 'missed', 'starved', 'acted', 'missed']);
  assert.deepEqual([...script.fights.subarray(0, 5)], [0, 0, 0, 1, -1]);
  assert.deepEqual([...agent.answered.subarray(0, 5)], [1, 1, 0, 0, 0], 'what was decided is for the tick after');
  assert.deepEqual([agent.held[0], agent.held[1]], [STUDY_ACTIONS.holding('JUMP'), STUDY_ACTIONS.holding('UP')]);
  assert.deepEqual(
    [...script.pressed.held.subarray(0, 4)],
    [STUDY_ACTIONS.holding('JUMP'), STUDY_ACTIONS.holding('JUMP'), 0, 0],
  );
  assert.ok(Math.abs(agent.probabilities!.at(0, STUDY_ACTIONS.indexOf('JUMP')) - 0.9) < 1e-6);
  writeFileSync(join(run, 'ticks.jsonl'), '{"tick":0}\n');
  assertError(await runCli(['overlay', run], { env }), 3, 'run-invalid', /line 1/);
});

test('what is missing or wrong is named before anything is written', async () => {
  const overlay = (...args: string[]) => runCli(['overlay', ...args], { env });
  const noPictures = filesAt(join(folder, 'no-pictures'));
  copyFileSync(filesAt(base).events, noPictures.events);
  copyFileSync(filesAt(base).frames, noPictures.frames);
  assertError(await overlay(noPictures.base, '--model', model), 3, 'file-missing', /has no pictures/);
  const empty = filesAt(join(folder, 'empty'));
  writeFileSync(empty.frames, '');
  assertError(await overlay(empty.base, '--model', model), 3, 'session-invalid', /no frame/);
  assertError(await overlay(base), 2, 'bad-option', /needs a --model/);
  assertError(await overlay(base, '--model', join(folder, 'absent')), 3, 'bundle-missing', /absent/);
  assertError(await overlay(base, '--model', model, '--out', `${base}.mp4`), 2, 'bad-option', /never overwritten/);
  assertError(await overlay(base, '--model', model, '--from', '11'), 2, 'bad-option', /ends at 10\.9 s/);
  assertError(await overlay(base, '--model', model, '--seconds', '0'), 2, 'bad-option', /--seconds/);
  const five = Array.from({ length: 5 }, () => ['--model', model]).flat();
  assertError(await overlay(base, ...five), 2, 'bad-option', /room for 4/);
  const silent = join(folder, 'silent');
  mkdirSync(silent);
  writeFileSync(join(silent, 'ticks.jsonl'), '');
  assertError(await overlay(silent), 3, 'file-missing', /without --record-video/);
  assert.ok(!existsSync(`${noPictures.base}_overlay.mp4`) && !existsSync(`${empty.base}_overlay.mp4`));
});

test('without a video the gray frames are shown', async () => {
  const gray = filesAt(join(folder, 'gray-only'));
  for (const file of ['events', 'frames', 'gray'] as const) copyFileSync(filesAt(base)[file], gray[file]);
  const result = await runCli(['overlay', gray.base, '--model', model, '--json'], { env });
  assert.equal(result.code, 0, result.stderr);
  const { out, pictures, frames } = result.json() as OverlayReport;
  assert.deepEqual([out, pictures, frames], [`${gray.base}_overlay.mp4`, 'gray', RECORDED_FRAMES]);
  assert.ok(statSync(out).size > 10_000);
  rmSync(out);
});

test('SIGINT ends it with 130, leaves no file, and says so', async () => {
  const out = join(folder, 'stopped.mp4');
  const running = startCli(['overlay', base, '--model', model, '--out', out], { env });
  await running.untilSaid('steps');
  running.child.kill('SIGINT');
  const { code, stderr } = await running.result;
  assert.equal(code, 130);
  assert.match(stderr, /no video was written/);
  assert.ok(!existsSync(out) && !existsSync(`${out}.part`));
});
