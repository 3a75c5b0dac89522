/** Waits for what another process is about to do and sends no event about. */
import assert from 'node:assert/strict';

/** Looks every few milliseconds until the condition holds; fails after 5 s, naming what it waited for. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 5000;
  while (!holds()) {
    assert.ok(performance.now() < deadlineMs, `5 s passed without: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
