/** Mouse buttons through the real guard on a real X server, seen by the window that a game would have. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { actionSetOf } from '../../src/core/study-actions.js';
import { NativeDesktop } from '../../src/desktop/native/desktop.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { guardOnDisplay } from '../../src/desktop/x11/lock.js';
import { isUnderPointer } from '../../src/desktop/x11/pointer.js';
import { keysAndButtonsDown } from '../../src/desktop/x11/xtest.js';
import type { GuardEvent } from '../../src/keyboard/guard-events.js';
import { GuardedKeySink } from '../../src/keyboard/guarded-key-sink.js';
import { readKeyLimits } from '../../src/keyboard/key-limits.js';
import { bindKeys, parseKeys, type KeysymOfAction } from '../../src/keyboard/key-map.js';
import { openKeySink, type KeySinkOptions } from '../../src/keyboard/open-key-sink.js';
import { releaseEveryKey } from '../../src/keyboard/release-keys.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { openTestWindow, type TestWindow } from '../../testing/display/test-window.js';
import { displayForTests, end, lacks } from '../../testing/display/x-display.js';
import { until } from '../../testing/until.js';

const AGENT = fileURLToPath(new URL('../../testing/agent/agent-with-held-keys.js', import.meta.url));
const ACTIONS = actionSetOf(['FIRE', 'ZOOM', 'AIM', 'JUMP']);
const KEYS: KeysymOfAction = {
  actions: ACTIONS,
  keysyms: { FIRE: 'mouse:left', ZOOM: 'mouse:middle', AIM: 'mouse:right', JUMP: 'space' },
};
/** Their numbers among keycodes. */
const LEFT = 257;
const RIGHT = 259;
const SPACE = 65;
const FIRE = ACTIONS.holding('FIRE');
const AIM = ACTIONS.holding('AIM');

describe('mouse buttons as keys', { skip: lacks('Xvfb') }, () => {
  const display = displayForTests();
  const down = (): number[] => [...keysAndButtonsDown(display.eyes)].sort((a, b) => a - b);

  /** A game window that has the pointer. */
  async function openGame(): Promise<TestWindow> {
    const game = await openTestWindow({
      display: display.name,
      title: 'clicked',
      width: 200,
      height: 100,
      x: 50,
      y: 50,
    });
    game.listenForButtons();
    game.pointAt(100, 50);
    return game;
  }

  async function openSink(game: TestWindow, options: Partial<KeySinkOptions> = {}): Promise<GuardedKeySink> {
    const desktop = new X11Desktop(display.name);
    const { sink } = await openKeySink({
      ...{ sink: 'xtest', keys: KEYS, leaseMs: 5000, desktop, gameWindow: game.id },
      ...options,
    });
    assert.ok(sink instanceof GuardedKeySink);
    return sink;
  }

  test('the window under the pointer gets the press and the release of each button, as many as are counted', async () => {
    using game = await openGame();
    await using sink = await openSink(game);
    for (const held of [FIRE, ACTIONS.holding('FIRE', 'AIM'), AIM, ACTIONS.holding('ZOOM'), 0]) {
      sink.apply(held);
      await sink.flush();
    }
    assert.deepEqual(game.buttonEvents(), ['+1', '+3', '-1', '-3', '+2', '-2']);
    assert.equal(sink.edgesSent, 6);
  });

  test('no button is pressed outside the game or on what covers it; keys are, and the refusal is said once', async () => {
    const events: GuardEvent[] = [];
    using game = await openGame();
    using other = await openTestWindow({ display: display.name, title: 'other', width: 99, height: 99, x: 600 });
    other.listenForButtons();
    await using sink = await openSink(game, { onGuardEvent: (event) => events.push(event) });
    const refusals = () => events.flatMap((event) => (event.kind === 'refused' ? [[event.reason, event.keys]] : []));
    const wanted = ACTIONS.holding('FIRE', 'JUMP');
    other.pointAt(50, 50);
    for (let i = 0; i < 3; i += 1) sink.apply(wanted);
    await sink.flush();
    assert.deepEqual(down(), [SPACE], 'the key needs the focus alone');
    assert.deepEqual(refusals(), [['pointer-outside', ['mouse:left']]]);
    assert.equal(sink.held, ACTIONS.holding('JUMP'));

    game.pointAt(10, 10);
    const cover = await game.coverWith(0xffffff);
    sink.apply(wanted);
    await sink.flush();
    assert.deepEqual(down(), [SPACE]);
    cover[Symbol.dispose]();
    await until('uncovered', () => isUnderPointer(display.eyes, game.id));
    sink.apply(wanted);
    await sink.flush();
    assert.deepEqual(down(), [SPACE, LEFT]);
    assert.deepEqual([game.buttonEvents(), other.buttonEvents()], [['+1'], []]);
  });

  test('a button that is held while the pointer leaves is released to the game: a release is never refused', async () => {
    using game = await openGame();
    using other = await openTestWindow({ display: display.name, title: 'other', width: 99, height: 99, x: 600 });
    other.listenForButtons();
    await using sink = await openSink(game);
    sink.apply(FIRE);
    await sink.flush();
    other.pointAt(50, 50);
    sink.apply(FIRE); // still wanted: it stays
    await sink.flush();
    assert.deepEqual(down(), [LEFT]);
    sink.releaseAll('gated');
    await sink.flush();
    assert.deepEqual(down(), []);
    assert.deepEqual([game.buttonEvents(), other.buttonEvents()], [['+1', '-1'], []]);
  });

  test('without a game window no button is ever pressed', async () => {
    using game = await openGame();
    await using sink = await openSink(game, { gameWindow: null });
    sink.apply(FIRE);
    await sink.flush();
    assert.deepEqual([down(), sink.edgesSent], [[], 0]);
  });

  test('a limit on presses holds for a button', async () => {
    using game = await openGame();
    const limits = readKeyLimits({ maxPressesPerSecond: 'FIRE=2' }, ACTIONS);
    await using sink = await openSink(game, { limits });
    for (let i = 0; i < 10; i += 1) sink.apply(i % 2 === 0 ? FIRE : 0);
    await sink.flush();
    assert.deepEqual(game.buttonEvents(), ['+1', '-1', '+1', '-1']);
  });

  test("a person's click on a mapped button takes over; the agent's own button goes up when the hand does", async () => {
    const events: GuardEvent[] = [];
    using game = await openGame();
    using human = new SimulatedHuman(display.name);
    await using sink = await openSink(game, {
      hotKeys: { panic: 'F12', pause: 'F8', arm: 'F9' },
      onGuardEvent: (event) => events.push(event),
    });
    sink.apply(ACTIONS.holding('FIRE', 'AIM'));
    await sink.flush();
    human.press(LEFT);
    await until('it yields', () => events.some(({ kind }) => kind === 'stopped'));
    assert.deepEqual(
      events.find((event) => event.kind === 'stopped'),
      {
        kind: 'stopped',
        why: 'takeover',
        key: 'mouse:left',
      },
    );
    await until('the other button is up', () => !down().includes(RIGHT));
    assert.deepEqual(down(), [LEFT], 'in the hand');
    human.release(LEFT);
    await until('all up', () => down().length === 0);
    await until('hands are empty', () => events.some((event) => event.kind === 'hands' && event.hands === 0));
  });

  for (const victim of ['agent', 'guard', 'both'] as const) {
    test(`SIGKILL of ${victim} leaves no button down, or one that release finds`, async () => {
      using game = await openGame();
      const map = 'UP=mouse:left,JUMP=mouse:right,SHOOT=space';
      const agent = spawn(process.execPath, [AGENT, 'hold', '250', '60', '3', map, String(game.id)], {
        env: display.env,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        const [line] = (await once(createInterface({ input: agent.stdout }), 'line')) as [string];
        const { guardPid } = JSON.parse(line) as { guardPid: number };
        await until('all down', () => down().length === 3);
        if (victim === 'both') process.kill(guardPid, 'SIGSTOP'); // or it would release before its own end
        if (victim !== 'guard') await end(agent);
        if (victim !== 'agent') process.kill(guardPid, 'SIGKILL');
        if (victim === 'both') {
          assert.deepEqual(down(), [SPACE, LEFT, RIGHT]);
          await until('no guard on the display', () => guardOnDisplay(display.eyes) === null);
          const keys = parseKeys('UP=w,JUMP=z,SHOOT=x');
          const { released } = releaseEveryKey(new X11Desktop(display.name), keys);
          assert.deepEqual([...released].sort(), ['mouse:left', 'mouse:right', 'space']);
        } else {
          await until('all up', () => down().length === 0, 1000);
        }
        assert.deepEqual(down(), []);
        assert.deepEqual(game.buttonEvents().sort(), ['+1', '+3', '-1', '-3']);
      } finally {
        await end(agent);
      }
    });
  }

  test('a name that no button has is refused with those there are', () => {
    using layout = new X11Desktop(display.name).openLayout();
    assert.throws(() => bindKeys({ ...KEYS, keysyms: { ...KEYS.keysyms, FIRE: 'mouse:lft' } }, layout), {
      code: 'unknown-key',
      message: /'mouse:lft', the key for FIRE, .* mouse:left, mouse:middle, mouse:right/,
      next: /Did you mean mouse:left/,
    });
  });

  test('where buttons or places cannot be pressed the key is refused by name', async () => {
    using native = new NativeDesktop('Windows').openLayout();
    const unreachable = (name: string, message: RegExp) =>
      assert.throws(() => bindKeys({ ...KEYS, keysyms: { ...KEYS.keysyms, FIRE: name } }, native), {
        code: 'key-unreachable',
        message,
      });
    unreachable('mouse:left', /'mouse:left', the key for FIRE, cannot be pressed here: mouse buttons/);
    unreachable('code:KeyX', /'code:KeyX', the key for FIRE, cannot be pressed here: keys by their place/);
    using game = await openGame();
    await assert.rejects(openSink(game, { sink: 'nut-js' }), { message: /nut-js cannot press 'mouse:left': mouse/ });
  });
});
