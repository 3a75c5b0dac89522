/** Waits for what another process is about to do and sends no event about. */
import assert from 'node:assert/strict';

/** Looks every few milliseconds until the condition holds; fails after `withinMs`, naming what it waited for. */
export async function until(what: string, holds: () => boolean, withinMs = 5000): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (!holds()) {
    assert.ok(performance.now() < deadlineMs, `${withinMs / 1000} s passed without: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
