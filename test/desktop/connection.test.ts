import assert from 'node:assert/strict';
import test from 'node:test';
import { UnderstudyError } from '../../src/core/errors.js';
import { EVENT_BYTES, XConnection } from '../../src/desktop/x11/connection.js';
import { XRequestError } from '../../src/desktop/x11/x-errors.js';
import { readAncestors, readAttributes, readTree, readWindowManager } from '../../src/desktop/x11/windows.js';
import { isMinimised, readClass, readPid, readTitle } from '../../src/desktop/x11/properties.js';
import { xlib } from '../../src/desktop/x11/xlib.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { hasCode } from '../../testing/error-code.js';

const skip = lacks('Xvfb');
const NO_SUCH_WINDOW = 0x123456;

test('without $DISPLAY the error names it and ends in exit code 4', () => {
  assert.throws(
    () => XConnection.open(undefined, {}),
    (error) => error instanceof UnderstudyError && error.code === 'no-display' && error.exitCode === 4,
  );
});

test('a display without a server is not a display', { skip }, () => {
  assert.throws(() => XConnection.open(':987'), hasCode('no-display'));
});

test('a session with Wayland alone is refused with the reason', () => {
  assert.throws(
    () => XConnection.open(undefined, { WAYLAND_DISPLAY: 'wayland-0' }),
    (error) => hasCode('wayland')(error) && /wayland-0/.test((error as Error).message),
  );
});

test('XWayland, which sets both, is X11', { skip }, async () => {
  await using display = await openDisplay();
  using connection = XConnection.open(undefined, { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: display.name });
  assert.equal(connection.name, display.name);
});

test('an X error becomes a typed error and the connection stays usable', { skip }, async () => {
  await using display = await openDisplay();
  using connection = XConnection.open(display.name);
  assert.throws(
    () => connection.trap(() => xlib().selectInput(connection.display, NO_SUCH_WINDOW, 1)),
    (error) =>
      error instanceof XRequestError &&
      error.code === 'x11-failed' &&
      error.transient &&
      error.record.errorCode === 3 &&
      error.record.resourceId === NO_SUCH_WINDOW &&
      /BadWindow/.test(error.message),
  );
  assert.equal(
    connection.attempt(() => xlib().selectInput(connection.display, NO_SUCH_WINDOW, 1)),
    null,
  );
  assert.equal(readAttributes(connection, connection.root)?.viewable, true);
  assert.deepEqual(connection.takeErrors(), []);
});

test('an X error outside a trap is kept, and blamed on no later request', { skip }, async () => {
  await using display = await openDisplay();
  using connection = XConnection.open(display.name);
  xlib().selectInput(connection.display, NO_SUCH_WINDOW, 1);
  connection.trap(() => undefined);
  const errors = connection.takeErrors();
  assert.deepEqual(
    errors.map(({ errorCode, resourceId }) => ({ errorCode, resourceId })),
    [{ errorCode: 3, resourceId: NO_SUCH_WINDOW }],
  );
});

test('errors of one connection do not show on another', { skip }, async () => {
  await using display = await openDisplay();
  using one = XConnection.open(display.name);
  using other = XConnection.open(display.name);
  one.attempt(() => xlib().selectInput(one.display, NO_SUCH_WINDOW, 1));
  xlib().selectInput(one.display, NO_SUCH_WINDOW, 1);
  one.trap(() => undefined);
  assert.equal(one.takeErrors().length, 1);
  assert.equal(other.takeErrors().length, 0);
});

test('a closed connection refuses work and closes twice without harm', { skip }, async () => {
  await using display = await openDisplay();
  const connection = XConnection.open(display.name);
  connection.close();
  connection.close();
  assert.throws(() => connection.atom('ANY'), hasCode('x11-failed'));
  assert.throws(() => connection.pollEvent(new Uint8Array(EVENT_BYTES)), hasCode('x11-failed'));
});

test('an extension answers its codes, and an unknown one null', { skip }, async () => {
  await using display = await openDisplay();
  using connection = XConnection.open(display.name);
  assert.ok(connection.extension('Composite')! >= 128);
  assert.equal(connection.extension('NO-SUCH-EXTENSION'), null);
});

test('titles beyond Latin-1, class and process id are read as the window set them', { skip }, async () => {
  await using display = await openDisplay();
  using window = await openTestWindow({ display: display.name, title: 'Der Kämpfer 斗 🗡', app: 'Fighter', pid: 4711 });
  using connection = XConnection.open(display.name);
  assert.equal(readTitle(connection, window.id), 'Der Kämpfer 斗 🗡');
  assert.equal(readClass(connection, window.id), 'Fighter');
  assert.equal(readPid(connection, window.id), 4711);
  assert.equal(isMinimised(connection, window.id), false);
});

test('a window that is gone answers null everywhere', { skip }, async () => {
  await using display = await openDisplay();
  using connection = XConnection.open(display.name);
  assert.equal(readTitle(connection, NO_SUCH_WINDOW), null);
  assert.equal(readPid(connection, NO_SUCH_WINDOW), null);
  assert.equal(readAttributes(connection, NO_SUCH_WINDOW), null);
  assert.equal(readTree(connection, NO_SUCH_WINDOW), null);
  assert.deepEqual(readAncestors(connection, NO_SUCH_WINDOW), []);
});

test(
  'a window manager is seen while it runs, and the frame it puts around a window',
  { skip: lacks('Xvfb', 'openbox', 'xprop') },
  async () => {
    await using managed = await openDisplay({ windowManager: true });
    using window = await openTestWindow({ display: managed.name });
    using connection = XConnection.open(managed.name);
    assert.notEqual(readWindowManager(connection), null);
    assert.ok(readAncestors(connection, window.id).length >= 1);

    await using bare = await openDisplay();
    using alone = XConnection.open(bare.name);
    assert.equal(readWindowManager(alone), null);
  },
);
