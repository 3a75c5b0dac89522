/**
 * A game as far as the campaign needs one: a window with a moving picture that writes down every key that reaches it,
 * with the X server's time. Takes commands on standard input.
 *
 *   node dist/bench/proofs/campaign/game-window.js :7     then lines: open (a fresh window, with the focus), blur, destroy
 *
 * Prints `window <id>` once it is open, `struck <ms>` once a blur or a destruction has happened, `press <keycode> <server ms>` and `release <keycode> <server ms>`.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { EVENT_BYTES } from '../../../src/desktop/x11/connection.js';
import { openLibrary } from '../../../src/system/ffi.js';
import { monotonicMs } from '../../../src/core/clock.js';
import { openTestWindow, type TestWindow } from '../../../testing/display/test-window.js';

const KEY_PRESS = 2; // X.h
const KEY_RELEASE = 3;
const KEY_PRESS_AND_RELEASE_MASK = 3n;
/** Offsets in an XKeyEvent on a 64-bit machine (Xlib.h). */
const TIME_AT = 56;
const KEYCODE_AT = 84;
const PAINTS_PER_SECOND = 20;
const POLL_MS = 5;

const display = process.argv[2];
if (display === undefined) throw new Error('expected a display');

const x = openLibrary('libX11.so.6');
const selectInput = x.declare('int XSelectInput(void *d, unsigned long w, long mask)');
// auto-repeat then shows as presses alone, so that a release is one
const detectableRepeat = x.declare('int XkbSetDetectableAutoRepeat(void *d, int on, void *supported)');

let window: TestWindow | null = null;
/** Another program's window: where no window has the focus, window managers give it to one at once. */
let elsewhere: TestWindow | null = null;
const event = Buffer.alloc(EVENT_BYTES);

async function open(on: string): Promise<void> {
  window?.[Symbol.dispose]();
  window = null;
  elsewhere ??= await openTestWindow({ display: on, width: 40, height: 40, x: 500, y: 300, overrideRedirect: true });
  const opened = await openTestWindow({ display: on, title: 'campaign', width: 320, height: 180 });
  detectableRepeat(opened.connection.display, 1, null);
  selectInput(opened.connection.display, opened.id, KEY_PRESS_AND_RELEASE_MASK);
  opened.takeFocus();
  window = opened;
  writeSync(1, `window ${opened.id}\n`);
}

/** The moment before it: its effects may come before this process is notified that it is done. */
function strike(act: () => void): void {
  const atMs = monotonicMs();
  act();
  writeSync(1, `struck 0 ${atMs}\n`);
}

function readKeys(): void {
  while (window?.connection.pollEvent(event)) {
    const type = event.readInt32LE(0);
    if (type !== KEY_PRESS && type !== KEY_RELEASE) continue;
    const word = type === KEY_PRESS ? 'press' : 'release';
    writeSync(1, `${word} ${event.readUInt32LE(KEYCODE_AT)} ${event.readUInt32LE(TIME_AT)}\n`);
  }
}

let paints = 0;
setInterval(() => readKeys(), POLL_MS);
setInterval(() => {
  readKeys(); // painting takes what has arrived without looking at it
  paints += 1;
  try {
    window?.paint((paints * 0x030507) & 0xffffff);
  } catch {
    window = null; // a fault destroyed it
  }
}, 1000 / PAINTS_PER_SECOND);

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === 'open') void open(display);
    else if (line === 'blur') strike(() => elsewhere?.takeFocus());
    else if (line === 'destroy') strike(() => window?.destroy());
  })
  .on('close', () => process.exit(0));
