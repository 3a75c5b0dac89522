/**
 * Which frames of a recording of the agent's play were played by a person, and a session of only those: corrections, from
 * which a model learns as from any other play. A session that does not say who played is a person's: it stays unchanged.
 */
import type { Fight } from './event-log.js';
import type { PlayedBy } from './format/event-lines.js';
import { firstAt } from './frame-log.js';
import type { Session } from './session.js';
import { WINDOW_LENGTH } from './samples.js';

type Played = Pick<Session, 'frames' | 'events' | 'control'>;

/** A time in which `source` plays; `to` is not part of it. Unix seconds. */
interface Span {
  readonly source: PlayedBy;
  readonly from: number;
  readonly to: number;
}

/**
 * Who played each frame: [frames] 0 no one, 1 the agent, 2 a person; null where the log does not say.
 *
 * A person's time ends when it is given back by an order. Otherwise it ends when the last key in it is released: the agent
 * plays again only after a pause, in which no one plays.
 */
export function playedByFrames(session: Played): Uint8Array | null {
  if (session.control.length === 0) return null;
  const { times, count } = session.frames;
  const played = new Uint8Array(count);
  for (const { source, from, to } of spansOf(session)) {
    for (let frame = firstAt(times, from); frame < count && times[frame] < to; frame += 1) {
      played[frame] = source === 'agent' ? 1 : 2;
    }
  }
  return played;
}

/**
 * The session with one fight for each time that a person played in one of its fights, and only the person's keys. Each
 * fight begins early enough for the first window, so that the windows of {@link WINDOW_LENGTH} with horizon 1 predict
 * the person's frames and no others.
 */
export function onlyCorrections(session: Session): Session {
  if (session.control.length === 0) return session;
  const { times, count } = session.frames;
  const takeovers = spansOf(session).filter(({ source }) => source === 'human');
  const fights = takeovers.flatMap(({ from, to }) =>
    session.fights.flatMap((fight): Fight[] => {
      const first = firstAt(times, Math.max(from, fight.start));
      const end = Math.min(to, fight.end);
      if (first === count || times[first] >= end) return [];
      return [{ start: Math.max(fight.start, times[Math.max(0, first - WINDOW_LENGTH)]), end }];
    }),
  );
  return { ...session, fights, events: session.events.filter(({ source }) => source !== 'agent') };
}

function spansOf({ control, events }: Played): Span[] {
  const spans: Span[] = [];
  control.forEach(({ t: from, source }, place) => {
    const next = control.at(place + 1);
    const until = next?.t ?? Number.POSITIVE_INFINITY;
    if (source === 'nobody') return;
    const isWhole = source === 'agent' || next?.givenBack === true;
    spans.push({ source, from, to: isWhole ? until : endOfPlay(events, from, until) });
  });
  return spans;
}

/** When the person's last key before `until` came up; `until` where one is still down, `from` where there is none. */
function endOfPlay(events: Played['events'], from: number, until: number): number {
  const down = new Set<string>();
  let last = from;
  for (const { t, source, key, down: pressed } of events) {
    if (t >= until) break;
    if (source !== 'human') continue;
    if (pressed) down.add(key);
    else down.delete(key);
    last = Math.max(last, t);
  }
  return down.size > 0 ? until : last;
}
