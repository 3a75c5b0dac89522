/** The run that is measured: `play` itself, and for photon to key the arena's page in flash mode. */
import type { ArenaServer } from '../../arena/browser/server.js';
import { requireBrowser } from '../../arena/browser/chromium.js';
import { FLASH_ANSWERED_BY } from '../../arena/actions.js';
import { FlashPolicy, isBright } from './flash-policy.js';
import { photonToKey, type Flash, type KeyAnswer, type PhotonFigures, type SeenTick } from './photon-to-key.js';
import { UnderstudyError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import type { TickObserver, TickReport } from '../../core/tick-report.js';
import { openArenaPage } from '../play/arena-page.js';
import { checkGameKeys } from '../game-keyboard.js';
import { playArena } from '../play/play-arena.js';
import { activate } from '../chosen-window.js';
import { playUntilClosed, playWindow } from '../play/play-window.js';
import { openWindowRun } from '../play/window-parts.js';
import type { WatchedEnvironment } from '../environment.js';
import type { RunSummary } from '../summary.js';
import { WARMUP_TICKS, type FlashPlay, type MeasuredPlay } from './request.js';

/** The key of the flash action as the page names it (KeyboardEvent.code). */
const FLASH_CODE = 'KeyF';
/** Flashes are this many periods apart, and up to one more, so that they fall anywhere between two ticks. */
const FLASH_PERIODS = 3;
/** They are never closer than this, ms: a page draws at 60 Hz, and an answer takes time. */
const LEAST_FLASH_MS = 150;
/** About what an unpaced tick takes, ms: only to estimate how many flashes pass while the loop warms up. */
const UNPACED_TICK_MS = 20;
/** How much longer than its flashes the page may take, ms. */
const FLASH_SLACK_MS = 30_000;

/** The result of a measured run; photon to key where there are flashes. */
export interface PlayedMeasured {
  readonly summary: RunSummary;
  readonly photon: PhotonFigures | null;
}

/** @param onGuest called with each process that is not part of the agent (the browser) */
export async function playMeasured(
  request: MeasuredPlay,
  environment: WatchedEnvironment,
  onGuest: (pid: number) => void,
): Promise<PlayedMeasured> {
  switch (request.mode) {
    case 'arena':
      return { summary: await playArena(request, environment), photon: null };
    case 'window':
      return { summary: await playWindow(request, environment), photon: null };
    case 'flash':
      return await playFlashes(request, environment, onGuest);
  }
}

/** Answers each flash with a key, until the page has made all of them. */
async function playFlashes(
  request: FlashPlay,
  environment: WatchedEnvironment,
  onGuest: (pid: number) => void,
): Promise<PlayedMeasured> {
  const { flashes, pace, screen } = request;
  const { signals, say } = environment;
  const { signal } = signals;
  requireBrowser();
  checkGameKeys(request);
  const periodMs = pace.unpaced ? 0 : 1000 / pace.rateHz;
  const everyMs = Math.max(LEAST_FLASH_MS, FLASH_PERIODS * periodMs);
  const warmupMs = WARMUP_TICKS * Math.max(periodMs, UNPACED_TICK_MS);
  const flips = flashes + Math.ceil(warmupMs / everyMs);
  const flash = { flips, everyMs, jitterMs: Math.max(LEAST_FLASH_MS, periodMs) };
  const seen: { flashes: Flash[]; keys: KeyAnswer[]; done: boolean } = { flashes: [], keys: [], done: false };
  const listen = ({ events }: ArenaServer): void => {
    events.on('flash', ({ flips, keyEvents, done }) => {
      for (const { white, drawnMs } of flips) seen.flashes.push({ white, atMs: drawnMs });
      for (const { type, code, tMs, repeat } of keyEvents) {
        if (code === FLASH_CODE && !repeat) seen.keys.push({ down: type === 'down', atMs: tMs });
      }
      seen.done ||= done;
    });
  };
  await using page = await openArenaPage({ seed: 1, level: 'normal', flash }, signal, listen);
  const { browser, window } = page;
  onGuest(browser.pid);
  const watch = new FlashWatch();
  const observers = [...(environment.observers ?? []), watch];
  await using opened = await openWindowRun({
    request,
    environment: { ...environment, observers },
    window,
    mode: 'browser',
    health: () => null,
    isGame: false,
    wrapPolicy: (model) => new FlashPolicy(model),
  });
  await activate(window, say);
  const mostMs = flips * (everyMs + flash.jitterMs) + FLASH_SLACK_MS;
  const outcome = await playUntilClosed(opened.run, window, () => seen.done || opened.run.seconds * 1000 > mostMs);
  await opened.settle();
  if (!seen.done && !signal.aborted) throw notFlashed(seen.flashes.length, flips);
  const summary = opened.run.conclude(outcome, []);
  const warm = watch.ticks.at(WARMUP_TICKS);
  if (warm === undefined && !signal.aborted) throw notWarm(watch.ticks.length, summary.seconds);
  const measured = seen.flashes.filter(({ atMs }) => warm !== undefined && atMs >= warm.atMs);
  const photon = photonToKey(measured, seen.keys, watch.ticks);
  if (photon === null && !signal.aborted && screen.sink !== 'dry-run') throw notAnswered(measured.length);
  return { summary, photon };
}

/** What each tick saw, on the page's clock: both clocks count monotonically from the wall clock at their start. */
class FlashWatch implements TickObserver {
  readonly ticks: SeenTick[] = [];

  onTick({ deadlineMs, latenessMs }: TickReport, frame: Frame | null): void {
    if (frame === null) return;
    this.ticks.push({ atMs: performance.timeOrigin + deadlineMs + latenessMs, bright: isBright(frame) });
  }
}

function notFlashed(made: number, wanted: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'browser-failed',
    message: `the arena's page made ${made} of ${wanted} flashes and then no more`,
    next: `leave its window open and in front; ${FLASH_ANSWERED_BY} is the action that it listens for`,
  });
}

function notWarm(ticks: number, seconds: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'capture-failed',
    message: `${ticks} pictures in ${seconds.toFixed(0)} s: the flashes were over before the ${WARMUP_TICKS} ticks of warm-up were`,
    next: 'Ask for more --flashes, or see through another adapter with --capture.',
  });
}

function notAnswered(flashes: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'browser-failed',
    message: `none of ${flashes} flashes was answered by a key event (${FLASH_CODE}) at the page`,
    next: `leave --keys out: ${FLASH_ANSWERED_BY} must be on the key ${FLASH_CODE}, and its window in front`,
  });
}
