/** Waits for what another process does without sending an event. */
import assert from 'node:assert/strict';

const LOOK_EVERY_MS = 2;
/** How much of the time between two looks counts as this process' own, ms, at most. */
const OWN_MS_PER_LOOK = 20;

/** Looks every few milliseconds until the condition holds; fails after `withinMs`, naming what it waited for. */
export async function until(what: string, holds: () => boolean, withinMs = 5000): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (!holds()) {
    assert.ok(performance.now() < deadlineMs, `${withinMs / 1000} s passed without: ${what}`);
    await look();
  }
}

/**
 * The same within a limit on this process' own time: where a busy machine does not run it, it does not run what is waited
 * for either.
 */
export async function untilInOwnTime(what: string, holds: () => boolean, withinMs = 5000): Promise<void> {
  let ownMs = 0;
  for (let lastMs = performance.now(); !holds();) {
    const nowMs = performance.now();
    ownMs += Math.min(OWN_MS_PER_LOOK, nowMs - lastMs);
    lastMs = nowMs;
    assert.ok(ownMs < withinMs, `${withinMs / 1000} s of this process' own time passed without: ${what}`);
    await look();
  }
}

function look(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}
