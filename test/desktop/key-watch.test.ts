import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sendKey } from '../../src/desktop/x11/xtest.js';
import { ForwardTimes, onOurClock } from '../../src/desktop/event-times.js';
import type { KeyObservation } from '../../src/desktop/key-watch.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';

const JUMP = 65;
const SHOOT = 41;

test(
  "a person's keys are distinguished from a program's, with names, order and times",
  { skip: lacks('Xvfb') },
  async () => {
    await using display = await openDisplay();
    using human = new SimulatedHuman(display.name);
    const program = display.eyes;
    const seen: KeyObservation[] = [];
    using watch = await new X11Desktop(display.name).watchKeys({ onKey: (key) => seen.push(key) });
    const beforeMs = performance.now();
    human.press(JUMP);
    sendKey(program, SHOOT, true);
    human.keysDown();
    await delay(900); // long enough for the server to repeat both
    sendKey(program, SHOOT, false);
    human.keysDown();
    human.release(JUMP);
    watch.poll();
    assert.deepEqual(
      seen.map(
        ({ keysym, down, synthetic }) => `${synthetic ? 'program' : 'person'} ${keysym} ${down ? 'down' : 'up'}`,
      ),
      ['person space down', 'program f down', 'program f up', 'person space up'],
    );
    assert.deepEqual(new Set(seen.map((key) => key.device)), new Set(['Xvfb keyboard', 'Virtual core XTEST keyboard']));
    const heldMs = seen[3].atMs - seen[0].atMs;
    assert.ok(heldMs >= 895 && heldMs < 1800, `held for ${heldMs} ms`);
    assert.ok(seen[0].atMs >= beforeMs - 10, 'seen before it happened'); // servers stamp in coarse ms
    assert.ok(Math.abs(seen[0].atUnixMs - (performance.timeOrigin + seen[0].atMs)) < 1000);
  },
);

test('events arrive without polling', { skip: lacks('Xvfb') }, async () => {
  await using display = await openDisplay();
  using human = new SimulatedHuman(display.name);
  const events = new EventEmitter();
  const first = once(events, 'key') as Promise<[KeyObservation]>;
  using watch = await new X11Desktop(display.name).watchKeys({
    onKey: (key) => {
      watch[Symbol.dispose]();
      events.emit('key', key);
    },
  });
  const alive = setInterval(() => undefined, 1000);
  setTimeout(() => clearInterval(alive), 5000).unref();
  human.press(JUMP);
  human.release(JUMP);
  const [{ keysym }] = await first;
  assert.equal(keysym, 'space');
});

test(
  'a server that goes away is reported once and ends the watch, not the process',
  { skip: lacks('Xvfb') },
  async () => {
    const display = await openDisplay();
    const events = new EventEmitter();
    const lost = once(events, 'lost') as Promise<[Error & { readonly code: string }]>;
    await new X11Desktop(display.name).watchKeys({
      onKey: () => undefined,
      onLost: (error) => events.emit('lost', error),
    });
    const alive = setInterval(() => undefined, 1000);
    await display[Symbol.asyncDispose]();
    const [{ code }] = await lost;
    assert.equal(code, 'x11-failed');
    clearInterval(alive);
  },
);

test('server times become ours: across the wrap of 32 bits, and not at all from another machine', () => {
  assert.equal(onOurClock(99_990, 5000, 100_000), 4990);
  assert.equal(onOurClock(2 ** 32 - 4, 5000, 2 ** 32 + 6), 4990);
  assert.equal(onOurClock(100_001, 5000, 100_000), 5000); // never in the future
  assert.equal(onOurClock(7_000_000, 5000, 100_000), 5000);
});

test('a press and a release in one millisecond of the server keep their order though two clocks are read apart', () => {
  const times = new ForwardTimes();
  const press = times.of(99_990, 5000.002, 100_000.001); // the second clock was read a moment later than the first
  const release = times.of(99_990, 5000.003, 100_000.004);
  assert.ok(release >= press, `${release} is not before ${press}`);
});
