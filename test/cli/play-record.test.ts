/** `play --record`: a person takes over a real run on a real display, and an independent witness saw every key. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { LabelMatrix } from '../../src/core/label-matrix.js';
import { checkSession } from '../../src/session/check.js';
import { readDataset } from '../../src/session/dataset.js';
import { labelFrames } from '../../src/session/labels.js';
import { repairSession } from '../../src/session/repair.js';
import { readSession, type Session } from '../../src/session/session.js';
import { playedByFrames } from '../../src/session/takeovers.js';
import { makeWindows } from '../../src/session/samples.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli, withoutDisplay, type RunningCli } from '../../testing/cli/cli.js';
import { KeyWitness, type WitnessedKey } from '../../testing/display/key-witness.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { until } from '../../testing/until.js';
import { lacks, openDisplay, type TestDisplay } from '../../testing/display/x-display.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { KEY } from '../../testing/display/keycodes.js';

const folder = folderForTests('played');

const NAMES: Readonly<Record<number, string>> = { 111: 'Key.up', 113: 'Key.left', 65: 'Key.space' };

/** An agent that holds UP whatever it sees. */
const HOLDS_UP = 'UP=0.001/0.0005,DOWN=1,LEFT=1,RIGHT=1,JUMP=1,SHOOT=1,DASH=1';

describe('play --record', { skip: lacks('Xvfb', 'xinput') }, () => {
  async function startPlay(display: TestDisplay, name: string, ...more: string[]): Promise<RunningCli> {
    const model = join(folder, `model-${name}`);
    await smallBundle(model);
    const run = startCli(
      [
        ...['play', '--window', 'played', '--model', model, '--threshold', HOLDS_UP, '--view', 'none', '--json'],
        ...['--frozen-after-ms', '3600000', '--resume-after', '0.6', '--runs', join(folder, 'runs')],
        ...['--record', join(folder, name), ...more],
      ],
      { env: display.env },
    );
    await run.untilSaid('with whose hand');
    return run;
  }

  test('a takeover is in the session as an independent witness saw it, and its frames are what is learned from', async () => {
    await using display = await openDisplay();
    using human = new SimulatedHuman(display.name);
    using game = await openTestWindow({ display: display.name, title: 'played', width: 320, height: 180 });
    game.takeFocus();
    await using witness = await KeyWitness.on(display);
    const run = await startPlay(display, 'corrected');
    const agentHolds = (): boolean => human.keysDown().has(KEY.up);
    await until('the agent holds UP', agentHolds, 10_000);
    await delay(1500); // play to be corrected: more than a window
    human.press(KEY.left);
    await until('the agent releases', () => !agentHolds());
    human.press(KEY.space);
    await delay(500);
    human.release(KEY.space);
    human.release(KEY.left);
    await until('the agent takes back', agentHolds, 10_000);
    await delay(1500); // more than a window again
    human.press(KEY.left);
    await until('the agent releases again', () => !agentHolds());
    human.release(KEY.left);
    await delay(300); // a person who waits, and then gives back
    human.press(KEY.f8);
    human.release(KEY.f8);
    await until('the agent has it back', agentHolds, 10_000);
    await delay(200);
    run.child.kill('SIGINT');
    const result = await run.result;
    assert.equal(result.code, 130, result.stderr);
    const { recorded } = result.json() as { recorded: Record<string, unknown> };
    assert.deepEqual([recorded['takeovers'], recorded['error']], [2, null]);
    const session = await readSession(join(folder, 'corrected'));
    assert.equal(recorded['frames'], session.frames.count);
    assertAsWitnessed(session, await witness.log());
    assert.deepEqual((await checkSession(session)).problems, []);
    assert.deepEqual(
      session.control.map(({ source, givenBack }) => (givenBack === true ? `given back to the ${source}` : source)),
      ['agent', 'human', 'agent', 'human', 'given back to the agent'],
    );
    await assertCorrections(session);
  });

  test('killed in the middle of a takeover it leaves whole lines, and every key of the person’s', async () => {
    await using display = await openDisplay();
    using human = new SimulatedHuman(display.name);
    using game = await openTestWindow({ display: display.name, title: 'played', width: 320, height: 180 });
    game.takeFocus();
    await using witness = await KeyWitness.on(display);
    const run = await startPlay(display, 'killed');
    await until('the agent holds UP', () => human.keysDown().has(KEY.up), 10_000);
    human.press(KEY.left);
    human.press(KEY.space);
    human.release(KEY.space);
    const path = join(folder, 'killed_events.jsonl');
    await until('control is the person’s', () => readFileSync(path, 'utf8').includes('"source":"human","t"'));
    await until('the last key is seen', () => readFileSync(path, 'utf8').includes('"keyup","key":"Key.space"'));
    const seen = (await witness.log()).slice();
    run.child.kill('SIGKILL');
    await run.result;
    await until('the agent’s key goes up', () => !human.keysDown().has(KEY.up));
    const name = join(folder, 'killed');
    await repairSession(name);
    const session = await readSession(name);
    assert.equal(session.endReason, 'repaired');
    const finals = session.events.slice(-1); // LEFT, down at the end
    assertAsWitnessed({ ...session, events: session.events.slice(0, -1) }, seen);
    assert.deepEqual([finals[0].key, finals[0].down, finals[0].source], ['Key.left', false, 'human']);
    assert.ok(playedByFrames(session)!.includes(1));
  });

  test('wrong names are refused, and nothing is pressed', async () => {
    const none = await runCli(['play', '--arena', '--record', 'x'], { env: withoutDisplay() });
    assertError(none, 2, 'bad-option', /--record has no use for the arena in this process/);
  });
});

/** Key by key, hand by hand, in the server's order. */
function assertAsWitnessed({ events }: Pick<Session, 'events'>, log: readonly WitnessedKey[]): void {
  const injector = log.find(({ keycode }) => keycode === KEY.up)!.device; // nothing else presses UP
  assert.deepEqual(
    events.map(({ key, down, source }) => `${source} ${key} ${down ? 'down' : 'up'}`),
    log.flatMap(({ keycode, down, device }) => {
      if (keycode === KEY.f8) return []; // a hot key of the agent's
      const hand = device === injector ? 'agent' : 'human';
      return `${hand} ${NAMES[keycode]} ${down ? 'down' : 'up'}`;
    }),
  );
}

async function assertCorrections(session: Session): Promise<void> {
  const played = [...playedByFrames(session)!];
  const runs = played.filter((code, frame) => frame === 0 || code !== played[frame - 1]);
  assert.deepEqual(runs, [1, 2, 0, 1, 2, 1], 'the agent, the person, the quiet, the agent; and no quiet after F8');
  const human = labelFrames(session, 'at-frame', 0, 'human');
  const agent = labelFrames(session, 'at-frame', 0, 'agent');
  const holds = (labels: LabelMatrix, frame: number): string => labels.actions.heldNames(labels.held(frame)).join('+');
  const corrected = played.flatMap((code, frame) => (code === 2 ? [frame] : []));
  assert.ok(corrected.length >= 7, `${corrected.length} frames`);
  const first = corrected.filter((frame) => frame < played.indexOf(0));
  for (const frame of first.slice(1, -1)) {
    assert.deepEqual([holds(human, frame), holds(agent, frame)], ['LEFT+JUMP', ''], `frame ${frame}`);
  }
  const dataset = await readDataset([session.files.base]);
  const { target } = makeWindows(dataset.fights, dataset.labels);
  assert.deepEqual(
    [...target].map((place) => dataset.frameOf[place]),
    corrected,
  );
}
