/**
 * A person comes to the keyboard of a running agent: the real loop, gates and guard on a real display, and an
 * independent witness of every key event with the device that it came from.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { NONE_HELD } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { Random } from '../../src/core/random.js';
import { DEFAULT_KEYS, bindKeys, type KeyBindings } from '../../src/keyboard/key-map.js';
import { x11Layout } from '../../src/desktop/x11/keysyms.js';
import type { XConnection } from '../../src/desktop/x11/connection.js';
import { inputDevices, requireXInput2, xtestKeyboard } from '../../src/desktop/x11/xinput2.js';
import { keysDown, sendKey } from '../../src/desktop/x11/xtest.js';
import { KeyWitness } from '../../testing/display/key-witness.js';
import { startLiveAgent } from '../../testing/agent/live-agent.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { displayForTests, lacks } from '../../testing/display/x-display.js';
import { untilInOwnTime } from '../../testing/until.js';

const RATE_HZ = 60;
const TICK_MS = 1000 / RATE_HZ;
const F12 = 96;
const F8 = 74;
const F9 = 75;
const THREE = STUDY_ACTIONS.holding('UP', 'JUMP', 'SHOOT');

describe('a person at the keyboard of a running agent', { skip: lacks('Xvfb', 'xinput') }, () => {
  const display = displayForTests();
  let eyes: XConnection;
  let bindings: KeyBindings;
  let xtest: number;

  before(() => {
    ({ eyes } = display);
    requireXInput2(eyes);
    xtest = xtestKeyboard(eyes)!.id;
    bindings = bindKeys(DEFAULT_KEYS, x11Layout(eyes));
    assert.ok(inputDevices(eyes).some((device) => device.name === 'Xvfb keyboard'));
  });

  const keycode = (action: (typeof STUDY_ACTIONS.names)[number]) =>
    bindings[STUDY_ACTIONS.names.indexOf(action)].keycode;

  const untilHeld = (count: number, withinMs = 5000) =>
    untilInOwnTime(`${count} keys down`, () => keysDown(eyes).size === count, withinMs);

  test('200 presses in a burst: each reaches the server, none is cut short, and the agent is silent within a tick', async () => {
    const random = new Random(11);
    await using witness = await KeyWitness.on(display);
    using human = new SimulatedHuman(display.name);
    // other keys at nearly every tick
    await using agent = await startLiveAgent({
      display: display.name,
      rateHz: RATE_HZ,
      script: (call) =>
        [
          THREE,
          STUDY_ACTIONS.holding('RIGHT', 'SHOOT'),
          STUDY_ACTIONS.holding('LEFT', 'DASH', 'UP'),
          STUDY_ACTIONS.holding('JUMP'),
        ][call % 4],
      safety: { resumeAfterMs: 60_000 },
    });
    await untilInOwnTime('the agent presses', () => agent.run.edgesSent > 20, 5000);

    const sent: { keycode: number; down: boolean }[] = [];
    const hands = new Set<number>();
    const act = (key: number): void => {
      const down = !hands.has(key);
      if (down) hands.add(key);
      else hands.delete(key);
      sent.push({ keycode: key, down });
      if (down) human.press(key);
      else human.release(key);
    };
    let presses = 0;
    const firstAtMs = performance.now();
    let silentFrom = -1;
    while (presses < 200) {
      const key = bindings[random.integer(0, 6)].keycode;
      if (!hands.has(key)) presses += 1;
      act(key);
      if (silentFrom === -1 && performance.now() - firstAtMs > 2 * TICK_MS) silentFrom = sent.length;
      await delay(random.integer(0, 3));
    }
    for (const key of [...hands]) act(key);

    const log = await witness.log();
    const fromHand = log.filter((event) => event.device !== xtest);
    assert.deepEqual(
      fromHand.map(({ keycode: key, down }) => ({ keycode: key, down })),
      sent,
      "the human's own log is not complete",
    );
    const inHand = new Set<number>();
    let handEvents = 0;
    for (const event of log) {
      if (event.device !== xtest) {
        handEvents += 1;
        if (event.down) inHand.add(event.keycode);
        else inHand.delete(event.keycode);
        continue;
      }
      if (handEvents === 0) continue;
      assert.ok(event.down || !inHand.has(event.keycode), `the agent released ${event.keycode} in the human's hand`);
      assert.ok(
        !event.down || handEvents <= silentFrom,
        `the agent pressed ${event.keycode} after ${handEvents} events`,
      );
    }
    assert.equal(agent.keys.arming.state, 'taken-over');
    await untilHeld(0, 500);
    await agent.stop();
    assert.ok(agent.said.some((line) => /taken-over: a person pressed/.test(line)));
  });

  test('what the human does not hold goes up at once, the rest when the hand releases it; quiet hands back, and the window was kept filling', async () => {
    using human = new SimulatedHuman(display.name);
    await using agent = await startLiveAgent({ display: display.name, rateHz: 10, script: () => THREE });
    await untilHeld(3);
    const [resets, seen] = [agent.resets(), agent.seen()];
    human.press(keycode('JUMP'));
    await untilHeld(1, 200); // one tick, twice
    assert.deepEqual([...keysDown(eyes)], [keycode('JUMP')]);
    await untilInOwnTime('it is told', () => agent.keys.arming.state === 'taken-over', 1000);
    await delay(500); // longer than --resume-after: a key in the hand is not quiet
    assert.equal(agent.keys.arming.state, 'taken-over');
    assert.deepEqual([...keysDown(eyes)], [keycode('JUMP')]);
    human.release(keycode('JUMP'));
    assert.equal(keysDown(eyes).size, 0);
    await untilHeld(3);
    assert.equal(agent.keys.arming.status.by, 'human');
    assert.equal(agent.resets(), resets);
    assert.ok(agent.seen() - seen >= 8, `${agent.seen() - seen} pictures in more than 0.8 s`);
    const summary = await agent.stop();
    assert.equal(keysDown(eyes).size, 0);
    const takeover = summary.releases.find((release) => release.reason === 'takeover');
    assert.deepEqual([takeover?.by, takeover?.actions], ['guard', ['UP', 'SHOOT']]);
    assert.ok((summary.gatedBy['takeover'] ?? 0) > 0, JSON.stringify(summary.gatedBy));
  });

  test('the panic key releases though the agent hangs, whatever sends the key, and only arming ends it', async () => {
    await using agent = await startLiveAgent({
      display: display.name,
      rateHz: RATE_HZ,
      script: () => THREE,
      safety: { leaseMs: 30_000 },
    });
    await untilHeld(3);
    sendKey(eyes, F12, true); // a program: a remote desktop, a script
    sendKey(eyes, F12, false);
    const untilMs = performance.now() + 1000;
    while (keysDown(eyes).size > 0) assert.ok(performance.now() < untilMs, 'still down'); // the agent hangs in this loop
    await untilInOwnTime('it is told', () => agent.keys.arming.state === 'panicked', 1000);
    agent.keys.arming.resume('control');
    await delay(100);
    assert.equal(keysDown(eyes).size, 0);
    using human = new SimulatedHuman(display.name);
    human.press(F9);
    human.release(F9);
    await untilHeld(3);
    const { releases } = await agent.stop();
    assert.equal(releases[0].reason, 'panic');
    assert.equal(releases[0].by, 'guard');
    assert.ok(releases[0].afterMs < 500, `${releases[0].afterMs} ms`);
  });

  test('the pause key pauses and resumes, and another program does not count as a hand', async () => {
    using human = new SimulatedHuman(display.name);
    await using agent = await startLiveAgent({
      display: display.name,
      rateHz: RATE_HZ,
      script: () => STUDY_ACTIONS.holding('SHOOT'),
    });
    await untilHeld(1);
    sendKey(eyes, keycode('LEFT'), true);
    sendKey(eyes, keycode('LEFT'), false);
    human.press(F8);
    human.release(F8);
    await untilHeld(0, 1000);
    await untilInOwnTime('it is told', () => agent.keys.arming.state === 'paused', 1000);
    human.press(F8);
    human.release(F8);
    await untilHeld(1);
    const summary = await agent.stop();
    assert.deepEqual(
      summary.releases.map(({ reason }) => reason),
      ['paused', 'signal'],
    );
  });

  test('the pause key and the arm key count from a program too, as xdotool sends them', async () => {
    await using agent = await startLiveAgent({ display: display.name, rateHz: RATE_HZ, script: () => THREE });
    const tap = (key: number): void => {
      sendKey(eyes, key, true);
      sendKey(eyes, key, false);
    };
    await untilHeld(3);
    tap(F8);
    await untilInOwnTime('paused', () => agent.keys.arming.state === 'paused', 2000);
    await untilHeld(0, 1000);
    tap(F8);
    await untilInOwnTime('armed', () => agent.keys.arming.state === 'armed', 2000);
    tap(F12);
    await untilInOwnTime('panicked', () => agent.keys.arming.state === 'panicked', 2000);
    tap(F9);
    await untilInOwnTime('armed again', () => agent.keys.arming.state === 'armed', 2000);
    await untilHeld(3);
    await agent.stop();
  });

  test('--armed no presses nothing until the arm key', async () => {
    using human = new SimulatedHuman(display.name);
    await using agent = await startLiveAgent({
      display: display.name,
      rateHz: RATE_HZ,
      script: () => THREE,
      safety: { armed: false },
    });
    await untilInOwnTime('ten ticks', () => agent.run.telemetry.figures().gatedTicks > 10, 5000);
    assert.equal(agent.run.edgesSent, 0);
    human.press(F9);
    human.release(F9);
    await untilHeld(3);
    await agent.stop();
  });

  test('a guard that is killed is replaced: keys up, disarmed, and pressed again once it is armed', async () => {
    await using agent = await startLiveAgent({ display: display.name, rateHz: RATE_HZ, script: () => THREE });
    await untilHeld(3);
    await agent.sink.flush(); // its edges are counted
    const first = agent.sink.guardPid;
    process.kill(first, 'SIGKILL');
    await untilHeld(0, 500);
    await untilInOwnTime('another guard', () => !agent.sink.restarting && agent.sink.guardPid !== first, 20_000);
    assert.equal(agent.keys.arming.state, 'disarmed');
    await delay(100);
    assert.equal(keysDown(eyes).size, 0);
    agent.keys.arming.arm();
    await untilHeld(3);
    const { releases, edgesSent } = await agent.stop();
    assert.equal(keysDown(eyes).size, 0);
    assert.deepEqual(
      releases.map(({ reason, by }) => `${by} ${reason}`),
      ['recovery fault', 'agent signal'],
    );
    assert.equal(edgesSent, 12);
  });

  test('a guard that is killed again and again is given up, and the run ends with its error', async () => {
    await using agent = await startLiveAgent({ display: display.name, rateHz: RATE_HZ, script: () => THREE });
    for (let kill = 0; kill < 4; kill += 1) {
      await untilHeld(3);
      const { guardPid } = agent.sink;
      process.kill(guardPid, 'SIGKILL');
      await untilInOwnTime('it is noticed', () => agent.sink.guardPid !== guardPid || agent.sink.fault !== null, 5000);
      await untilInOwnTime('another guard', () => !agent.sink.restarting, 20_000);
      if (kill < 3) agent.keys.arming.arm();
    }
    assert.equal(agent.sink.fault?.code, 'guard-failed');
    await assert.rejects(agent.playing, { code: 'guard-failed' });
    assert.equal(keysDown(eyes).size, 0);
    assert.equal(agent.sink.held, NONE_HELD);
  });
});
