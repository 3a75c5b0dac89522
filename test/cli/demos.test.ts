import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AgentLoop } from '../../src/agent/loop.js';
import { FightCanvas } from '../../src/arena/canvas.js';
import { Fight, type FightState } from '../../src/arena/fight.js';
import { ArenaStage } from '../../src/arena/live.js';
import { createPlayer } from '../../src/arena/players/index.js';
import type { Player } from '../../src/arena/players/player.js';
import { recordFights } from '../../src/runs/record/record-fights.js';
import { NONE_HELD, type HeldActions } from '../../src/core/action-set.js';
import { VirtualClock } from '../../src/core/clock.js';
import type { Policy } from '../../src/core/policy.js';
import type { Frame } from '../../src/core/frame.js';
import { Random } from '../../src/core/random.js';
import { checkSession } from '../../src/session/check.js';
import { readGrayFrames } from '../../src/session/gray-file.js';
import { fightOfFrames, labelFrames } from '../../src/session/labels.js';
import { readVideo } from '../../src/session/read-video.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { readSession, type Session } from '../../src/session/session.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { demosFolder, STEPS_PER_FRAME } from '../../testing/sessions/demonstrations.js';
import { runCli, startCli, withoutDisplay } from '../../testing/cli/cli.js';

const { folder, demos } = demosFolder('demos');

/** Copies of all gray frames of a session. */
async function grayFramesOf(session: Session): Promise<Uint8Array[]> {
  const grays: Uint8Array[] = [];
  for await (const gray of readGrayFrames(session.files.gray)) grays.push(gray.slice());
  return grays;
}

/** Draws states as the policy would see them, [72, 128]. */
async function openEyes(): Promise<(state: Readonly<FightState>) => Uint8Array> {
  const canvas = await FightCanvas.open();
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  return (state) => {
    preprocessor.process({ ...canvas.size, pixels: canvas.draw(state) });
    return preprocessor.gray;
  };
}

test('three fights: pictures and labels are those of the same fights played headless, at the same instants', async () => {
  const result = await demos('--name', 'three', '--fights', '3', '--seed', '5');
  assert.equal(result.code, 0, result.stderr);
  const summary = result.json() as Record<string, unknown>;
  assert.deepEqual([summary.fights, summary.wins, summary.outcome], [3, 3, 'done']);

  const session = await readSession(join(folder, 'three'));
  assert.deepEqual(session.notices, []);
  assert.deepEqual((await checkSession(session)).problems, []);
  assert.equal(session.frames.count, summary.frames);
  assert.equal(session.fights.length, 3);
  const labels = labelFrames(session);
  const inFight = fightOfFrames(session);
  const grays = await grayFramesOf(session);
  const see = await openEyes();
  for (let i = 0; i < 3; i += 1) {
    const fight = new Fight({ seed: 5 + i, level: 'normal' });
    const expert = createPlayer('expert', 5 + i);
    expert.reset(5 + i);
    let frame = inFight.indexOf(i);
    for (; fight.outcome === null; fight.step(expert.decide(fight.state))) {
      if (fight.state.step % STEPS_PER_FRAME !== 0) continue;
      assert.equal(inFight[frame], i, `frame ${frame}`);
      assert.ok(Buffer.compare(see(fight.state), grays[frame]) === 0, `the picture of frame ${frame}`);
      frame += 1;
    }
    assert.notEqual(inFight[frame], i, 'no frame of the fight is left, and none shows it over');
    const again = new Fight({ seed: 5 + i, level: 'normal' });
    expert.reset(5 + i);
    for (frame = inFight.indexOf(i); again.outcome === null;) {
      const held = expert.decide(again.state);
      if (again.state.step % STEPS_PER_FRAME === 0) assert.equal(labels.held(frame++), held, `frame ${frame - 1}`);
      again.step(held);
    }
  }
  let inVideo = 0;
  for await (const picture of readVideo(session.files.video)) inVideo = picture.index + 1;
  assert.equal(inVideo, session.frames.count);
});

/** Changes its keys only on the frames of a 10 Hz schedule, as an agent does. */
class TenHertzPlayer implements Player {
  #random = new Random(0);
  #held = NONE_HELD;

  decide({ step }: Readonly<FightState>): HeldActions {
    if (step > 0 && step % STEPS_PER_FRAME === 0) this.#held = this.#random.integer(0, 127);
    return this.#held;
  }

  reset(seed: number): void {
    this.#random = new Random(seed);
    this.#held = NONE_HELD;
  }
}

test('an agent that answers tick k with the label of frame k + 1 plays the recorded fight again, picture by picture', async () => {
  const files = filesAt(join(folder, 'ten-hertz'));
  const clock = new VirtualClock();
  await using writer = await SessionWriter.create({
    files,
    rateHz: 10,
    width: 640,
    height: 360,
    source: 'test',
    contract: STUDY_CONTRACT,
    clock,
    wallMs: () => 1_700_000_000_000 + clock.nowMs(),
    video: false,
  });
  const player = new TenHertzPlayer();
  const signal = new AbortController().signal;
  const [recorded] = await recordFights({
    ...{ writer, clock, rateHz: 10, player, fights: 1, seed: 9, level: 'normal', noise: 0, signal },
  });
  await writer.finish('done');
  const session = await readSession(files);
  const labels = labelFrames(session);
  const grays = await grayFramesOf(session);

  const live = new VirtualClock();
  await using stage = await ArenaStage.open({ clock: live, seed: 9, level: 'normal' });
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  let tick = 0;
  const policy: Policy = {
    decide: (frame: Frame) => {
      preprocessor.process(frame);
      assert.ok(Buffer.compare(preprocessor.gray, grays[tick]) === 0, `tick ${tick} sees frame ${tick}`);
      tick += 1;
      return Promise.resolve({
        held: labels.held(tick),
        probabilities: new Float32Array(labels.actions.count),
        ready: true,
        stageMs: { preprocess: 0, encode: 0, head: 0 },
      });
    },
    see: () => assert.fail('no gate closes'),
    dropHeld: () => undefined,
    reset: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const loop = new AgentLoop({
    ...{ clock: live, source: stage, policy, sink: stage, gates: [], observers: [], rateHz: 10, budgetMs: 50, signal },
    applyDelayTicks: 1,
    isOver: () => stage.outcome !== null,
    leaseMs: 250,
    maxLateInRow: 3,
    onRelease: () => undefined,
    onObserverTrouble: ({ message }) => assert.fail(message),
  });
  await loop.run();
  assert.ok(tick > 50, `${tick} ticks`);
  assert.deepEqual(stage.summary, recorded);
});

test('with noise the hand slips and the session says what was meant', async () => {
  assert.equal((await demos('--name', 'clean', '--no-video', '--fights', '1', '--seed', '3')).code, 0);
  const noisy = await demos('--name', 'noisy', '--no-video', '--fights', '1', '--seed', '3', '--noise', '0.4');
  assert.equal(noisy.code, 0, noisy.stderr);
  assert.equal((noisy.json() as { noise: number }).noise, 0.4);
  const [clean, other] = [await readSession(join(folder, 'clean')), await readSession(join(folder, 'noisy'))];
  const see = await openEyes();
  const first = new Fight({ seed: 3, level: 'normal' });
  assert.ok(Buffer.compare(see(first.state), (await grayFramesOf(other))[0]) === 0);
  // keys do nothing before the fight: until then the pictures and the intentions are the same
  const labels = [labelFrames(clean), labelFrames(other)];
  for (let frame = 0; frame < 13; frame += 1) assert.equal(labels[0].held(frame), labels[1].held(frame));
  const grays = [await grayFramesOf(clean), await grayFramesOf(other)];
  const differ = grays[0].findIndex((gray, i) => grays[1][i] === undefined || Buffer.compare(gray, grays[1][i]) !== 0);
  assert.ok(differ > 13, `the executed keys differ from frame ${differ} on`);
  assert.ok(!existsSync(join(folder, 'noisy.mp4')), '--no-video writes none');
  // DOWN is never meant by the expert, but a seventh of the slips are DOWN
  const down = other.events.filter(({ action }) => action === 'DOWN');
  assert.equal(down.length, 0, 'no slip is recorded as meant');
});

test('Ctrl-C leaves a session that loads, with the open fight closed', async () => {
  const run = startCli(['demos', '--out', folder, '--name', 'cut', '--fights', '500', '--no-video'], {
    env: withoutDisplay(),
  });
  await run.untilSaid('fights');
  run.child.kill('SIGINT');
  const result = await run.result;
  assert.equal(result.code, 130, result.stderr);
  assert.match(result.stdout, /stopped early/);
  const session = await readSession(join(folder, 'cut'));
  assert.deepEqual([session.finished, session.endReason], [true, 'interrupted']);
  assert.deepEqual((await checkSession(session)).problems, []);
});

test('stopped between two fights, the session holds the first alone and nothing is wrong with it', async () => {
  const files = filesAt(join(folder, 'between'));
  const clock = new VirtualClock();
  const { width, height } = STUDY_CONTRACT;
  await using writer = await SessionWriter.create({
    files,
    rateHz: 10,
    width,
    height,
    source: 'test',
    contract: STUDY_CONTRACT,
    clock,
    wallMs: () => 1_700_000_000_000 + clock.nowMs(),
    video: false,
  });
  const stopping = new AbortController();
  const played = await recordFights({
    writer,
    clock,
    rateHz: 10,
    player: createPlayer('idle', 1),
    thinnedTo: { width, height },
    fights: 3,
    seed: 1,
    level: 'normal',
    noise: 0,
    signal: stopping.signal,
    onFrame: (_done, fightsDone) => {
      if (fightsDone === 1) stopping.abort(); // the first frame after the first fight
    },
  });
  await writer.finish('interrupted');
  assert.equal(played.length, 1);
  const session = await readSession(files);
  assert.equal(session.fights.length, 1);
  assert.deepEqual((await checkSession(session)).problems, []);
});

test('wrong options of demos are refused with their codes', async () => {
  const refused = async (exitCode: number, code: string, says: RegExp, ...args: string[]): Promise<void> =>
    assertError(await runCli(['demos', '--out', folder, '--no-video', ...args]), exitCode, code, says);
  await refused(2, 'bad-option', /--player/, '--player', 'cheater');
  await refused(2, 'bad-option', /--noise/, '--noise', '1.5');
  await refused(2, 'bad-option', /--fights/, '--fights', '0');
  await refused(2, 'bad-option', /--name/, '--name', '../escape');
  mkdirSync(join(folder, 'taken'));
  writeFileSync(join(folder, 'taken', 'demos_events.jsonl'), 'mine\n');
  await refused(2, 'bad-option', /exists/, '--out', join(folder, 'taken'), '--fights', '1');
  assert.equal(readFileSync(join(folder, 'taken', 'demos_events.jsonl'), 'utf8'), 'mine\n');
  writeFileSync(join(folder, 'file'), '');
  await refused(4, 'write-failed', /file/, '--out', join(folder, 'file'), '--fights', '1');
});
