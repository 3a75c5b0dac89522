import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { DisagreementClip } from '../../src/runs/shadow/disagreement-clips.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { Random } from '../../src/core/random.js';
import { OverlayLayout } from '../../src/evaluation/overlay/layout.js';
import { labelFrames } from '../../src/session/labels.js';
import { readVideo } from '../../src/session/read-video.js';
import { readSession, type Session } from '../../src/session/session.js';
import { sendKey } from '../../src/desktop/x11/xtest.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli, withoutDisplay } from '../../testing/cli/cli.js';
import { KeyWitness } from '../../testing/display/key-witness.js';
import { lampStates } from '../../testing/pictures/overlay-pixels.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { KEY } from '../../testing/display/keycodes.js';

const folder = folderForTests('shadow');

/** Pictures of 320x180 are shown twice as large. */
const SHOWN = { width: 640, height: 360 };

/** Fields that depend on the verb, not on what was played. */
const OWN = ['session', 'outcome', 'seconds', 'ticks', 'missedTicks', 'lateTicks', 'rateHz', 'injectedEvents'];

test('a person is watched for 12 s: live scores are those of the recording to the last digit, and no key is sent', async (t) => {
  if (lacks('Xvfb')) return t.skip(String(lacks('Xvfb')));
  await using display = await openDisplay();
  using human = new SimulatedHuman(display.name);
  using game = await openTestWindow({ display: display.name, title: 'watched', width: 320, height: 180 });
  game.takeFocus();
  const model = join(folder, 'model');
  await smallBundle(model);
  await using witness = await KeyWitness.on(display);
  const program = display.eyes;
  for (const down of [true, false]) sendKey(program, KEY.menu, down);
  const [{ device: injector }] = await witness.log(); // where what the agent presses would come from
  const run = startCli(
    [
      ...['shadow', '--window', 'watched', '--model', model, '--seconds', '12', '--json'],
      ...['--out', folder, '--name', 'evening', '--runs', join(folder, 'runs'), '--watch-disagreements', '2'],
    ],
    { env: display.env },
  );
  await run.untilSaid('pressing nothing');
  const random = new Random(1);
  const playing = { on: true };
  const play = async (): Promise<void> => {
    for (let round = 0; playing.on; round += 1) {
      const key = [KEY.f, KEY.space, KEY.left][round % 3];
      game.paint(random.integer(0, 0xffffff));
      human.press(key);
      await delay(random.integer(60, 300));
      human.release(key);
      await delay(random.integer(20, 150));
    }
  };
  const played = play();
  const result = await run.result;
  playing.on = false;
  await played;
  assert.equal(result.code, 0, result.stderr);
  const live = result.json() as Record<string, unknown>;
  assert.equal(live['injectedEvents'], 0);
  assert.equal(live['syntheticEvents'], 0);
  const seen = (await witness.log()).slice(2);
  assert.ok(seen.length > 20, `the witness saw ${seen.length} key events`);
  assert.equal(seen.filter(({ device }) => device === injector).length, 0, 'none of them was injected');
  const session = await readSession(join(folder, 'evening'));
  assert.ok(session.frames.count >= 110, `${session.frames.count} frames`);
  const offline = await runCli(['evaluate', join(folder, 'evening'), '--model', model, '--timelines', '0', '--json'], {
    env: withoutDisplay(),
  });
  assert.equal(offline.code, 0, offline.stderr);
  const expected = offline.json() as Record<string, unknown>;
  for (const field of [
    'frames',
    'perAction',
    'composite',
    'onsetF1',
    'onsets',
    'kappa',
    'micro',
    'baselines',
    'models',
  ]) {
    assert.deepEqual(live[field], expected[field], field);
  }
  for (const field of OWN) assert.ok(field in live, field);
  const clips = live['disagreements'] as readonly DisagreementClip[];
  assert.ok(clips.length > 0 && clips.length <= 2, `${clips.length} clips`);
  assert.deepEqual(readdirSync(join(String(live['runDir']), 'disagreements')).length, clips.length);
  for (const clip of clips) await assertShowsDisagreement(clip, session);
});

/** The person's lamps are the labels of the clip's frames, and around its place model and person differ in its actions. */
async function assertShowsDisagreement(clip: DisagreementClip, session: Session): Promise<void> {
  const labels = labelFrames(session);
  const layout = new OverlayLayout(SHOWN, 1, STUDY_ACTIONS);
  const { times } = session.frames;
  const first = times.findIndex((time) => time - times[0] >= clip.fromSeconds - 0.001);
  const peak = times.findIndex((time) => time - times[0] >= clip.atSeconds - 0.001);
  const differing = new Set<string>();
  let frames = 0;
  for await (const image of readVideo(clip.file)) {
    const frame = first + image.index;
    const human = [...labels.row(frame)];
    assert.deepEqual(
      lampStates(image, layout, 0),
      human.map((held) => (held === 1 ? 'on' : 'off')),
      `frame ${frame}`,
    );
    const model = lampStates(image, layout, 1);
    if (Math.abs(frame - peak) > 5) frames += 1;
    else STUDY_ACTIONS.names.forEach((action, place) => model[place].endsWith('differs') && differing.add(action));
  }
  assert.ok(frames > 0 && Math.abs(clip.seconds - 5) <= 2.5, `${clip.seconds} s`);
  assert.deepEqual([...differing].sort(), [...clip.actions].sort());
}

test('a display where only programs type is refused: what is there, what is missing, what to do', async (t) => {
  if (lacks('Xvfb', 'xinput')) return t.skip(String(lacks('Xvfb', 'xinput')));
  await using display = await openDisplay();
  using game = await openTestWindow({ display: display.name, title: 'lonely', width: 320, height: 180 });
  const floated = spawnSync('xinput', ['float', 'Xvfb keyboard'], { env: display.env, encoding: 'utf8' });
  assert.equal(floated.status, 0, floated.stderr);
  const shadow = ['shadow', '--window', 'lonely', '--out', folder, '--name', 'lonely', '--runs', join(folder, 'runs')];
  const result = await runCli(shadow, { env: display.env });
  assertError(result, 4, 'no-human-device', /not XTEST's, and there is 'Virtual core XTEST keyboard'.*'Xvfb keyboard'/);
  assert.match(result.stderr, /xinput enable/);
  assert.ok(!existsSync(join(folder, 'lonely_events.jsonl')), 'nothing was begun');
  game.destroy();
});

test('what is missing is said: no window, two places at once', async () => {
  assertError(await runCli(['shadow'], { env: withoutDisplay() }), 2, 'bad-option', /No window was named/);
  const both = ['shadow', '--arena', '--browser', '--window', 'x'];
  assertError(await runCli(both, { env: withoutDisplay() }), 2, 'bad-option', /expected one of them/);
});
