import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { UnderstudyError } from '../../src/core/errors.js';
import type { Frame } from '../../src/core/frame.js';
import { readWindowInfo } from '../../src/desktop/x11/game-window.js';
import { X11FrameSource } from '../../src/desktop/x11/frames.js';
import {
  bgr,
  openTestWindow,
  patternPixel,
  type TestWindow,
  type TestWindowOptions,
} from '../../testing/display/test-window.js';
import { end, lacks, openDisplay } from '../../testing/display/x-display.js';
import { hasCode } from '../../testing/error-code.js';

const skip = lacks('Xvfb');
const skipManaged = lacks('Xvfb', 'openbox', 'xprop');
const signal = new AbortController().signal;

function open(window: TestWindow, options: { readonly sharedMemory?: boolean } = {}) {
  const info = readWindowInfo(window.connection, window.id)!;
  return new X11FrameSource({ window: info, display: window.connection.name, ...options });
}

async function grab(source: X11FrameSource): Promise<Frame> {
  const frame = await source.next(Infinity, signal);
  assert.ok(frame, 'a frame');
  return frame;
}

/** The first pixel whose colours are not the expected ones, or null. The fourth byte means nothing. */
function firstWrong(
  frame: Frame,
  expected: (x: number, y: number) => readonly [number, number, number],
): string | null {
  for (let y = 0, i = 0; y < frame.height; y += 1) {
    for (let x = 0; x < frame.width; x += 1, i += 4) {
      const [b, g, r] = expected(x, y);
      const { pixels } = frame;
      if (pixels[i] !== b || pixels[i + 1] !== g || pixels[i + 2] !== r) {
        return `(${x}, ${y}): ${pixels.subarray(i, i + 3).join()} instead of ${b},${g},${r}`;
      }
    }
  }
  return null;
}

for (const windowManager of [false, true]) {
  const where = windowManager ? 'with a window manager' : 'without a window manager';
  const skipHere = windowManager ? skipManaged : skip;
  const place: Omit<TestWindowOptions, 'display'> = { title: 'grabbed', width: 321, height: 203, x: 90, y: 80 };

  test(`every pixel is the window's own, covered or not, ${where}`, { skip: skipHere }, async () => {
    await using display = await openDisplay({ windowManager });
    using window = await openTestWindow({ display: display.name, ...place });
    window.paintPattern();
    await using source = open(window);
    const frame = await grab(source);
    assert.deepEqual([frame.width, frame.height, frame.pixels.length], [321, 203, 321 * 203 * 4]);
    assert.equal(firstWrong(frame, patternPixel), null);
    assert.equal(source.transport, 'shared memory');

    using cover = await window.coverWith(0xff00ff);
    assert.equal(firstWrong(await grab(source), patternPixel), null);
    window.paintPattern(9); // is still drawn while covered
    assert.equal(
      firstWrong(await grab(source), (x, y) => patternPixel(x, y, 9)),
      null,
    );
    cover.paint(0x00ff00);
    assert.equal(
      firstWrong(await grab(source), (x, y) => patternPixel(x, y, 9)),
      null,
    );
  });

  test(`a resize and a move are followed with the next frame, ${where}`, { skip: skipHere }, async () => {
    await using display = await openDisplay({ windowManager });
    using window = await openTestWindow({ display: display.name, ...place });
    await using source = open(window);
    window.paintPattern();
    await grab(source);
    for (const [width, height] of [
      [400, 300],
      [150, 120],
      [640, 480],
    ] as const) {
      await window.resize(width, height);
      window.paintPattern(width);
      const frame = await grab(source);
      assert.deepEqual([frame.width, frame.height, frame.repeated], [width, height, false]);
      assert.equal(
        firstWrong(frame, (x, y) => patternPixel(x, y, width)),
        null,
      );
    }
    await window.move(300, 200);
    assert.equal(
      firstWrong(await grab(source), (x, y) => patternPixel(x, y, 640)),
      null,
    );
  });

  test(`a closed window ends the source for good, ${where}`, { skip: skipHere }, async () => {
    await using display = await openDisplay({ windowManager });
    using window = await openTestWindow({ display: display.name, ...place });
    await using source = open(window);
    await grab(source);
    window.destroy();
    for (let i = 0; i < 2; i += 1) {
      await assert.rejects(
        source.next(Infinity, signal),
        (error) => error instanceof UnderstudyError && error.code === 'window-closed' && !error.transient,
      );
    }
  });

  test(`a hidden window starves, and gives frames again once it is shown, ${where}`, { skip: skipHere }, async () => {
    await using display = await openDisplay({ windowManager });
    using window = await openTestWindow({ display: display.name, ...place });
    await using source = open(window);
    window.paint(0x102030);
    await grab(source);
    await (windowManager ? window.minimise() : window.hide());
    assert.equal(await source.next(Infinity, signal), null);
    assert.equal(await source.next(Infinity, signal), null);
    await window.show();
    window.paint(0x405060);
    assert.equal(
      firstWrong(await grab(source), () => bgr(0x405060)),
      null,
    );
  });
}

test('a window partly outside the screen gives all of its pixels', { skip }, async () => {
  await using display = await openDisplay({ size: '640x480' });
  using window = await openTestWindow({ display: display.name, width: 300, height: 200, x: -100, y: 400 });
  window.paintPattern();
  await using source = open(window);
  assert.equal(firstWrong(await grab(source), patternPixel), null);
});

test('the border is not in the frame', { skip }, async () => {
  await using display = await openDisplay();
  using window = await openTestWindow({ display: display.name, width: 64, height: 48, x: 30, y: 30, borderWidth: 5 });
  window.paintPattern();
  await using source = open(window);
  const frame = await grab(source);
  assert.deepEqual([frame.width, frame.height], [64, 48]);
  assert.equal(firstWrong(frame, patternPixel), null);
});

test('a still picture is repeated and not stale; one changed pixel is not repeated', { skip }, async () => {
  await using display = await openDisplay();
  using window = await openTestWindow({ display: display.name, width: 200, height: 100 });
  window.paint(0x336699);
  await using source = open(window);
  assert.equal((await grab(source)).repeated, false, 'the first frame repeats nothing');
  const still = await grab(source);
  assert.deepEqual([still.repeated, still.stale, still.index], [true, false, 1]);
  using dot = await openTestWindow({
    display: display.name,
    parent: window.id,
    title: '',
    width: 1,
    height: 1,
    x: 199,
    y: 99,
  });
  dot.paint(0x336698);
  assert.equal((await grab(source)).repeated, false);
  assert.equal((await grab(source)).repeated, true);
});

test('frames carry when their grab began, on both clocks, and count up', { skip }, async () => {
  await using display = await openDisplay();
  using window = await openTestWindow({ display: display.name });
  await using source = open(window);
  const before = [performance.now(), Date.now()];
  const frame = await grab(source);
  const after = [performance.now(), Date.now()];
  assert.ok(frame.capturedAtMs >= before[0] && frame.capturedAtMs <= after[0]);
  assert.ok(frame.capturedAtUnixMs >= before[1] && frame.capturedAtUnixMs <= after[1]);
  assert.equal(frame.index, 0);
  assert.equal((await grab(source)).index, 1);
});

test('after its deadline, or when aborted, there is no frame', { skip }, async () => {
  await using display = await openDisplay();
  using window = await openTestWindow({ display: display.name });
  await using source = open(window);
  assert.equal(await source.next(performance.now() - 1, signal), null);
  assert.equal(await source.next(Infinity, AbortSignal.abort()), null);
  await grab(source);
});

test('where no memory is shared the pixels come over the wire, the same ones', { skip }, async () => {
  await using display = await openDisplay();
  using window = await openTestWindow({ display: display.name, width: 123, height: 77 });
  window.paintPattern();
  await using source = open(window, { sharedMemory: false });
  assert.equal(firstWrong(await grab(source), patternPixel), null);
  assert.equal((await grab(source)).repeated, true);
  assert.equal(source.transport, 'wire');
  using cover = await window.coverWith(0xffffff);
  cover.paint(0xffffff);
  assert.equal(firstWrong(await grab(source), patternPixel), null);
});

test('pixels kept past disposal can still be read', { skip }, async () => {
  await using display = await openDisplay();
  using window = await openTestWindow({ display: display.name });
  window.paint(0x123456);
  const source = open(window);
  const { pixels } = await grab(source);
  await source[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
  assert.deepEqual([...pixels.subarray(0, 3)], bgr(0x123456));
  await assert.rejects(source.next(Infinity, signal), (error) => (error as UnderstudyError).code === 'x11-failed');
});

function residentBytes(): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1];
  return Number(kib) * 1024;
}

/** Shared memory segments that this process made and that are still there. */
function ownSegments(): number {
  const lines = spawnSync('ipcs', ['-m', '-p'], { encoding: 'utf8' }).stdout.split('\n');
  return lines.filter((line) => line.trim().split(/\s+/)[2] === String(process.pid)).length;
}

/** Collects garbage until the condition holds: memory is unmapped once nothing refers to it. */
async function collectUntil(holds: () => boolean): Promise<boolean> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}

test('2,000 grabs and 40 resizes leak neither segments nor memory', { skip: skip || lacks('ipcs') }, async () => {
  assert.ok(await collectUntil(() => ownSegments() === 0), 'segments of earlier tests stayed');
  await using display = await openDisplay();
  using window = await openTestWindow({ display: display.name, width: 640, height: 360 });
  const source = open(window);
  for (let i = 0; i < 200; i += 1) await grab(source);
  assert.equal(ownSegments(), 2, 'the two pictures');
  const before = residentBytes();
  for (let i = 0; i < 2000; i += 1) {
    // a step larger each time, past the spare room twice over, and back at the end
    if (i % 50 === 0) await window.resize(640 + (i < 1900 ? i / 2 : 0), 360);
    await grab(source);
  }
  assert.ok(await collectUntil(() => ownSegments() === 2), `${ownSegments()} segments instead of 2`);
  const grown = residentBytes() - before;
  assert.ok(grown < 48 * 2 ** 20, `resident memory grew by ${grown} bytes; 40 pairs of pictures are 100 MB`);
  await source[Symbol.asyncDispose]();
  assert.ok(await collectUntil(() => ownSegments() === 0), `${ownSegments()} segments instead of 0`);
});

/** An X server that is unlike others. */
async function startOddServer(...flags: readonly string[]) {
  const server = spawn('Xvfb', ['-displayfd', '3', ...flags, '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [number] = (await once(server.stdio[3]!, 'data')) as [Buffer];
  return { name: `:${number.toString().trim()}`, [Symbol.asyncDispose]: () => end(server) };
}

test('a server without MIT-SHM is read over the wire', { skip }, async () => {
  await using server = await startOddServer('-extension', 'MIT-SHM');
  using window = await openTestWindow({ display: server.name, width: 60, height: 40 });
  window.paintPattern();
  await using source = open(window);
  assert.equal(firstWrong(await grab(source), patternPixel), null);
  assert.equal(source.transport, 'wire');
});

test('a server without Composite is refused with the reason', { skip }, async () => {
  await using server = await startOddServer('-extension', 'Composite');
  using window = await openTestWindow({ display: server.name });
  assert.throws(() => open(window), hasCode('capture-failed'));
});

test('a server of 16 bits a pixel is refused with the reason', { skip }, async () => {
  await using server = await startOddServer('-screen', '0', '640x480x16');
  using window = await openTestWindow({ display: server.name });
  assert.throws(
    () => open(window),
    (error) => error instanceof UnderstudyError && /16 bits/.test(error.message),
  );
});
