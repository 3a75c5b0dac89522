/**
 * Turns another process's window black and white at uneven times, once for each line on standard input, and prints
 * when: "<white> <ms>", the monotonic clock once the server has drawn it.
 *
 *   node dist/bench/research/peers/painter.js :7 0x400001
 */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../../src/core/random.js';
import { monotonicMs } from '../../../src/core/clock.js';
import { XConnection } from '../../../src/desktop/x11/connection.js';
import { openLibrary } from '../../../src/system/ffi.js';

/** Long enough for the slowest loop to answer before the next one. */
const BETWEEN_MS = [250, 450] as const;

const [, , display, id] = process.argv;
if (display === undefined || id === undefined) throw new Error('expected a display and a window');
using connection = XConnection.open(display);
const x = openLibrary('libX11.so.6');
const setBackground = x.declare('int XSetWindowBackground(void *d, unsigned long w, unsigned long pixel)');
const clear = x.declare('int XClearWindow(void *d, unsigned long w)');
const sync = x.declare('int XSync(void *d, int discard)');
const random = new Random(1);
let white = false;
for await (const line of createInterface({ input: process.stdin })) {
  for (let flash = 0; flash < Number(line); flash += 1) {
    await delay(random.uniform(...BETWEEN_MS));
    white = !white;
    setBackground(connection.display, Number(id), white ? 0xffffffn : 0n);
    clear(connection.display, Number(id));
    sync(connection.display, 0);
    process.stdout.write(`${white ? 1 : 0} ${monotonicMs()}\n`);
  }
  await delay(BETWEEN_MS[1]);
  process.stdout.write('done\n');
}
