/**
 * Gives each recorded fight an id made from what was pressed when, so that a model's record can list the fights that it
 * was trained on and a score can refuse them under any file name. Reads logs only, never a picture.
 */
import { createHash } from 'node:crypto';
import type { JoinedSessions } from './joined.js';
import { labelFrames } from './labels.js';

/** Hexadecimal digits of an id. */
const ID_DIGITS = 16;

/**
 * The id of each fight, by its number in `fights`: 16 hexadecimal digits of a SHA-256 over the times of its frames
 * since its first (whole ms) and the actions held at them. The same fight recorded again by the same script has the same
 * id.
 */
export function fightIds(
  joined: Pick<JoinedSessions, 'sessions' | 'sessionOf' | 'frameOf' | 'fights'>,
): Map<number, string> {
  const { sessions, sessionOf, frameOf, fights } = joined;
  // always the actions held at the frame itself, also where the caller's labels follow another rule
  const held = sessions.map((session) => labelFrames(session));
  const ids = new Map<number, string>();
  let first = 0;
  for (let row = 1; row <= fights.length; row += 1) {
    if (row < fights.length && fights[row] === fights[first]) continue;
    const { times } = sessions[sessionOf[first]].frames;
    const beganAt = times[frameOf[first]];
    const sinceMs = Int32Array.from({ length: row - first }, (_, i) =>
      Math.round((times[frameOf[first + i]] - beganAt) * 1000),
    );
    const hash = createHash('sha256')
      .update(new Uint8Array(sinceMs.buffer))
      .update(held[sessionOf[first]].select(frameOf.subarray(first, row)).bytes);
    ids.set(fights[first], hash.digest('hex').slice(0, ID_DIGITS));
    first = row;
  }
  return ids;
}
