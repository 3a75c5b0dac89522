/** The real guard on a real X server, watched by an independent program. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { NONE_HELD, isHeld } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { Random } from '../../src/core/random.js';
import type { XConnection } from '../../src/desktop/x11/connection.js';
import { keysDown, sendKey } from '../../src/desktop/x11/xtest.js';
import { unlimited } from '../../src/keyboard/guard/limits.js';
import type { GuardEvent } from '../../src/keyboard/guard-events.js';
import { GuardedKeySink } from '../../src/keyboard/guarded-key-sink.js';
import { leaseMsFor } from '../../src/keyboard/lease.js';
import { DEFAULT_KEYS, bindKeys, parseKeys, type KeyBindings } from '../../src/keyboard/key-map.js';
import { openKeySink } from '../../src/keyboard/open-key-sink.js';
import { releaseEveryKey } from '../../src/keyboard/release-keys.js';
import { x11Layout } from '../../src/desktop/x11/keysyms.js';
import { KeyWitness } from '../../testing/display/key-witness.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { until } from '../../testing/until.js';
import { displayForTests, lacks, openDisplay } from '../../testing/display/x-display.js';

const NO_LIMITS = unlimited(STUDY_ACTIONS.count);

describe('keys on a real X server', { skip: lacks('Xvfb', 'xinput', 'ps') }, () => {
  const display = displayForTests();
  let desktop: X11Desktop;
  let observer: XConnection;
  let bindings: KeyBindings;

  before(() => {
    desktop = new X11Desktop(display.name);
    observer = display.eyes;
    bindings = bindKeys(DEFAULT_KEYS, x11Layout(observer));
  });

  const throughXTest = () => ({ sink: 'xtest', bindings, limits: NO_LIMITS }) as const;
  const keycode = (action: (typeof STUDY_ACTIONS.names)[number]) =>
    bindings[STUDY_ACTIONS.names.indexOf(action)].keycode;

  /** With a lease that no busy machine outlasts, where the test is not about the lease. */
  async function open(
    options: { sink?: 'xtest' | 'nut-js'; leaseMs?: number; events?: GuardEvent[] } = {},
  ): Promise<GuardedKeySink> {
    return GuardedKeySink.start({
      sink: options.sink ?? 'xtest',
      bindings,
      leaseMs: options.leaseMs ?? 5000,
      desktop,
      limits: NO_LIMITS,
      onGuardEvent: (event) => options.events?.push(event),
    });
  }

  /** Waits until exactly these keys are down: the guard's answer may be here before the server has handled the press. */
  async function untilDown(...keycodes: readonly number[]): Promise<void> {
    const deadlineMs = performance.now() + 5000;
    const wanted = new Set(keycodes);
    for (;;) {
      const down = keysDown(observer);
      if (down.size === wanted.size && [...down].every((key) => wanted.has(key))) return;
      if (performance.now() > deadlineMs) assert.deepEqual(down, wanted);
      await delay(2);
    }
  }

  for (const kind of ['xtest', 'nut-js'] as const) {
    test(`${kind}: an independent witness sees exactly the edges, in order, and as many as were counted`, async () => {
      await using witness = await KeyWitness.on(display);
      const random = new Random(7);
      const expected: { keycode: number; down: boolean }[] = [];
      let held = NONE_HELD;
      const sink = await open({ sink: kind });
      for (let i = 0; i < 60; i += 1) {
        const next = random.integer(0, 127);
        for (const down of [false, true]) {
          for (const [index, binding] of bindings.entries()) {
            if (isHeld(held ^ next, index) && isHeld(next, index) === down) {
              expected.push({ keycode: binding.keycode, down });
            }
          }
        }
        sink.apply(next);
        held = next;
        assert.equal(sink.held, next);
      }
      for (const [index, binding] of bindings.entries()) {
        if (isHeld(held, index)) expected.push({ keycode: binding.keycode, down: false });
      }
      await sink[Symbol.asyncDispose]();
      const seen = await witness.log();
      assert.deepEqual(
        seen.map(({ keycode, down }) => ({ keycode, down })),
        expected,
      );
      assert.equal(sink.edgesSent, seen.length);
      assert.equal(keysDown(observer).size, 0);
    });
  }

  test('a key held for a second is one press and one release: auto-repeats are not counted', async () => {
    await using witness = await KeyWitness.on(display);
    const sink = await open();
    const untilMs = performance.now() + 1000; // the server repeats after 660 ms
    while (performance.now() < untilMs) {
      sink.apply(STUDY_ACTIONS.holding('JUMP'));
      await delay(50);
    }
    await sink[Symbol.asyncDispose]();
    assert.equal(sink.edgesSent, 2);
    assert.equal((await witness.log()).length, 2);
  });

  test('releaseAll is on its way when it returns: even a daemon that then blocks has released', async () => {
    const events: GuardEvent[] = [];
    await using sink = await open({ events });
    sink.apply(STUDY_ACTIONS.holding('UP', 'SHOOT'));
    await untilDown(keycode('UP'), keycode('SHOOT'));
    await sink.flush();
    sink.releaseAll('gated');
    sink.releaseAll('gated');
    const untilMs = performance.now() + 500;
    while (keysDown(observer).size > 0) assert.ok(performance.now() < untilMs, 'still down'); // this loop blocks us
    await sink.flush();
    assert.equal(sink.edgesSent, 4);
    assert.deepEqual(
      events.map((event) => event.kind === 'released' && [event.by, event.reason, event.keys]),
      [['daemon', 'gated', ['Up', 'f']]],
    );
  });

  test('a silent daemon loses its keys to the lease, is notified, and its next apply presses again', async () => {
    const events: GuardEvent[] = [];
    const told = new EventTarget();
    await using sink = await GuardedKeySink.start({
      ...throughXTest(),
      leaseMs: 250,
      desktop,
      onGuardEvent: (event) => {
        events.push(event);
        told.dispatchEvent(new Event('event'));
      },
    });
    sink.apply(STUDY_ACTIONS.holding('LEFT', 'DASH'));
    const alive = setInterval(() => undefined, 1000);
    await once(told, 'event');
    clearInterval(alive);
    assert.equal(keysDown(observer).size, 0);
    assert.equal(sink.held, NONE_HELD);
    const [event] = events;
    assert.ok(event.kind === 'released' && event.by === 'guard' && event.reason === 'lease');
    assert.ok(event.afterMs >= 250 && event.afterMs < 5000, `${event.afterMs} ms`);
    sink.renew();
    sink.apply(STUDY_ACTIONS.holding('LEFT'));
    await untilDown(keycode('LEFT'));
  });

  test('renewing keeps the keys down beyond the lease', async () => {
    const events: GuardEvent[] = [];
    await using sink = await open({ leaseMs: 250, events });
    sink.apply(STUDY_ACTIONS.holding('RIGHT'));
    const untilMs = performance.now() + 600;
    while (performance.now() < untilMs) {
      sink.renew();
      await delay(20);
    }
    assert.deepEqual(events, []);
    assert.deepEqual([...keysDown(observer)], [keycode('RIGHT')]);
  });

  test('a guard that is killed: keys are released, apply throws, and the count is still right', async () => {
    await using witness = await KeyWitness.on(display);
    const events: GuardEvent[] = [];
    const recovered = new EventTarget();
    const sink = await GuardedKeySink.start({
      ...throughXTest(),
      leaseMs: 5000,
      desktop,
      onGuardEvent: (event) => {
        events.push(event);
        if (event.kind === 'released') recovered.dispatchEvent(new Event('released'));
      },
    });
    sink.apply(STUDY_ACTIONS.holding('UP', 'JUMP', 'SHOOT'));
    await sink.flush();
    const released = once(recovered, 'released');
    const alive = setInterval(() => undefined, 1000);
    process.kill(sink.guardPid, 'SIGKILL');
    await released;
    clearInterval(alive);
    assert.equal(keysDown(observer).size, 0);
    assert.throws(() => sink.apply(STUDY_ACTIONS.holding('UP')), { code: 'guard-failed' });
    assert.throws(() => sink.renew(), { code: 'guard-failed' });
    sink.releaseAll('end');
    await sink[Symbol.asyncDispose]();
    assert.deepEqual(
      events.map((event) => (event.kind === 'released' ? `${event.by} ${event.keys.join(' ')}` : event.kind)),
      ['fault', 'recovery Up space f'],
    );
    assert.equal(sink.edgesSent, 6);
    assert.equal((await witness.log()).length, 6);
  });

  test('a guard that does not answer is replaced, and so is its successor', async () => {
    const told = new EventTarget();
    const sink = await GuardedKeySink.start({
      ...throughXTest(),
      leaseMs: 250,
      desktop,
      maxRestarts: 2,
      onGuardEvent: ({ kind }) => told.dispatchEvent(new Event(kind)),
    });
    const alive = setInterval(() => undefined, 1000);
    for (let stop = 0; stop < 2; stop += 1) {
      const stopped = sink.guardPid;
      sink.resume();
      sink.apply(STUDY_ACTIONS.holding('UP', 'SHOOT'));
      await untilDown(keycode('UP'), keycode('SHOOT'));
      const restarted = once(told, 'restarted');
      process.kill(stopped, 'SIGSTOP');
      const renewing = setInterval(() => sink.renew(), 50);
      await restarted;
      clearInterval(renewing);
      assert.equal(keysDown(observer).size, 0);
      assert.notEqual(sink.guardPid, stopped);
    }
    clearInterval(alive);
    await sink[Symbol.asyncDispose]();
    assert.equal(keysDown(observer).size, 0);
  });

  test('a guard that is killed leaves no key down though the listener of its events throws', async () => {
    const heard: string[] = [];
    const sink = await GuardedKeySink.start({
      ...throughXTest(),
      leaseMs: 5000,
      desktop,
      onGuardEvent: (event) => {
        heard.push(`${event.kind}, ${keysDown(observer).size} down`);
        throw new Error('the listener is broken');
      },
    });
    sink.apply(STUDY_ACTIONS.holding('SHOOT'));
    await untilDown(keycode('SHOOT'));
    const warned = once(process, 'warning') as Promise<[Error & { code?: string }]>;
    const alive = setInterval(() => undefined, 1000);
    process.kill(sink.guardPid, 'SIGKILL');
    const [warning] = await warned;
    clearInterval(alive);
    assert.equal(keysDown(observer).size, 0);
    assert.equal(warning.code, 'GUARD_LISTENER_THREW');
    assert.match(warning.message, /the listener is broken/);
    await sink[Symbol.asyncDispose]();
    assert.deepEqual(heard, ['fault, 0 down', 'released, 0 down']);
    assert.throws(() => sink.apply(STUDY_ACTIONS.holding('UP')), { code: 'guard-failed' });
  });

  test("the agent's press and release leave a key in the human's hand alone", async () => {
    using human = new SimulatedHuman(display.name);
    const sink = await open();
    human.press(keycode('JUMP'));
    sink.apply(STUDY_ACTIONS.holding('JUMP', 'UP'));
    sink.apply(STUDY_ACTIONS.holding('UP'));
    await sink.flush();
    await untilDown(keycode('JUMP'), keycode('UP'));
    sink.apply(STUDY_ACTIONS.holding('JUMP'));
    await sink.flush();
    human.release(keycode('JUMP'));
    sink.renew(); // now the agent's own press can count
    await untilDown(keycode('JUMP'));
    await sink.flush();
    await sink[Symbol.asyncDispose]();
    assert.equal(keysDown(observer).size, 0);
    assert.equal(sink.edgesSent, 4); // UP down and up, JUMP down and up
  });

  test('a server that goes away faults the sink and ends nothing else', async () => {
    const own = await openDisplay();
    const faulted = new EventTarget();
    const sink = await GuardedKeySink.start({
      ...throughXTest(),
      leaseMs: 250,
      desktop: new X11Desktop(own.name),
      onGuardEvent: () => faulted.dispatchEvent(new Event('fault')),
    });
    sink.apply(STUDY_ACTIONS.holding('UP'));
    await sink.flush();
    const fault = once(faulted, 'fault');
    const alive = setInterval(() => undefined, 1000);
    await own[Symbol.asyncDispose]();
    await fault; // the guard's next release, at the lease's end at the latest, finds no server
    clearInterval(alive);
    assert.throws(() => sink.apply(NONE_HELD), { code: 'guard-failed' });
    await sink[Symbol.asyncDispose]();
  });

  test('an abort during the start ends the guard and rejects with the AbortError', async () => {
    const guards = () =>
      spawnSync('ps', ['-o', 'stat=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
        .stdout.split('\n')
        .filter((line) => !line.startsWith('Z') && /guard/.test(line));
    const starts = [
      (signal: AbortSignal) =>
        GuardedKeySink.start({
          sink: 'xtest',
          bindings,
          limits: NO_LIMITS,
          leaseMs: 5000,
          desktop,
          signal,
        }),
      (signal: AbortSignal) => openKeySink({ sink: 'xtest', keys: DEFAULT_KEYS, leaseMs: 250, desktop, signal }),
    ];
    for (const start of starts) {
      await until('the guards of earlier tests are gone', () => guards().length === 0, 10_000);
      const controller = new AbortController();
      const started = start(controller.signal);
      assert.equal(guards().length, 1, 'no guard was started');
      controller.abort();
      await assert.rejects(started, { name: 'AbortError' });
      const deadlineMs = performance.now() + 5000;
      while (guards().length > 0) {
        assert.ok(performance.now() < deadlineMs, `still there: ${guards().join()}`);
        await delay(5);
      }
      await assert.rejects(start(controller.signal), { name: 'AbortError' });
      assert.equal(guards().length, 0, 'a guard was started for an aborted start');
    }
    await using sink = await open(); // and the display is free again
    assert.equal(sink.held, NONE_HELD);
  });

  test('an abort after the start does not affect the sink', async () => {
    const controller = new AbortController();
    const options = { ...throughXTest(), leaseMs: 5000, desktop } as const;
    await using sink = await GuardedKeySink.start({ ...options, signal: controller.signal });
    controller.abort();
    sink.apply(STUDY_ACTIONS.holding('LEFT'));
    await untilDown(keycode('LEFT'));
  });

  test('release releases mapped keys, and every key with all', () => {
    const other = 58; // m
    sendKey(observer, keycode('SHOOT'), true);
    sendKey(observer, other, true);
    assert.deepEqual(releaseEveryKey(desktop, DEFAULT_KEYS), { released: ['f'], stillDown: [] });
    assert.deepEqual([...keysDown(observer)], [other]);
    assert.deepEqual(releaseEveryKey(desktop, 'all'), { released: ['m'], stillDown: [] });
    assert.equal(keysDown(observer).size, 0);
    assert.deepEqual(releaseEveryKey(desktop, 'all'), { released: [], stillDown: [] });
  });

  test('the sink is chosen by the desktop, named, and opened with the layout of the display', async () => {
    const opened = await openKeySink({
      sink: 'auto',
      keys: parseKeys('JUMP=z,SHOOT=x'),
      leaseMs: 5000,
      desktop,
    });
    await using sink = opened.sink;
    assert.equal(opened.kind, 'xtest');
    assert.match(opened.why, /default on X11/);
    sink.apply(STUDY_ACTIONS.holding('JUMP'));
    await untilDown(bindKeys(parseKeys('JUMP=z'), x11Layout(observer))[4].keycode);
  });

  test('key names that the layout does not have are refused before a guard is started', async () => {
    const cases = { JUMP: 'nosuchkey', SHOOT: 'F', DASH: 'hebrew_aleph' };
    const codes = [];
    for (const [action, name] of Object.entries(cases)) {
      const keys = parseKeys(`${action}=${name}`);
      const failed = openKeySink({ sink: 'xtest', keys, leaseMs: 250, desktop });
      codes.push(
        await failed.then(
          () => 'opened',
          (error: { code: string }) => error.code,
        ),
      );
    }
    assert.deepEqual(codes, ['unknown-key', 'key-unreachable', 'key-unreachable']);
  });

  test('a lease under 250 ms, or under 2.5 periods, is refused', async () => {
    const start = (leaseMs: number) => GuardedKeySink.start({ ...throughXTest(), leaseMs, desktop });
    await assert.rejects(start(249), { code: 'bad-option' });
    await assert.rejects(start(Number.NaN), { code: 'bad-option' });
    assert.deepEqual([leaseMsFor(100), leaseMsFor(1000 / 60), leaseMsFor(200)], [250, 250, 500]);
    assert.equal(leaseMsFor(100, 400), 400);
    assert.throws(() => leaseMsFor(200, 300), { code: 'bad-option' });
  });

  test('without a display both sinks say so, and the process survives', async () => {
    for (const sink of ['xtest', 'nut-js'] as const) {
      await assert.rejects(
        GuardedKeySink.start({ sink, bindings, limits: NO_LIMITS, leaseMs: 250, desktop: new X11Desktop('') }),
        (error: Error) => {
          assert.equal((error as Error & { code: string }).code, 'guard-failed');
          assert.match(error.message, /display/i);
          return true;
        },
      );
    }
    await assert.rejects(
      openKeySink({ sink: 'nut-js', keys: DEFAULT_KEYS, leaseMs: 250, desktop: new X11Desktop(':399') }),
      {
        code: 'no-display',
      },
    );
  });
});
