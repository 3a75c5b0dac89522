/** What a process on Windows asks for itself before it measures or waits. */
import { systemCalls, windowCalls } from './win32.js';

/** DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2, windef.h. */
const PER_MONITOR_AWARE = -4;

/** Windows' timers fire every 15.6 ms unless a process asks for more; a tick of 100 ms would be late by up to that. */
const TIMER_PERIOD_MS = 1;

let prepared = false;

/**
 * Once a process: sizes and positions are physical pixels of each monitor, not scaled ones (the pixels that are captured
 * are physical too), and timers fire every millisecond, for as long as the process runs.
 */
export function prepareProcess(): void {
  if (prepared) return;
  prepared = true;
  windowCalls().setDpiAwareness?.(PER_MONITOR_AWARE); // fails where a manifest has decided it already
  systemCalls().setTimerPeriod(TIMER_PERIOD_MS);
}
