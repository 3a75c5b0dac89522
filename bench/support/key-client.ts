/**
 * A game as far as keys matter: a window with the focus that writes down when each KeyPress reached it. It waits inside
 * Xlib, so that nothing but the server and the scheduler stands between the event and its time.
 *
 *   node dist/bench/support/key-client.js :7                   prints "ready <window>", then one "<keycode> <ms>" a press
 *   node dist/bench/support/key-client.js :7 flash 1280x720    such a window; releases too, as "<keycode> <ms> up"
 */
import { writeSync } from 'node:fs';
import { openTestWindow } from '../../testing/display/test-window.js';
import { openLibrary } from '../../src/system/ffi.js';
import { monotonicMs } from '../../src/core/clock.js';

const KEY_PRESS = 2; // X.h
const KEY_RELEASE = 3;
const KEY_PRESS_MASK = 1n;
const KEY_RELEASE_MASK = 2n;
/** Offset of the keycode in an XKeyEvent on a 64-bit machine (Xlib.h). */
const KEYCODE_AT = 84;

const [, , display, title = 'key client', size] = process.argv;
if (display === undefined) throw new Error('expected a display');
const [width, height] = (size ?? '200x100').split('x').map(Number);
const withReleases = size !== undefined;
const window = await openTestWindow({ display, title, width, height });
window.takeFocus();

const x = openLibrary('libX11.so.6');
const selectInput = x.declare('int XSelectInput(void *d, unsigned long w, long mask)');
const nextEvent = x.declare('int XNextEvent(void *d, void *event)');

selectInput(window.connection.display, window.id, KEY_PRESS_MASK | (withReleases ? KEY_RELEASE_MASK : 0n));
writeSync(1, `ready ${window.id}\n`);
const event = Buffer.alloc(192);
for (;;) {
  nextEvent(window.connection.display, event);
  const type = event.readInt32LE(0);
  const told = `${event.readUInt32LE(KEYCODE_AT)} ${monotonicMs()}`;
  if (type === KEY_PRESS) writeSync(1, `${told}\n`);
  if (type === KEY_RELEASE && withReleases) writeSync(1, `${told} up\n`);
}
