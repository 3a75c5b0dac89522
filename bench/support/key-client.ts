/**
 * A game as far as keys go: a window with the focus that writes down when each KeyPress reached it. It waits inside
 * Xlib, so that nothing but the server and the scheduler stands between the event and its time.
 *
 *   node dist/bench/support/key-client.js :7        prints "ready", then one "<keycode> <ms>" a press
 */
import { writeSync } from 'node:fs';
import { openTestWindow } from '../../test/support/test-window.js';
import { openLibrary, type OutBuffer, type Pointer } from '../../src/x11/native.js';
import { monotonicMs } from '../../src/keyboard/guard/protocol.js';

const KEY_PRESS = 2; // X.h
const KEY_PRESS_MASK = 1n;
/** Offset of the keycode in an XKeyEvent on a 64-bit machine (Xlib.h). */
const KEYCODE_AT = 84;

const display = process.argv[2];
if (display === undefined) throw new Error('expected a display');
const window = await openTestWindow({ display, title: 'key client', width: 200, height: 100 });
window.takeFocus();

const x = openLibrary('libX11.so.6');
const selectInput = x.declare<(d: Pointer, w: number, mask: bigint) => number>(
  'int XSelectInput(void *d, unsigned long w, long mask)',
);
const nextEvent = x.declare<(d: Pointer, event: OutBuffer) => number>('int XNextEvent(void *d, void *event)');

selectInput(window.connection.display, window.id, KEY_PRESS_MASK);
writeSync(1, 'ready\n');
const event = Buffer.alloc(192);
for (;;) {
  nextEvent(window.connection.display, event);
  if (event.readInt32LE(0) === KEY_PRESS) writeSync(1, `${event.readUInt32LE(KEYCODE_AT)} ${monotonicMs()}\n`);
}
