/**
 * Which frames of a recording of the agent's play were played by a person, and a session of those alone: corrections,
 * to be learned from as any other play. A session that does not say who played is a person's, and is left as it is.
 */
import type { Fight } from './event-log.js';
import type { PlayedBy } from './played-by.js';
import type { Session } from './session.js';
import { WINDOW_LENGTH } from './samples.js';

type Played = Pick<Session, 'frames' | 'events' | 'control'>;

/** A time in which one plays; `to` is not part of it. Unix seconds. */
interface Span {
  readonly source: PlayedBy;
  readonly from: number;
  readonly to: number;
}

/**
 * Who played each frame: [frames] 0 nobody, 1 the agent, 2 a person; null where the log does not say.
 *
 * A person's time ends with the last key that came up in it: the agent takes back after a while of quiet, in which
 * nobody plays.
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
 * The session with a fight for each time that a person played in one of its fights, and the person's keys alone. The
 * frames that a window needs before the person's first are the fight's too, so that a window of {@link WINDOW_LENGTH}
 * with horizon 1 aims at the person's frames and at no other.
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
    const next = control.at(place + 1)?.t ?? Number.POSITIVE_INFINITY;
    if (source === 'nobody') return;
    spans.push({ source, from, to: source === 'agent' ? next : endOfHand(events, from, next) });
  });
  return spans;
}

/** When the person let go of the last key before `until`; `until` where one is still down, `from` without any. */
function endOfHand(events: Played['events'], from: number, until: number): number {
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

/** The first frame at or after `t`; the number of frames where there is none. */
function firstAt(times: Float64Array, t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < t) low = middle + 1;
    else high = middle;
  }
  return low;
}
