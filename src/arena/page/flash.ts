/// <reference lib="dom" />
/**
 * Flash mode, for measuring from pixel to key: the whole canvas turns black or white at uneven times, and every key
 * event is recorded on the same clock. The space bar flips it too. No fight runs.
 */
import type { Link } from './link.js';
import type { FlashPost, KeyEventRecord } from './messages.js';
import type { FlashOptions } from './page-options.js';

/** How often records are posted, ms. */
const POST_EVERY_MS = 500;

/** Starts at once; ends by itself after the last flip. */
export function startFlashes(canvas: HTMLCanvasElement, options: FlashOptions, link: Link): void {
  const context = canvas.getContext('2d', { alpha: false })!;
  const wallMs = (monotonicMs: number): number => performance.timeOrigin + monotonicMs;
  let flips: { index: number; white: boolean; drawnMs: number }[] = [];
  let keyEvents: KeyEventRecord[] = [];
  let made = 0;
  let white = false;

  const fill = (): void => {
    canvas.width = window.innerWidth;
    canvas.height = window.innerHeight;
    context.fillStyle = white ? '#fff' : '#000';
    context.fillRect(0, 0, canvas.width, canvas.height);
  };
  const flip = (): void => {
    requestAnimationFrame(() => {
      white = !white;
      fill();
      flips.push({ index: made, white, drawnMs: wallMs(performance.now()) });
      made += 1;
    });
  };
  const post = (done: boolean): void => {
    const body: FlashPost = { flips, keyEvents, done };
    flips = [];
    keyEvents = [];
    void link.post('flash', body);
  };
  const onKey = (type: 'down' | 'up', event: KeyboardEvent): void => {
    event.preventDefault();
    if (keyEvents.length < 1000) {
      keyEvents.push({ type, code: event.code || event.key, tMs: wallMs(performance.now()), repeat: event.repeat });
    }
    if (type === 'down' && event.code === 'Space' && !event.repeat) flip();
  };
  window.addEventListener('keydown', (event) => onKey('down', event));
  window.addEventListener('keyup', (event) => onKey('up', event));
  window.addEventListener('resize', fill);
  fill();

  const posting = setInterval(() => post(false), POST_EVERY_MS);
  const schedule = (): void => {
    if (made < options.flips) {
      flip();
      setTimeout(schedule, options.everyMs + Math.random() * options.jitterMs);
      return;
    }
    clearInterval(posting);
    post(true);
  };
  setTimeout(schedule, options.everyMs);
}
