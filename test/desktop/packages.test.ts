/** The two capture packages, on a real display. They read $DISPLAY themselves, so these tests set it. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import type { Frame } from '../../src/core/frame.js';
import { findWindow } from '../../src/desktop/find-window.js';
import { allNativeWindows, swapRedAndBlue } from '../../src/desktop/native/node-screenshots.js';
import { NativeDesktop } from '../../src/desktop/native/desktop.js';
import { openFrames } from '../../src/capture/choose-backend.js';
import type { TimedSource } from '../../src/capture/timed-source.js';
import { bgr, openTestWindow, patternPixel } from '../../testing/display/test-window.js';
import { until } from '../../testing/until.js';
import { lacks, openDisplay, type TestDisplay } from '../../testing/display/x-display.js';
import { hasCode } from '../../testing/error-code.js';

const signal = new AbortController().signal;
const skipManaged = lacks('Xvfb', 'openbox', 'xprop');
const skipImport = lacks('Xvfb', 'import', 'xrandr');

/** A display that $DISPLAY names until it is disposed. */
async function ownDisplay(windowManager: boolean): Promise<TestDisplay> {
  const display = await openDisplay({ windowManager });
  const before = process.env.DISPLAY;
  process.env.DISPLAY = display.name;
  return {
    ...display,
    async [Symbol.asyncDispose]() {
      if (before === undefined) delete process.env.DISPLAY;
      else process.env.DISPLAY = before;
      await display[Symbol.asyncDispose]();
    },
  };
}

/** One for all of node-screenshots' tests: the package connects once a process, and never again. */
let managed: TestDisplay | undefined;
before(async () => {
  if (skipManaged === false) managed = await ownDisplay(true);
});
after(async () => {
  await managed?.[Symbol.asyncDispose]();
});

async function grab(source: { next(deadlineMs: number, signal: AbortSignal): Promise<Frame | null> }): Promise<Frame> {
  const frame = await source.next(performance.now() + 20_000, signal);
  assert.ok(frame, 'a frame');
  return frame;
}

function assertPattern(frame: Frame, salt: number): void {
  const expected = Buffer.alloc(frame.width * frame.height * 4, 255);
  for (let y = 0, i = 0; y < frame.height; y += 1) {
    for (let x = 0; x < frame.width; x += 1, i += 4) expected.set(patternPixel(x, y, salt), i);
  }
  assert.equal(Buffer.compare(Buffer.from(frame.pixels), expected), 0, 'every pixel, alpha 255');
}

test(
  'node-screenshots gives the exact pixels, follows a resize, starves when minimised and ends when closed',
  { skip: skipManaged },
  async () => {
    const display = managed!;
    using window = await openTestWindow({
      display: display.name,
      title: 'shot',
      width: 320,
      height: 200,
      x: 40,
      y: 50,
    });
    window.paintPattern(3);
    using game = await findWindow({ window: 'shot' });
    const { source, adapter, why } = openFrames({ capture: 'node-screenshots', window: game, periodMs: 10_000 });
    assert.deepEqual([adapter, why], ['node-screenshots', 'asked for with --capture']);
    const frame = await grab(source);
    assert.deepEqual([frame.width, frame.height, frame.stale, frame.repeated], [320, 200, false, false]);
    assertPattern(frame, 3);
    assert.equal((await grab(source)).repeated, true);
    await window.resize(160, 120);
    window.paintPattern(4);
    assertPattern(await grab(source), 4);
    await window.minimise();
    assert.equal(await source.next(performance.now() + 20_000, signal), null);
    assert.ok((source as TimedSource).reachedRateHz! > 0);
    window.destroy();
    await until('the window manager took it off its list', () => allNativeWindows().length === 0);
    await assert.rejects(source.next(performance.now() + 20_000, signal), hasCode('window-closed'));
    await source[Symbol.asyncDispose]();
  },
);

test(
  'windows are listed and followed through node-screenshots where there is no X11',
  { skip: skipManaged },
  async () => {
    const display = managed!;
    using window = await openTestWindow({
      display: display.name,
      title: 'Kämpfer',
      app: 'Fight',
      pid: display.serverPid,
    });
    await until('the window is listed', () => allNativeWindows().length === 1);
    const desktop = new NativeDesktop('Windows');
    const [info] = desktop.listWindows();
    assert.deepEqual([info.title, info.app, info.bounds.width, info.visible], ['Kämpfer', 'Fight', 320, true]);
    using found = await findWindow({ window: 'kämpfer', desktop });
    assert.equal(found.desktop, desktop);
    assert.throws(() => openFrames({ capture: 'x11', window: found }), { code: 'bad-option' });
    assert.equal(found.isAlive(), true);
    assert.equal(await found.activate(), found.hasFocus());
    await window.minimise();
    await until('it is known to be minimised', () => found.refresh()?.minimised === true);
    window.destroy();
    await until('it is known to be gone', () => !found.isAlive());
    assert.equal(found.refresh(), null);
    assert.equal(found.hasFocus(), false);
    assert.equal(desktop.openWindow(info.id), null);
  },
);

test(
  'screenshot-desktop gives the part of the screen that the window takes, and says its rate',
  { skip: skipImport },
  async () => {
    await using display = await ownDisplay(false);
    using window = await openTestWindow({
      display: display.name,
      title: 'shot',
      width: 320,
      height: 200,
      x: 40,
      y: 50,
    });
    window.paintPattern(5);
    using game = await findWindow({ window: 'shot' });
    const opened = openFrames({ capture: 'screenshot-desktop', window: game, periodMs: 10_000 });
    assert.equal(opened.reachedRateHz(), null);
    assertPattern(await grab(opened.source), 5);
    assert.ok(opened.reachedRateHz()! > 0);
    await window.move(200, 300);
    assertPattern(await grab(opened.source), 5);
    using cover = await window.coverWith(0x0a0b0c);
    const covered = await grab(opened.source);
    assert.deepEqual([...covered.pixels.subarray(0, 4)], [...bgr(0x0a0b0c), 255], 'it sees the screen, not the window');
    cover.destroy();
    await window.move(-10, 20);
    assert.equal(await opened.source.next(performance.now() + 20_000, signal), null, 'partly outside');
    await window.hide();
    assert.equal(await opened.source.next(performance.now() + 20_000, signal), null, 'hidden');
    window.destroy();
    await assert.rejects(opened.source.next(performance.now() + 20_000, signal), hasCode('window-closed'));
    await opened.source[Symbol.asyncDispose]();
  },
);

test(
  'screenshot-desktop cannot answer within a few milliseconds: the tick starves and nothing is queued',
  { skip: skipImport },
  async () => {
    await using display = await ownDisplay(false);
    using window = await openTestWindow({ display: display.name, title: 'shot' });
    window.paint(0x111111);
    using game = await findWindow({ window: 'shot' });
    await using source = openFrames({ capture: 'screenshot-desktop', window: game, periodMs: 10_000 }).source;
    assert.equal(await source.next(performance.now() + 5, signal), null);
    await (source as TimedSource)[Symbol.asyncDispose](); // waits for the running grab
    window.paint(0x222222);
    const frame = await grab(source);
    assert.deepEqual([...frame.pixels.subarray(0, 3)], bgr(0x222222));
    assert.equal(frame.index, 1);
  },
);

test('auto takes x11 where there is X11, and says why', { skip: lacks('Xvfb') }, async () => {
  await using display = await openDisplay();
  using shown = await openTestWindow({ display: display.name, title: 'shot' });
  using game = await findWindow({ desktop: new X11Desktop(display.name), windowId: shown.id });
  const opened = openFrames({ capture: 'auto', window: game });
  await using source = opened.source;
  assert.equal(opened.adapter, 'x11');
  assert.match(opened.why, /millisecond/);
  assert.equal(opened.reachedRateHz(), null);
  await grab(source);
});

test('an adapter that reads $DISPLAY refuses a window of another display', { skip: lacks('Xvfb') }, async () => {
  await using display = await openDisplay();
  using shown = await openTestWindow({ display: display.name, title: 'shot' });
  using game = await findWindow({ desktop: new X11Desktop(display.name), windowId: shown.id });
  const before = process.env.DISPLAY;
  process.env.DISPLAY = ':987';
  try {
    for (const capture of ['node-screenshots', 'screenshot-desktop'] as const) {
      assert.throws(() => openFrames({ capture, window: game }), hasCode('bad-option', /:987/));
    }
  } finally {
    if (before === undefined) delete process.env.DISPLAY;
    else process.env.DISPLAY = before;
  }
});

test('red and blue change places, aligned or not', () => {
  const bytes = Uint8Array.from([9, 1, 2, 3, 4, 5, 6, 7, 8]);
  swapRedAndBlue(bytes.subarray(1));
  assert.deepEqual([...bytes], [9, 3, 2, 1, 4, 7, 6, 5, 8]);
  const aligned = Uint8Array.from([250, 2, 3, 255, 5, 6, 7, 0]);
  swapRedAndBlue(aligned);
  assert.deepEqual([...aligned], [3, 2, 250, 255, 7, 6, 5, 0]);
});
