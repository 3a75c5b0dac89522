/** Checks for packages that read $DISPLAY themselves: for another display they would see and hear the wrong one. */
import { UnderstudyError } from '../../core/errors.js';
import type { CaptureAdapter } from '../../capture/capture-choice.js';

/** @throws UnderstudyError `bad-option` where the window is on another display than $DISPLAY */
export function requireOwnDisplayForCapture(display: string, adapter: CaptureAdapter): void {
  const own = process.env.DISPLAY;
  if (display === own) return;
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `--capture ${adapter} works on $DISPLAY ('${own ?? ''}') only; the window is on '${display}'.`,
    next: 'Use --capture auto.',
  });
}

/**
 * Checks that the hook can be used: it reads $DISPLAY itself, and ends the process where no server answers.
 *
 * @throws UnderstudyError `no-display`; `bad-option` where keys are watched on another display than $DISPLAY
 */
export function requireOwnDisplayForHook(display: string): void {
  const own = process.env.DISPLAY;
  if (!own) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'no-display',
      message: 'DISPLAY is not set: there is no X display to watch keys on.',
      next: 'Run this in a desktop session on X11.',
    });
  }
  if (display === own) return;
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `uiohook watches $DISPLAY ('${own}') only; the window is on '${display}'.`,
    next: 'Use --keys-from xi2.',
  });
}
