/**
 * Writes the fights of the arena's page into a recording as the page reports them. A fight that a hot key began is left
 * to the hot keys: markers from both would cut it in two.
 */
import type { BorderPost } from '../../arena/page/messages.js';
import type { Recorder } from '../../session/recorder.js';

/** A post takes milliseconds; where it seems to take longer than this, the wall clock was set in between. */
const LONGEST_POST_MS = 2000;

export interface PageFightsOptions {
  /** The arena's server. */
  readonly server: {
    readonly border: BorderPost | null;
    readonly events: { on(event: 'border', hear: (post: BorderPost) => void): unknown };
  };
  readonly recorder: Pick<Recorder, 'marker' | 'inFight'>;
  /** The recorder's clock; default: performance.now. */
  readonly nowMs?: () => number;
  /** The wall clock, ms since 1970. */
  readonly wallMs?: () => number;
}

/** Marks fights from now on; a fight that has already begun is marked as beginning now. */
export function markPageFights({
  server,
  recorder,
  nowMs = () => performance.now(),
  wallMs = Date.now,
}: PageFightsOptions): void {
  let isOurs = false; // the open fight is one that the page began
  const begin = (atMs: number): void => {
    if (recorder.inFight && !isOurs) return;
    recorder.marker('fight_end', atMs); // ends a fight that was abandoned for this one
    recorder.marker('fight_start', atMs);
    isOurs = true;
  };
  const hear = ({ border, tMs }: BorderPost): void => {
    const agoMs = Math.max(0, wallMs() - tMs);
    const atMs = nowMs() - (agoMs > LONGEST_POST_MS ? 0 : agoMs);
    if (border === 'begin') return begin(atMs);
    if (isOurs) recorder.marker('fight_end', atMs);
    isOurs = false;
  };
  if (server.border?.border === 'begin') begin(nowMs());
  server.events.on('border', hear);
}
