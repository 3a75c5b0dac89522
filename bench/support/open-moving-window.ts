/** A window of 1280x720 that changes 30 times a second, painted by a separate process (moving-window.js). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { end } from '../../testing/display/x-display.js';

export interface MovingWindow extends AsyncDisposable {
  /** What programs find it by. */
  readonly title: string;
}

/**
 * Opens it and gives it the focus; disposing closes it.
 *
 * @param display as in $DISPLAY
 */
export async function openMovingWindow(display: string, title = 'a busy window'): Promise<MovingWindow> {
  const program = fileURLToPath(new URL('./moving-window.js', import.meta.url));
  const painter = spawn(process.execPath, [program, display, title], { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([
    once(painter.stdout, 'data'),
    once(painter, 'exit').then(() => Promise.reject(new Error('the moving window did not open'))),
  ]);
  return { title, [Symbol.asyncDispose]: () => end(painter) };
}
