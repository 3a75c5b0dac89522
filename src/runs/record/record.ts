/** `record`: records a named window or the arena's page, and summarises the session. */
import type { UnderstudyError } from '../../core/errors.js';
import { readSession } from '../../session/session.js';
import { pairHolds } from '../../session/holds.js';
import { findChosenWindow } from '../chosen-window.js';
import type { RunEnvironment } from '../environment.js';
import type { PersonsPlace, RecordRequest, WindowRequest } from '../request.js';
import { keysSeenBy } from '../play/arena-page.js';
import { activate } from '../play/play-window.js';
import type { PageKeys } from '../summary.js';
import { markPageFights } from './page-fights.js';
import { openPersonsPage } from './persons-page.js';
import { recordWindow, type WindowRecording } from './record-window.js';

/** Fields as documented in docs/cli.md: scripts rely on them. */
export interface RecordSummary {
  /** The session's path without ending, as the `session` verbs take it. */
  readonly session: string;
  /** `stopped` by a hot key, a signal or --seconds; `ended` with its window; `failed`: see `error`. */
  readonly outcome: 'stopped' | 'ended' | 'failed';
  /** Code of what went wrong, or null. */
  readonly error: string | null;
  readonly seconds: number;
  readonly rateHz: number;
  readonly frames: number;
  readonly duplicates: number;
  readonly failedGrabs: number;
  readonly fights: number;
  /** Presses of the seven actions' keys, as `session stats` counts them. */
  readonly presses: number;
  /** Key events that a program sent (XTEST). */
  readonly syntheticEvents: number;
  /** Only with --browser: the key events that the page counted during the recording. */
  readonly page?: PageKeys;
}

export interface Recorded {
  readonly summary: RecordSummary;
  /** The error that ended it; null where it was stopped, or its window was closed. */
  readonly failure: UnderstudyError | null;
}

/** Records until a hot key, a signal, the end of the time or of the window. @throws UnderstudyError as recordWindow */
export async function record(request: RecordRequest, environment: RunEnvironment): Promise<Recorded> {
  const { place } = request;
  return place.kind === 'page'
    ? await recordPage(request, place, environment)
    : await recordNamedWindow(request, place, environment);
}

async function recordNamedWindow(
  request: RecordRequest,
  place: WindowRequest,
  environment: RunEnvironment,
): Promise<Recorded> {
  using window = await findChosenWindow(place, environment);
  if (place.activate) await activate(window, environment.say);
  return summaryOf(await recordWindow(request, environment, window));
}

/** Serves the arena's page, opens it, and records its real window while a person plays. */
async function recordPage(
  request: RecordRequest,
  place: Extract<PersonsPlace, { kind: 'page' }>,
  environment: RunEnvironment,
): Promise<Recorded> {
  const { signals, say } = environment;
  await using page = await openPersonsPage(place, signals.signal, say);
  const { server, window } = page;
  let before = server.keyCounts;
  const recording = await recordWindow(request, environment, window, (recorder) => {
    before = server.keyCounts;
    markPageFights({ server, recorder });
    say('the page tells where fights begin and end');
  });
  const recorded = await summaryOf(recording);
  const { presses } = recorded.summary;
  // the last release as well: it is posted after its press
  const areAll = (keys: PageKeys): boolean =>
    Math.min(keys.presses - before.presses, keys.releases - before.releases) >= presses;
  const counts = await keysSeenBy(server, areAll);
  const counted: PageKeys = {
    presses: counts.presses - before.presses,
    releases: counts.releases - before.releases,
    repeats: counts.repeats - before.repeats,
  };
  return { ...recorded, summary: { ...recorded.summary, page: counted } };
}

async function summaryOf({ files, result }: WindowRecording): Promise<Recorded> {
  const hasClosed = result.error?.code === 'window-closed';
  const failure = hasClosed ? null : result.error;
  const session = result.frames === 0 ? null : await readSession(files);
  return {
    failure,
    summary: {
      session: files.base,
      outcome: hasClosed ? 'ended' : failure === null ? 'stopped' : 'failed',
      error: result.error?.code ?? null,
      seconds: Number(result.seconds.toFixed(3)),
      rateHz: session?.rateHz ?? 0,
      frames: result.frames,
      duplicates: result.duplicates,
      failedGrabs: result.failedGrabs,
      fights: result.fights,
      presses: session === null ? 0 : pairHolds(session).holds.length,
      syntheticEvents: session?.events.filter(({ synthetic }) => synthetic).length ?? 0,
    },
  };
}

/** The summary for people. */
export function recordText(summary: RecordSummary): string {
  const { session, outcome, seconds, frames, duplicates, failedGrabs, fights, presses, syntheticEvents, page } =
    summary;
  const ends = {
    stopped: 'stopped',
    ended: 'ended with its window',
    failed: `failed (${summary.error}); what was recorded is kept`,
  };
  return [
    `${session}: ${ends[outcome]} after ${seconds.toFixed(1)} s`,
    `  ${frames} frames, ${duplicates} of them duplicates, ${failedGrabs} grabs failed`,
    `  ${fights} fights, ${presses} presses, ${syntheticEvents} key events sent by programs`,
    ...(page === undefined ? [] : [`  the page counted ${page.presses} presses, the session ${presses}`]),
    `  next: understudy session check ${session}`,
  ].join('\n');
}
