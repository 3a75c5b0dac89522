/**
 * A child process for tests that end the X server: grabs a window until something fails, and prints the failure as
 * JSON. Exits 0 only when the failure was an error that it could catch and dispose after.
 *
 *   node outlive-server.js <display> <window id>
 */
import { UnderstudyError } from '../../src/core/errors.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { X11FrameSource } from '../../src/desktop/x11/frames.js';

const [display, id] = process.argv.slice(2);
const window = new X11Desktop(display).openWindow(Number(id))!;
const source = new X11FrameSource({ window: window.info, display });
const signal = new AbortController().signal;
let frames = 0;
const failures: (string | null)[] = [];

async function caught(act: () => unknown): Promise<void> {
  try {
    await act();
    failures.push(null);
  } catch (error) {
    failures.push(
      error instanceof UnderstudyError ? `${error.code}${error.transient ? ' transient' : ''}` : String(error),
    );
  }
}

await caught(async () => {
  for (;;) {
    if (await source.next(Infinity, signal)) frames += 1;
    if (frames === 1) console.log('grabbing');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});
await caught(() => source.next(Infinity, signal));
await caught(() => window.hasFocus());
await caught(() => window.isAlive());
await source[Symbol.asyncDispose]();
window[Symbol.dispose]();
console.log(JSON.stringify({ frames, failures }));
