import assert from 'node:assert/strict';
import test from 'node:test';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import type { UnderstudyError } from '../../src/core/errors.js';
import { findWindow } from '../../src/desktop/find-window.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { until } from '../../testing/until.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { hasCode } from '../../testing/error-code.js';

const skip = lacks('Xvfb');

for (const windowManager of [false, true]) {
  const where = windowManager ? 'with a window manager' : 'without a window manager';
  const skipHere = windowManager ? lacks('Xvfb', 'openbox', 'xprop') : skip;

  test(`windows are listed with what they are and where, ${where}`, { skip: skipHere }, async () => {
    await using server = await openDisplay({ windowManager });
    const display = server.name;
    const desktop = new X11Desktop(display);
    assert.deepEqual(desktop.listWindows(), []);
    using game = await openTestWindow({
      display,
      title: 'Kämpfer',
      app: 'Fight',
      pid: 77,
      width: 400,
      height: 300,
      x: 60,
      y: 70,
    });
    const [info, ...others] = desktop.listWindows();
    assert.deepEqual(others, []);
    const { bounds, ...rest } = info;
    assert.deepEqual(rest, { id: game.id, title: 'Kämpfer', app: 'Fight', pid: 77, visible: true, minimised: false });
    assert.deepEqual([bounds.width, bounds.height], [400, 300]);
    if (!windowManager) assert.deepEqual([bounds.x, bounds.y], [60, 70]);
  });

  test(
    `one matching window is found, several are refused with their numbers, and without one the error lists what there is, ${where}`,
    { skip: skipHere },
    async () => {
      await using server = await openDisplay({ windowManager });
      const display = server.name;
      const desktop = new X11Desktop(display);
      using first = await openTestWindow({ display, title: 'fight one', app: 'A', pid: 5 });
      using second = await openTestWindow({ display, title: 'fight two', app: 'B', pid: 6 });
      for (const query of [
        { window: 'TWO' },
        { app: 'b' },
        { pid: 6 },
        { windowId: second.id },
        { window: '/two$/' },
      ]) {
        using found = await findWindow({ desktop, ...query });
        assert.equal(found.info.id, second.id);
        assert.equal(found.desktop, desktop);
      }
      await assert.rejects(findWindow({ desktop, window: 'fight' }), (error) => {
        const { message } = error as UnderstudyError;
        return (
          hasCode('window-ambiguous')(error) && message.includes(`${first.id}`) && message.includes(`${second.id}`)
        );
      });
      await assert.rejects(findWindow({ desktop, window: 'chess' }), hasCode('window-not-found', /"fight one"/));
    },
  );
}

test(
  'a minimised window is listed as such where a window manager keeps it',
  { skip: lacks('Xvfb', 'openbox', 'xprop') },
  async () => {
    await using server = await openDisplay({ windowManager: true });
    using window = await openTestWindow({ display: server.name, title: 'small' });
    await window.minimise();
    await until('it is known to be minimised', () => new X11Desktop(server.name).listWindows()[0].minimised);
    const [info] = new X11Desktop(server.name).listWindows();
    assert.deepEqual([info.id, info.visible, info.minimised], [window.id, false, true]);
  },
);

test('a window that opens during the wait is found', { skip }, async () => {
  await using server = await openDisplay();
  const display = server.name;
  const desktop = new X11Desktop(display);
  const finding = findWindow({ desktop, window: 'late', waitMs: 10_000 });
  using window = await openTestWindow({ display, title: 'the late one' });
  using found = await finding;
  assert.equal(found.info.id, window.id);
});

test('waiting ends with the signal, and with its time', { skip }, async () => {
  await using server = await openDisplay();
  const display = server.name;
  const desktop = new X11Desktop(display);
  const stop = new AbortController();
  const finding = findWindow({ desktop, window: 'never', waitMs: 60_000, signal: stop.signal });
  stop.abort();
  await assert.rejects(finding, (error) => (error as Error).name === 'AbortError');
  await assert.rejects(
    findWindow({ desktop, window: 'never', waitMs: 200 }),
    hasCode('window-not-found', /within 0\.2 s/),
  );
});

test('untitled windows, tiny ones and menus are not offered; a number reaches them', { skip }, async () => {
  await using server = await openDisplay();
  const display = server.name;
  const desktop = new X11Desktop(display);
  using untitled = await openTestWindow({ display, title: '' });
  using tiny = await openTestWindow({ display, title: 'tiny', width: 1, height: 1 });
  using shown = await openTestWindow({ display, title: 'shown' });
  assert.deepEqual(
    desktop.listWindows().map(({ id }) => id),
    [shown.id],
  );
  for (const { id } of [untitled, tiny]) {
    using found = await findWindow({ desktop, windowId: id });
    assert.equal(found.info.id, id);
  }
});

test('a titled window inside an untitled one is found without a window manager', { skip }, async () => {
  await using server = await openDisplay();
  const display = server.name;
  const desktop = new X11Desktop(display);
  using shell = await openTestWindow({ display, title: '', width: 400, height: 300 });
  using client = await openTestWindow({ display, title: 'inside', parent: shell.id });
  assert.deepEqual(
    desktop.listWindows().map(({ id }) => id),
    [client.id],
  );
});

test('the windows that the program runs in fit no text: only their number reaches them', { skip }, async () => {
  await using server = await openDisplay();
  const display = server.name;
  const desktop = new X11Desktop(display);
  const title = 'understudy play --window fight';
  using own = await openTestWindow({ display, title, app: 'XTerm', pid: process.pid });
  using parents = await openTestWindow({ display, title, app: 'XTerm', pid: process.ppid });
  await assert.rejects(
    findWindow({ desktop, window: 'fight' }),
    hasCode('window-not-found', new RegExp(`terminal that understudy runs in .*--window-id ${own.id}`)),
  );
  await assert.rejects(findWindow({ desktop, app: 'xterm', pid: process.ppid }), hasCode('window-not-found'));
  using byNumber = await findWindow({ desktop, windowId: parents.id });
  assert.equal(byNumber.info.id, parents.id);
  using game = await openTestWindow({ display, title: 'fight', app: 'Game', pid: 5 });
  using found = await findWindow({ desktop, window: 'fight' });
  assert.equal(found.info.id, game.id);
});

test('a closed window is known to be gone', { skip }, async () => {
  await using server = await openDisplay();
  using window = await openTestWindow({ display: server.name, title: 'short-lived' });
  using found = await findWindow({ desktop: new X11Desktop(server.name), window: 'short-lived' });
  assert.equal(found.isAlive(), true);
  window.destroy();
  assert.equal(found.isAlive(), false);
  assert.equal(found.refresh(), null);
});

test('a missing display is reported before any window is looked for', async () => {
  await assert.rejects(findWindow({ desktop: new X11Desktop(':987'), window: 'x' }), hasCode('no-display'));
});
