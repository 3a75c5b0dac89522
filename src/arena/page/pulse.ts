/// <reference lib="dom" />
/**
 * Calls back once for each display frame, and from a worker's timer where frames stop (a covered or hidden window), so
 * that game time continues in a window that is not visible.
 */

/** How often the worker ticks, ms. A main thread's own timers fall to 1 Hz in a hidden page; a worker's do not. */
const WORKER_TICK_MS = 50;

/** Where frames are further apart than this, ms, the worker's ticks are used. */
const FRAME_GAP_MS = 45;

/**
 * @param onPulse `nowMs` on the page's monotonic clock; `visible` is false where no frame will show what is drawn now
 * @returns stops it
 */
export function startPulse(onPulse: (nowMs: number, visible: boolean) => void): () => void {
  let running = true;
  let lastFrameMs = performance.now();
  const frame = (): void => {
    if (!running) return;
    lastFrameMs = performance.now();
    onPulse(lastFrameMs, true);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const worker = new Worker(new URL('./pulse-worker.js', import.meta.url), { type: 'module' });
  worker.onmessage = () => {
    const nowMs = performance.now();
    if (running && nowMs - lastFrameMs > FRAME_GAP_MS) onPulse(nowMs, false);
  };
  worker.postMessage(WORKER_TICK_MS);
  return () => {
    running = false;
    worker.terminate();
  };
}
