/** What a Windows desktop offers: windows, sizes, rights, timers, and whether a key is down. */
import { failed, passed, type Check } from '../../system/check.js';
import { hasLibrary } from '../../system/ffi.js';
import type { KeyLayout } from '../key-layout.js';
import { checkAntiCheat } from './anti-cheat.js';
import { allDown } from './key-state.js';
import { currentLayout, nameOfKey, windowsLayout } from './layout.js';
import { integrityOf } from './processes.js';
import { prepareProcess } from './surroundings.js';
import { listWindows } from './windows.js';
import { windowCalls } from './win32.js';

const HIGH = 0x3000;
/** The DPI of a monitor that is not scaled. */
const UNSCALED = 96;

/** @param ofKeys checks the keys of the layout in use */
export function checkWindowsDesktop(ofKeys: (layout: KeyLayout) => readonly Check[]): Check[] {
  if (!hasLibrary('user32.dll')) return [failed('user32', 'cannot be opened', 'Run this on Windows 10 or later.')];
  prepareProcess();
  const layout = currentLayout();
  return [
    passed('windows', `${listWindows().length} windows can be seen`),
    checkScaling(),
    checkRights(),
    checkTimers(),
    checkAntiCheat(),
    ...ofKeys(windowsLayout(layout)),
    checkNothingHeld(layout),
  ];
}

function checkScaling(): Check {
  const foreground = windowCalls().foreground();
  const dpi = foreground === null ? null : (windowCalls().dpiOf?.(foreground) ?? null);
  if (dpi === null) return passed('scaling', 'not known; sizes are physical pixels', false);
  return passed('scaling', `${Math.round((100 * dpi) / UNSCALED)} % here; sizes are physical pixels`, false);
}

function checkRights(): Check {
  const level = integrityOf(process.pid);
  if (level === null) return failed('rights', 'not known', 'Start the game without administrator rights.', false);
  return level >= HIGH
    ? passed('rights', 'administrator: keys reach every game', false)
    : passed('rights', 'a normal user: a game that runs as administrator gets no keys, and is refused', false);
}

/** How late a timer of 1 ms fires: with Windows' own period it is up to 15.6. */
function checkTimers(): Check {
  const waits: number[] = [];
  const still = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 20; i += 1) {
    const beganMs = performance.now();
    Atomics.wait(still, 0, 0, 1);
    waits.push(performance.now() - beganMs);
  }
  const worst = Math.max(...waits);
  const found = `a wait of 1 ms took ${worst.toFixed(1)} ms at most`;
  return worst < 8
    ? passed('timers', found, false)
    : failed('timers', found, 'Close programs that keep the machine busy; ticks will be late by as much.', false);
}

function checkNothingHeld(layout: bigint): Check {
  const down = allDown(layout);
  if (down.length === 0) return passed('keys up', 'no key and no mouse button is down', false);
  const names = down.map((keycode) => nameOfKey(keycode, layout) ?? `keycode ${keycode}`).join(', ');
  return failed('keys up', `down now: ${names}`, 'If no person holds them: understudy release --all', false);
}
