/** Checks for packages that read $DISPLAY themselves: for another display they would see and hear the wrong one. */
import { UnderstudyError } from '../../core/errors.js';
import type { CaptureAdapter } from '../../capture/backend-names.js';

/** @throws UnderstudyError `bad-option` where the window is on another display than $DISPLAY */
export function requireOwnDisplayForCapture(display: string, adapter: CaptureAdapter): void {
  requireOwnDisplay(display, `--capture ${adapter} works on`, 'Use --capture auto.');
}

/**
 * Checks that the hook can be used: it reads $DISPLAY itself, and ends the process where no server answers.
 *
 * @throws UnderstudyError `no-display`; `bad-option` where keys are watched on another display than $DISPLAY
 */
export function requireOwnDisplayForHook(display: string): void {
  if (!process.env.DISPLAY) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'no-display',
      message: 'DISPLAY is not set: there is no X display to watch keys on.',
      next: 'Run this in a desktop session on X11.',
    });
  }
  requireOwnDisplay(display, 'uiohook watches', 'Use --keys-from xi2.');
}

function requireOwnDisplay(display: string, what: string, next: string): void {
  const own = process.env.DISPLAY ?? '';
  if (display === own) return;
  const message = `${what} $DISPLAY ('${own}') only; the window is on '${display}'.`;
  throw new UnderstudyError({ kind: 'usage', code: 'bad-option', message, next });
}
