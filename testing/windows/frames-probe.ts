/**
 * Grabs the window of a witness in Windows' Node while that window is covered, moved, resized, minimised and closed. Prints
 * what each grab gave as one line of JSON, a {@link FramesReport}.
 *
 *   node frames-probe.js <handle of the witness> <handle of a red witness>
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CaptureOffer } from '../../src/capture/backend.js';
import { UnderstudyError } from '../../src/core/errors.js';
import type { Frame } from '../../src/core/frame.js';
import { thisDesktop } from '../../src/desktop/choose.js';
import { openLibrary } from '../../src/system/ffi.js';

export interface GrabbedFrame {
  readonly width: number;
  readonly height: number;
  /** The left half's level where the picture is the witness' own and whole, else null. */
  readonly level: number | null;
  /** True where a pixel is as the red witness paints it. */
  readonly isRed: boolean;
  readonly repeated: boolean;
}

export interface FramesReport {
  readonly still: readonly (GrabbedFrame | null)[];
  readonly covered: readonly (GrabbedFrame | null)[];
  /** What the covering window shows, as [B, G, R]. */
  readonly cover: readonly number[];
  readonly uncovered: readonly (GrabbedFrame | null)[];
  readonly moved: readonly (GrabbedFrame | null)[];
  readonly resized: readonly (GrabbedFrame | null)[];
  /** Its length where each grab gave none. */
  readonly minimised: readonly (GrabbedFrame | null)[];
  readonly restored: readonly (GrabbedFrame | null)[];
  /** Codes of what two grabs of the closed window threw. */
  readonly closed: readonly string[];
}

/** SW_MINIMIZE and WM_CLOSE, winuser.h. */
const MINIMISE = 6;
const CLOSE = 0x10;
/** How long the window may take to paint itself again on a busy machine, ms. */
const PATIENCE_MS = 20_000;

const [id, coverId] = process.argv.slice(2).map(Number);
const user32 = openLibrary('user32.dll');
const move = user32.declare('int MoveWindow(void *w, int x, int y, int width, int height, int repaint)');
const show = user32.declare('int ShowWindow(void *w, int how)');
const post = user32.declare('int PostMessageW(void *w, unsigned int message, uintptr_t a, intptr_t b)');
const handle = BigInt(id);

const desktop = thisDesktop();
const window = desktop.openWindow(id)!;
const gdiOf = ({ backends }: CaptureOffer) => backends.find(({ adapter }) => adapter === 'gdi')!.open({}).source;
const source = gdiOf(window.captures);
const signal = new AbortController().signal;

/** The level of the left half; null where a pixel of either half has another than it should. */
function levelOf({ width, height, pixels }: Frame): number | null {
  const level = pixels[0];
  const half = Math.floor(width / 2);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const expected = x < half ? level : 72 - level;
      const at = 4 * (y * width + x);
      if (pixels[at] !== expected || pixels[at + 1] !== expected || pixels[at + 2] !== expected) return null;
    }
  }
  return level;
}

function isRed({ pixels }: Frame): boolean {
  for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 2] > 100) return true;
  return false;
}

async function grab(): Promise<GrabbedFrame | null> {
  const frame = await source.next(Infinity, signal);
  if (frame === null) return null;
  return {
    width: frame.width,
    height: frame.height,
    level: levelOf(frame),
    isRed: isRed(frame),
    repeated: frame.repeated,
  };
}

/** Waits until the window has painted itself at its size, then grabs some. */
async function grabs(count: number): Promise<(GrabbedFrame | null)[]> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (((await grab())?.level ?? null) === null && performance.now() < untilMs) await delay(20);
  return grabbed(count);
}

async function grabbed(count: number): Promise<(GrabbedFrame | null)[]> {
  const all: (GrabbedFrame | null)[] = [];
  for (let i = 0; i < count; i += 1) {
    all.push(await grab());
    await delay(7); // the window paints every 20 ms: some pictures repeat, most do not
  }
  return all;
}

async function coverColour(): Promise<number[]> {
  await using covering = gdiOf(desktop.openWindow(coverId)!.captures);
  const frame = await covering.next(Infinity, signal);
  return frame === null ? [] : [...frame.pixels.subarray(0, 3)];
}

async function errorOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'no error';
  } catch (error) {
    return error instanceof UnderstudyError ? error.code : String(error);
  }
}

const { bounds } = window.info;
const coverHandle = BigInt(coverId);
const coverAway = (): unknown => move(coverHandle, 760, 500, 328, 207, 1);
coverAway();
const still = await grabs(100);
move(coverHandle, bounds.x - 40, bounds.y - 60, bounds.width + 100, bounds.height + 120, 1);
await desktop.openWindow(coverId)!.activate();
const untilCoveredMs = performance.now() + PATIENCE_MS;
while ((await grab())?.level !== null && performance.now() < untilCoveredMs) await delay(20);
const covered = await grabbed(10);
const cover = await coverColour();
coverAway();
const uncovered = await grabs(10);
move(handle, 300, 250, 328, 207, 1);
const moved = await grabs(10);
move(handle, 200, 150, 508, 327, 1);
const resized = await grabs(10);
show(handle, MINIMISE);
const minimised = [await grab(), await grab(), await grab()];
const untilRestoredMs = performance.now() + PATIENCE_MS;
// a window manager that is still busy with the minimising may minimise it once more afterwards
while (((await grab())?.level ?? null) === null && performance.now() < untilRestoredMs) {
  await window.activate();
  await delay(100);
}
const restored = await grabs(10);
post(handle, CLOSE, 0, 0);
const untilMs = performance.now() + PATIENCE_MS;
while (window.isAlive() && performance.now() < untilMs) await delay(10);
const closed = [await errorOf(() => grab()), await errorOf(() => grab())];
const report: FramesReport = { still, covered, cover, uncovered, moved, resized, minimised, restored, closed };
console.log(JSON.stringify(report));
