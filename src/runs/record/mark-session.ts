/**
 * `session mark`: marks the fights of a session that was recorded without a cue, from its video, as `record --game` would
 * have marked them. Changes markers and meters alone, and no session that is being recorded.
 */
import { existsSync } from 'node:fs';
import { badOption, UnderstudyError } from '../../core/errors.js';
import { ownFile } from '../../core/project-root.js';
import type { GameFile } from '../../games/game-file.js';
import { GameWatcher } from '../../games/game-watcher.js';
import { fightResults, summarizeResults, type FightResult, type ResultSummary } from '../../session/fight-results.js';
import type { MarkerLine, MetersLine } from '../../session/format/event-lines.js';
import { untilQuiet } from '../../session/quiet.js';
import { readVideo } from '../../session/read-video.js';
import { replaceMarkers } from '../../session/replace-markers.js';
import { readSession, type Session } from '../../session/session.js';
import { resolveSession } from '../../session/session-files.js';
import { CuedFights, marksFights, type MarkedLog } from './cued-fights.js';

export interface MarkRequest {
  /** As the `session` verbs take it. */
  readonly session: string;
  readonly game: GameFile;
  /** Markers that are there already are replaced. */
  readonly again: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
  /** Text for people. */
  readonly say: (text: string) => void;
}

/** `session mark --json`. */
export interface MarkReport extends ResultSummary {
  readonly session: string;
  readonly fights: number;
  /** Fights that were marked before. */
  readonly replaced: number;
  readonly fightResults: readonly FightResult[];
}

/**
 * @returns null where the signal came first; nothing is changed then
 * @throws UnderstudyError `bad-option` for a game without cues, a session of another game, or one with markers;
 *   `file-missing` without a video; as GameWatcher.open, readSession, readVideo, untilQuiet and replaceMarkers
 */
export async function markSession(request: MarkRequest): Promise<MarkReport | null> {
  const { game, signal, say } = request;
  const files = resolveSession(request.session);
  const watcher = await GameWatcher.open(game);
  const session = await readSession(files);
  requireMarkable(session, request);
  await untilQuiet(files);
  const { width = 0, height = 0 } = session.header ?? {};
  if (width > 0) for (const note of watcher.notesFor({ width, height })) say(note);
  const lines = await markersOf(session, watcher, request);
  if (lines === null || signal.aborted) return null;
  for (const note of watcher.account.advice()) say(`note: ${note}`);
  await replaceMarkers(files.events, lines);
  const results = fightResults(await readSession(files));
  return {
    session: files.name,
    fights: results.length,
    replaced: session.fights.length,
    ...summarizeResults(results),
    fightResults: results,
  };
}

/** Markers and meters by time; null where the signal came first. */
async function markersOf(
  { files, frames, header }: Session,
  watcher: GameWatcher,
  { signal, onProgress }: MarkRequest,
): Promise<readonly (MarkerLine | MetersLine)[] | null> {
  const log = new ListedMarkers();
  const cued = new CuedFights(watcher, log);
  let place = 0;
  for await (const { index, ...picture } of readVideo(files.video, header)) {
    if (signal.aborted) return null;
    if (place >= frames.count) break;
    if (frames.videoIndex[place] !== index) continue;
    const captured = frames.captured[place];
    // a slot without a grab repeats the picture before it: there was nothing to look at
    const isSeen = Number.isNaN(captured) || place === 0 || captured > frames.captured[place - 1];
    const capturedAtMs = (Number.isNaN(captured) ? frames.times[place] : captured) * 1000;
    if (isSeen) cued.look({ ...picture, capturedAtMs });
    place += 1;
    onProgress(place, frames.count);
  }
  const endMs = frames.times[frames.count - 1] * 1000;
  cued.finish(endMs);
  if (log.status.inFight) log.marker('fight_end', endMs);
  return log.lines.toSorted((a, b) => a.t - b.t);
}

/** Markers in memory, as a session's writer writes them. Times are Unix ms. */
class ListedMarkers implements MarkedLog {
  readonly lines: (MarkerLine | MetersLine)[] = [];
  #fights = 0;
  #inFight = false;

  get status(): MarkedLog['status'] {
    return { fights: this.#fights, inFight: this.#inFight };
  }

  marker(type: MarkerLine['type'], atMs: number, outcome: MarkerLine['outcome'] = null): boolean {
    this.#inFight = type === 'fight_start';
    if (this.#inFight) this.#fights += 1;
    this.lines.push({ event: 'marker', type, t: secondsOf(atMs), outcome });
    return true;
  }

  meters(values: MetersLine['values'], atMs: number): void {
    this.lines.push({ event: 'meters', values, t: secondsOf(atMs) });
  }
}

/** Unix seconds, to a microsecond. */
function secondsOf(unixMs: number): number {
  return Math.round(unixMs * 1000) / 1e6;
}

function requireMarkable({ files, header, fights }: Session, { game, again }: MarkRequest): void {
  if (!marksFights(game)) {
    throw badOption(
      `${game.path} has no cue: nothing says when a fight is on.`,
      `Add one to its cues, as ${ownFile('docs/games.md')} describes, then mark the session again.`,
    );
  }
  const of = header?.game ?? game.name;
  if (of !== game.name) {
    throw badOption(
      `The session ${files.name} is of the game '${of}', and ${game.path} describes '${game.name}'.`,
      'Name the file of its own game with --game.',
    );
  }
  if (fights.length > 0 && !again) {
    throw badOption(
      `${files.name} has ${fights.length} marked fights already.`,
      'Add --again to replace them with those that the cues tell.',
    );
  }
  if (existsSync(files.video)) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'file-missing',
    message: `${files.base} has no video: cues are looked for in its pictures, at the size of the window.`,
    next: "Put the session's video beside its logs.",
  });
}
