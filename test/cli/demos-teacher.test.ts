import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { FightCanvas } from '../../src/arena/canvas.js';
import { Fight } from '../../src/arena/fight.js';
import { ExpertPlayer } from '../../src/arena/players/expert.js';
import { recordFights } from '../../src/runs/record/record-fights.js';
import { actionBit } from '../../src/arena/actions.js';
import { NONE_HELD } from '../../src/core/action-set.js';
import { VirtualClock } from '../../src/core/clock.js';
import { readGrayFrames } from '../../src/session/gray-file.js';
import { fightOfFrames, labelFrames } from '../../src/session/labels.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { readSession } from '../../src/session/session.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { demosFolder, STEPS_PER_FRAME } from '../../testing/sessions/demonstrations.js';
import { smallBundle } from '../../testing/models/small-bundle.js';

const { folder, demos } = demosFolder('teacher');

test('without a video the same gray frames are recorded, and a patient expert is the one that plays', async () => {
  const result = await demos(
    '--name',
    'patient',
    '--fights',
    '1',
    '--seed',
    '3',
    '--level',
    'hard',
    '--patient',
    '--no-video',
  );
  assert.equal(result.code, 0, result.stderr);
  const session = await readSession(join(folder, 'patient'));
  const labels = labelFrames(session);
  const canvas = await FightCanvas.open();
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  const fight = new Fight({ seed: 3, level: 'hard' });
  const expert = new ExpertPlayer({ patient: true });
  expert.reset(3);
  let frame = 0;
  for await (const gray of readGrayFrames(session.files.gray)) {
    if (fight.outcome !== null) break;
    preprocessor.process({ ...canvas.size, pixels: canvas.draw(fight.state) });
    assert.ok(Buffer.compare(gray, preprocessor.gray) === 0, `the picture of frame ${frame}`);
    for (let step = 0; step < STEPS_PER_FRAME && fight.outcome === null; step += 1) {
      const held = expert.decide(fight.state);
      if (step === 0) assert.equal(labels.held(frame), held, `frame ${frame}`);
      fight.step(held);
    }
    frame += 1;
  }
  assert.ok(frame > 100);
});

test('labels with a lead are what is held later by that lead', async () => {
  const session = await readSession(join(folder, 'patient'));
  const [sooner, later] = [labelFrames(session, 'at-frame', 5), labelFrames(session, 'at-frame', 105)];
  const frames = session.frames.count;
  assert.deepEqual(later.slice(0, frames - 1).bytes, sooner.slice(1, frames).bytes);
  assert.notDeepEqual(later, sooner);
});

test("where another hand plays, its keys move the fight and the expert's are recorded", async () => {
  const files = filesAt(join(folder, 'hand'));
  const clock = new VirtualClock();
  await using writer = await SessionWriter.create({
    ...{ files, rateHz: 10, width: 128, height: 72, source: 'test', contract: STUDY_CONTRACT, clock, video: false },
    wallMs: () => 1_700_000_000_000 + clock.nowMs(),
  });
  const shoot = actionBit('SHOOT');
  let resets = 0;
  const [summary] = await recordFights({
    ...{ writer, clock, rateHz: 10, fights: 1, seed: 4, level: 'normal', noise: 0 },
    player: new ExpertPlayer(),
    hand: { delayFrames: 1, decide: () => Promise.resolve(shoot), reset: () => (resets += 1) },
    thinnedTo: { width: 128, height: 72 },
    signal: new AbortController().signal,
  });
  await writer.finish('done');
  assert.equal(resets, 1);

  const session = await readSession(files.base);
  const labels = labelFrames(session);
  const fight = new Fight({ seed: 4, level: 'normal' });
  const expert = new ExpertPlayer();
  expert.reset(4);
  let expertMeant = NONE_HELD;
  const inFight = fightOfFrames(session);
  let frame = 0;
  for (; fight.outcome === null;) {
    const meant = expert.decide(fight.state);
    expertMeant |= meant;
    if (fight.state.step % STEPS_PER_FRAME === 0) {
      assert.equal(inFight[frame], 0);
      assert.equal(labels.held(frame), meant, `frame ${frame}`);
      frame += 1;
    }
    // the first decision is made at the first picture and held from the second on
    fight.step(fight.state.step < STEPS_PER_FRAME ? NONE_HELD : shoot);
  }
  assert.deepEqual(summary, fight.summary, 'SHOOT alone is held, from the second picture on');
  assert.notEqual(expertMeant & actionBit('JUMP'), 0, 'the expert would have jumped');
});

test('an agent at the keys needs a bundle, and with one its fights are recorded', async () => {
  const without = await demos('--name', 'agent', '--player', 'agent', '--fights', '1', '--no-video');
  assertError(without, 2, 'bad-option', /no agent is named/);
  const bundle = await smallBundle(join(folder, 'bundle'));
  const played = await demos(
    '--name',
    'agent',
    '--player',
    'agent',
    '--model',
    bundle.folder,
    '--fights',
    '1',
    '--no-video',
  );
  assert.equal(played.code, 0, played.stderr);
  const { player, fights, frames } = played.json() as Record<string, unknown>;
  assert.deepEqual([player, fights], ['agent', 1]);
  assert.ok(Number(frames) > 40);
});
