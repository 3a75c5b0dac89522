/** `record`: records a named window or the arena's page, and summarises the session. */
import { join } from 'node:path';
import type { UnderstudyError } from '../../core/errors.js';
import { readSession } from '../../session/session.js';
import { fightResults, summarizeResults, type ResultSummary } from '../../session/fight-results.js';
import { pairHolds } from '../../session/holds.js';
import { resultLines } from '../../session/report.js';
import { filesAt, requireNewSession, type SessionFiles } from '../../session/session-files.js';
import type { RecordingWatch } from '../../watch/recording-watch.js';
import { openGame } from '../game/launch.js';
import type { RunEnvironment } from '../environment.js';
import type { PersonsPlace, RecordRequest, WindowRequest } from '../request.js';
import { keysSeenBy } from '../play/arena-page.js';
import { activate } from '../chosen-window.js';
import type { PageKeys } from '../summary.js';
import { markPageFights } from './page-fights.js';
import { openPersonsPage } from './persons-page.js';
import { recordWindow, type RecordingEnvironment, type WindowRecording } from './record-window.js';
import { checkSessionName, proposedName } from './session-name.js';

/** Fields as documented in docs/cli.md: scripts rely on them. */
export interface RecordSummary extends ResultSummary {
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
  await using watch = await openRecordingWatch(request, environment);
  const watched = { ...environment, watch };
  return place.kind === 'page'
    ? await recordPage(request, place, watched)
    : await recordNamedWindow(request, place, watched);
}

/** Loaded only when it is asked for. @throws UnderstudyError `port-taken`, `package-missing` */
async function openRecordingWatch(
  { watch, keys }: RecordRequest,
  { say }: RunEnvironment,
): Promise<RecordingWatch | null> {
  if (watch === null) return null;
  const { RecordingWatch } = await import('../../watch/recording-watch.js');
  const [stop, fightStart, fightEnd] = keys.keysyms.slice(-3); // the game's keys come first
  return await RecordingWatch.open({ port: watch.port, hotKeys: { stop, fightStart, fightEnd }, say });
}

/**
 * The session's files. Without a name, this waits until one was typed in the live page: before the keyboard is watched,
 * so that what is typed there is in no recording.
 *
 * @throws the signal's reason when it aborts
 */
async function filesOf(
  { folder, name }: RecordRequest,
  { watch, signals, say }: RecordingEnvironment,
): Promise<SessionFiles> {
  if (name !== null || watch === null) return filesAt(join(folder, name ?? proposedName()));
  say('the page asks for the name of the session, and starts it');
  const check = (typed: string): void => requireNewSession(filesAt(join(folder, checkSessionName(typed))));
  return filesAt(join(folder, await watch.started(proposedName(), check, signals.signal)));
}

async function recordNamedWindow(
  request: RecordRequest,
  place: WindowRequest,
  environment: RecordingEnvironment,
): Promise<Recorded> {
  await using game = await openGame({ window: place, game: null }, environment);
  const { window } = game;
  const files = await filesOf(request, environment);
  if (place.activate) await activate(window, environment.say);
  return summaryOf(await recordWindow({ request, files, window }, environment));
}

/** Serves the arena's page, opens it, and records its real window while a person plays. */
async function recordPage(
  request: RecordRequest,
  place: Extract<PersonsPlace, { kind: 'page' }>,
  environment: RecordingEnvironment,
): Promise<Recorded> {
  const { signals, say } = environment;
  const files = await filesOf(request, environment);
  await using page = await openPersonsPage(place, signals.signal, say);
  const { server, window } = page;
  let before = server.keyCounts;
  const recording = await recordWindow({ request, files, window }, environment, (recorder) => {
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
  const results = session === null ? [] : fightResults(session);
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
      ...summarizeResults(results),
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
    ...resultLines(summary).map((line) => `  ${line}`),
    ...(page === undefined ? [] : [`  the page counted ${page.presses} presses, the session ${presses}`]),
    `  next: understudy session check ${session}`,
  ].join('\n');
}
