/**
 * What stands between the fight and an agent at the browser's window: how far the picture's grays are from those of a
 * headless canvas, and how much later the agent's pictures and keys are together than they are in process.
 *
 *   npm run bench arena-picture -- [--fights 3] [--seed 1] [--write]
 *
 * Plays nothing: taps LEFT and RIGHT, grabs ten pictures a second, and finds each picture and each key again in the
 * fight that the page posts.
 */
import { openBrowserWindow, WINDOW_CLASS } from '../../src/arena/browser/chromium.js';
import { startArenaServer, type ArenaServer, type PlayedFight } from '../../src/arena/browser/server.js';
import { FightCanvas, type PictureSize } from '../../src/arena/canvas.js';
import { Fight, STEP_MS } from '../../src/arena/fight.js';
import { findWindow } from '../../src/desktop/find-window.js';
import { openFrames } from '../../src/capture/choose-backend.js';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { SystemClock } from '../../src/core/clock.js';
import type { FrameSource } from '../../src/core/frame.js';
import { quantiles } from '../../src/core/quantiles.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';
import type { XConnection } from '../../src/desktop/x11/connection.js';
import { sendKey } from '../../src/desktop/x11/xtest.js';
import { openDisplay } from '../../testing/display/x-display.js';
import { commandOf, markdownTable, publish } from '../support/results.js';
import { countArgument } from '../support/sampling.js';
import { KEY } from '../../testing/display/keycodes.js';

const KEYS = [KEY.left, KEY.right] as const;
const DIRECTIONS = STUDY_ACTIONS.bit('LEFT') | STUDY_ACTIONS.bit('RIGHT');
const PERIOD_MS = 100;
/** Steps around the likeliest one in which a picture is looked for. */
const SEARCH_STEPS = 40;
/** Until then hardly anything moves, and a picture fits many steps. */
const STILL_STEPS = 90;
/** Difference in gray levels from which a pixel counts as different. */
const DIFFERENT = 3;
const SIZES: readonly PictureSize[] = [
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
];

interface SeenPicture {
  /** Monotonic, ms. */
  readonly atMs: number;
  readonly gray: Uint8Array;
}

interface Watched {
  readonly fight: PlayedFight;
  readonly pictures: readonly SeenPicture[];
  /** When each press was sent, ms, in order. */
  readonly pressesMs: readonly number[];
}

process.chdir(PROJECT_ROOT);
const fights = countArgument('--fights', 3);
const firstSeed = countArgument('--seed', 1);
await using display = await openDisplay({ windowManager: true });
process.env.DISPLAY = display.name;
delete process.env.WAYLAND_DISPLAY;
const clock = new SystemClock();
const rows = [await measure(30), await measure(60)];
report();

/** Fights at one drawing rate: watched first, drawn again once the page is closed, since drawing keeps the server busy. */
async function measure(drawHz: number) {
  const laterMs: number[] = [];
  const bySize = SIZES.map((size) => ({ size, means: [] as number[], shares: [] as number[] }));
  for (const watched of await watchFights(drawHz)) {
    const drawn = await Promise.all(SIZES.map((size) => drawAgain(watched.fight, size)));
    const found = findPictures(watched.pictures, drawn[0]);
    const pictureMs = mean(found.map(({ step, picture }) => step * STEP_MS - picture.atMs));
    for (const keyMs of keysActMs(watched)) laterMs.push(keyMs - pictureMs);
    for (const [i, { means, shares }] of bySize.entries()) {
      for (const { step, picture } of found) {
        const by = difference(picture.gray, drawn[i][step]);
        means.push(by.mean);
        shares.push(by.share);
      }
    }
  }
  return {
    drawHz,
    pictures: bySize[0].means.length,
    keys: laterMs.length,
    laterMs: quantiles(laterMs),
    meanLaterMs: mean(laterMs),
    bySize: bySize.map(({ size, means, shares }) => ({
      size: `${size.width}x${size.height}`,
      meanDifference: mean(means),
      differentPercent: 100 * mean(shares),
    })),
  };
}

async function watchFights(drawHz: number): Promise<Watched[]> {
  await using server = await startArenaServer({
    seed: firstSeed,
    level: 'normal',
    begin: 'command',
    own: true,
    drawHz,
  });
  await using browser = await openBrowserWindow({ url: server.url });
  await server.untilReady(AbortSignal.timeout(60_000));
  using window = await findWindow({ app: WINDOW_CLASS, pid: browser.pid, waitMs: 5000 });
  await window.activate();
  await using source = openFrames({ capture: 'x11', window, clock }).source;
  const keyboard = display.eyes;
  const watched: Watched[] = [];
  for (let i = 0; i < fights; i += 1) watched.push(await watch(server, source, keyboard, firstSeed + i));
  return watched;
}

/** One fight of taps to its end. */
async function watch(server: ArenaServer, source: FrameSource, keyboard: XConnection, seed: number): Promise<Watched> {
  const grays = new Preprocessor(STUDY_CONTRACT);
  const pictures: SeenPicture[] = [];
  const pressesMs: number[] = [];
  let ended: PlayedFight | null = null;
  server.events.on('fight', (fight) => (ended = fight.seed === seed ? fight : ended));
  server.begin({ seed, level: 'normal' });
  const beganMs = clock.nowMs();
  for (let tick = 0; ended === null; tick += 1) {
    await clock.sleepUntil(beganMs + tick * PERIOD_MS);
    const frame = await source.next(clock.nowMs() + PERIOD_MS, AbortSignal.timeout(5000));
    if (frame !== null && !frame.stale) {
      grays.process(frame);
      pictures.push({ atMs: frame.capturedAtMs, gray: Uint8Array.from(grays.gray) });
    }
    // at uneven times, so that keys do not stay in phase with the pictures or the page's own steps
    await clock.sleepUntil(beganMs + tick * PERIOD_MS + 20 + ((tick * 37) % 60));
    const isPress = tick % 2 === 0;
    if (isPress) pressesMs.push(clock.nowMs());
    sendKey(keyboard, KEYS[(tick >> 1) % 2], isPress);
  }
  for (const key of KEYS) sendKey(keyboard, key, false);
  server.events.removeAllListeners('fight');
  return { fight: ended, pictures, pressesMs };
}

/** The fight's grays after each step, on a canvas of that size. */
async function drawAgain({ seed, level, inputs }: PlayedFight, size: PictureSize): Promise<Uint8Array[]> {
  const canvas = await FightCanvas.open(size);
  const grays = new Preprocessor(STUDY_CONTRACT);
  const fight = new Fight({ seed, level });
  const drawn: Uint8Array[] = [];
  const add = (): void => {
    grays.process({ ...size, pixels: canvas.draw(fight.state) });
    drawn.push(Uint8Array.from(grays.gray));
  };
  add();
  for (const [held, steps] of inputs) {
    for (let i = 0; i < steps; i += 1) {
      fight.step(held);
      add();
    }
  }
  return drawn;
}

interface FoundPicture {
  readonly picture: SeenPicture;
  /** Steps of the fight that it shows. */
  readonly step: number;
}

/** Each picture's place in the fight. Those before it, after it, and of its still first seconds are left out. */
function findPictures(pictures: readonly SeenPicture[], drawn: readonly Uint8Array[]): FoundPicture[] {
  const found: FoundPicture[] = [];
  let from = 0;
  for (const picture of pictures) {
    const near = drawn.slice(from, from + SEARCH_STEPS).map((gray) => difference(picture.gray, gray).mean);
    if (near.length === 0) break;
    const step = from + near.indexOf(Math.min(...near));
    from = Math.max(0, step - 2);
    if (step >= STILL_STEPS && step < drawn.length - SEARCH_STEPS) found.push({ picture, step });
  }
  return found;
}

/** Of each press: the fight's own time of the step in which it acted, less when it was sent, ms. */
function keysActMs({ fight, pressesMs }: Watched): number[] {
  const acted: number[] = [];
  let step = 0;
  let before = 0;
  for (const [held, steps] of fight.inputs) {
    if ((held & DIRECTIONS & ~before) !== 0) acted.push(step);
    before = held & DIRECTIONS;
    step += steps;
  }
  // the first and the last taps may lie outside the fight: of the ways to pair them, the one that varies least
  const pairings = [-2, -1, 0, 1, 2].map((shift) =>
    acted.flatMap((at, i) => (i + shift in pressesMs ? [at * STEP_MS - pressesMs[i + shift]] : [])),
  );
  return pairings.reduce((best, pairing) => (spread(pairing) < spread(best) ? pairing : best));
}

function difference(a: Uint8Array, b: Uint8Array): { readonly mean: number; readonly share: number } {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < a.length; i += 1) {
    const by = Math.abs(a[i] - b[i]);
    sum += by;
    if (by >= DIFFERENT) count += 1;
  }
  return { mean: sum / a.length, share: count / a.length };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}

function report(): void {
  const lines = rows.flatMap(({ drawHz, pictures, keys, laterMs, meanLaterMs, bySize }) => {
    const { p50, p95, max } = laterMs!;
    const late = [meanLaterMs, p50, p95, max].map((ms) => ms.toFixed(1));
    const differs = bySize.map(
      ({ meanDifference, differentPercent }) => `${meanDifference.toFixed(3)}, ${differentPercent.toFixed(2)} %`,
    );
    return [[`${drawHz} Hz`, String(pictures), String(keys), ...late, ...differs]];
  });
  const headings = [
    ...['drawn at', 'pictures', 'keys', 'later, mean ms', 'p50', 'p95', 'max'],
    ...SIZES.map(({ width, height }) => `grays from a ${width}x${height} canvas`),
  ];
  publish({
    name: 'arena-picture',
    title: "The browser's window beside the headless canvas",
    command: commandOf('bench arena-picture', { fights, seed: firstSeed, write: true }),
    n: `${fights} fights at each drawing rate`,
    sections: [
      [
        'Each grabbed picture was found again in the fight that the page posted. Later: how much later a key acts after what a',
        'picture shows than in process, where both happen at one instant. Grays: mean difference of 128x72 grays, and pixels that',
        `differ by ${DIFFERENT} of 255 or more. The page draws at 1280x720.`,
      ].join('\n'),
      markdownTable(headings, lines),
    ],
    document: { fights, firstSeed, rows },
  });
}
