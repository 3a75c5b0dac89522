import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDesktop, thisDesktop } from '../../src/desktop/choose.js';
import type { Desktop } from '../../src/desktop/desktop.js';
import { NativeDesktop } from '../../src/desktop/native/desktop.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';

test('Windows and macOS have their own desktop; everywhere else $DISPLAY names it', () => {
  const whys = (['linux', 'freebsd', 'win32', 'darwin'] as const).map((platform) => {
    const { name, preferredInjector } = thisDesktop(platform, { DISPLAY: ':7' });
    return `${name}: ${preferredInjector.why}`;
  });
  assert.deepEqual(whys, [
    ':7: XTEST, the default on X11',
    ':7: XTEST, the default on X11',
    'Windows: SendInput, the default on Windows',
    'macOS: nut-js, the default on macOS',
  ]);
});

test('an id chooses the same desktop in another process, and choosing opens nothing', () => {
  for (const desktop of [new X11Desktop(':7'), new X11Desktop('host:0.1'), new X11Desktop('')]) {
    const again = openDesktop(desktop.id);
    assert.ok(again instanceof X11Desktop);
    assert.deepEqual([again.name, again.id, again.environment], [desktop.name, desktop.id, { DISPLAY: desktop.name }]);
  }
  const again = openDesktop(new NativeDesktop('macOS').id);
  assert.ok(again instanceof NativeDesktop);
  assert.equal(again.name, 'macOS');
});

test('without $DISPLAY the first use says so; in a Wayland session it says that', () => {
  const before = process.env.WAYLAND_DISPLAY;
  try {
    delete process.env.WAYLAND_DISPLAY;
    const desktop = thisDesktop('linux', {});
    assert.throws(() => desktop.listWindows(), { code: 'no-display', message: /\$DISPLAY is not set/ });
    assert.throws(() => desktop.openLayout(), { code: 'no-display' });
    process.env.WAYLAND_DISPLAY = 'wayland-1';
    assert.throws(() => desktop.listWindows(), { code: 'wayland', message: /wayland-1/ });
  } finally {
    if (before === undefined) delete process.env.WAYLAND_DISPLAY;
    else process.env.WAYLAND_DISPLAY = before;
  }
});

test('what needs an X display is refused by name where there is none', async () => {
  const desktop: Desktop = new NativeDesktop('Windows');
  await assert.rejects(desktop.openInjector('xtest', [], null), { code: 'bad-option', message: /--sink xtest needs/ });
  await assert.rejects(desktop.watchKeys({ from: 'xi2', onKey: () => undefined }), { code: 'bad-option' });
  assert.throws(() => desktop.releaseDown(() => 'all'), { code: 'keyboard-failed' });
  assert.equal(await desktop.lock(1), false);
});
