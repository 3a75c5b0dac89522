import assert from 'node:assert/strict';
import test from 'node:test';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { XConnection } from '../../src/desktop/x11/connection.js';
import { xlib } from '../../src/desktop/x11/xlib.js';
import { FocusWatch } from '../../src/desktop/x11/focus.js';
import { readAncestors } from '../../src/desktop/x11/windows.js';
import { openTestWindow, type TestWindow } from '../../testing/display/test-window.js';
import { until } from '../../testing/until.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';

const NO_WINDOW = 0;
const POINTER_ROOT = 1;

/** Two windows side by side, and the watch on the first. */
async function twoWindows(display: string) {
  const game = await openTestWindow({ display, title: 'game', width: 200, height: 150, x: 100, y: 100 });
  const other = await openTestWindow({ display, title: 'other', width: 200, height: 150, x: 500, y: 100 });
  const connection = XConnection.open(display);
  const watch = new FocusWatch(connection, game.id);
  return {
    game,
    other,
    connection,
    hasFocus: () => watch.hasFocus(),
    [Symbol.dispose]() {
      for (const each of [game, other, connection]) each[Symbol.dispose]();
    },
  };
}

test(
  'the focus on our window is ours; on another, on none or on one that left our window it is not',
  { skip: lacks('Xvfb') },
  async () => {
    await using display = await openDisplay();
    using set = await twoWindows(display.name);
    set.game.takeFocus();
    assert.equal(set.hasFocus(), true);
    set.other.takeFocus();
    assert.equal(set.hasFocus(), false);
    set.game.setFocusTo(NO_WINDOW);
    assert.equal(set.hasFocus(), false);
    set.game.takeFocus();
    set.game.destroy();
    assert.equal(set.hasFocus(), false);
  },
);

test(
  'the focus on a window inside ours is ours, and on one inside another is not',
  { skip: lacks('Xvfb') },
  async () => {
    await using display = await openDisplay();
    using set = await twoWindows(display.name);
    const inside = async (parent: TestWindow) =>
      openTestWindow({ display: display.name, title: 'inside', parent: parent.id, width: 20, height: 20 });
    using ours = await inside(set.game);
    using theirs = await inside(set.other);
    ours.takeFocus();
    assert.equal(set.hasFocus(), true);
    assert.equal(set.hasFocus(), true, 'the remembered answer');
    theirs.takeFocus();
    assert.equal(set.hasFocus(), false);
    ours.takeFocus();
    assert.equal(set.hasFocus(), true);
  },
);

test(
  'where the focus follows the pointer, ours is what the pointer is over and nothing covers',
  { skip: lacks('Xvfb') },
  async () => {
    await using display = await openDisplay();
    using set = await twoWindows(display.name);
    for (const target of [POINTER_ROOT, set.connection.root]) {
      set.game.setFocusTo(target);
      set.game.pointAt(50, 50);
      assert.equal(set.hasFocus(), true, `focus ${target}, pointer on the game`);
      set.other.pointAt(50, 50);
      assert.equal(set.hasFocus(), false, `focus ${target}, pointer on another`);
      set.game.pointAt(50, 50);
      const cover = await set.game.coverWith(0xff0000);
      assert.equal(set.hasFocus(), false, `focus ${target}, covered under the pointer`);
      cover[Symbol.dispose]();
      await until(`focus ${target}, uncovered`, () => set.hasFocus());
    }
  },
);

test(
  'with a window manager activation moves the focus, and the frame counts as the window',
  { skip: lacks('Xvfb', 'openbox', 'xprop') },
  async () => {
    await using display = await openDisplay({ windowManager: true });
    using set = await twoWindows(display.name);
    using game = new X11Desktop(display.name).openWindow(set.game.id)!;
    using other = new X11Desktop(display.name).openWindow(set.other.id)!;
    assert.equal(await game.activate(), true);
    assert.deepEqual([game.hasFocus(), other.hasFocus()], [true, false]);
    assert.equal(await other.activate(), true);
    assert.deepEqual([game.hasFocus(), other.hasFocus()], [false, true]);
    const [frame] = readAncestors(set.connection, set.game.id);
    set.game.setFocusTo(frame);
    assert.equal(set.hasFocus(), true);
  },
);

test(
  'a minimised window has no focus until it is activated again',
  { skip: lacks('Xvfb', 'openbox', 'xprop') },
  async () => {
    await using display = await openDisplay({ windowManager: true });
    using set = await twoWindows(display.name);
    using game = new X11Desktop(display.name).openWindow(set.game.id)!;
    assert.equal(await game.activate(), true);
    await set.game.minimise();
    await until('the focus leaves a minimised window', () => !game.hasFocus());
    await until('it is known to be minimised', () => game.refresh()?.minimised === true);
    assert.equal(game.refresh()?.visible, false);
    assert.equal(await game.activate(), true);
    await until('it is known to be shown', () => game.refresh()?.minimised === false);
  },
);

test('without a window manager activation raises the window and focuses it', { skip: lacks('Xvfb') }, async () => {
  await using display = await openDisplay();
  using set = await twoWindows(display.name);
  using game = new X11Desktop(display.name).openWindow(set.game.id)!;
  set.other.takeFocus();
  assert.equal(await game.activate(), true);
  set.game.destroy();
  assert.equal(game.isAlive(), false);
  assert.equal(game.hasFocus(), false);
  assert.equal(await game.activate(), false);
  assert.equal(game.refresh(), null);
});

/** What another program does that takes the keyboard: a screen lock, a menu, a prompt. */
function otherProgram(display: string) {
  const connection = XConnection.open(display);
  return {
    grab: (window = connection.root) =>
      connection.trapReply(() => xlib().grabKeyboard(connection.display, window, 0, 1, 1, 0)),
    ungrab: () => connection.trap(() => void xlib().ungrabKeyboard(connection.display, 0)),
    [Symbol.dispose]: () => connection.close(),
  };
}

test(
  'a keyboard that another program grabs takes the keys from a window with the focus',
  { skip: lacks('Xvfb') },
  async () => {
    await using display = await openDisplay();
    using game = await openTestWindow({ display: display.name, title: 'game' });
    using other = otherProgram(display.name);
    game.takeFocus();
    using window = new X11Desktop(display.name).openWindow(game.id)!;
    assert.deepEqual([window.hasFocus(), window.isKeyboardGrabbed], [true, false]);
    assert.equal(other.grab(), 0);
    assert.deepEqual([window.hasFocus(), window.isKeyboardGrabbed], [false, true]);
    using late = new X11Desktop(display.name).openWindow(game.id)!;
    assert.deepEqual([late.hasFocus(), late.isKeyboardGrabbed], [false, true], 'grabbed before it was opened');
    other.ungrab();
    assert.deepEqual([window.hasFocus(), late.hasFocus()], [true, true]);
  },
);

test('a game that grabs the keyboard gets the keys wherever the focus is', { skip: lacks('Xvfb') }, async () => {
  await using display = await openDisplay();
  using game = await openTestWindow({ display: display.name, title: 'game' });
  using editor = await openTestWindow({ display: display.name, title: 'editor' });
  using grabbing = otherProgram(display.name);
  editor.takeFocus();
  using window = new X11Desktop(display.name).openWindow(game.id)!;
  assert.equal(window.hasFocus(), false);
  grabbing.grab(game.id);
  assert.deepEqual([window.hasFocus(), window.isKeyboardGrabbed], [true, false]);
  grabbing.ungrab();
  assert.equal(window.hasFocus(), false);
  game.takeFocus();
  grabbing.grab(game.id);
  assert.equal(window.hasFocus(), true, 'with the focus on itself as well');
});
