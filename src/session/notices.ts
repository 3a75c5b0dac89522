/**
 * What is odd about a session, each with its place. A notice never changes what a loader gives: it says what the
 * study's loader does silently.
 */

/** Codes of what reading and checking find. Scripts may rely on them: add, never rename. */
export type NoticeCode =
  | 'line-broken'
  | 'time-unit'
  | 'line-truncated'
  | 'line-blank'
  | 'event-without-time'
  | 'event-unknown'
  | 'key-unknown'
  | 'fight-restarted'
  | 'fight-end-without-start'
  | 'fight-never-closed'
  | 'fight-reversed'
  | 'no-fights'
  | 'no-frames'
  | 'no-events-file'
  | 'events-out-of-order'
  | 'press-repeated'
  | 'release-without-press'
  | 'key-never-released'
  | 'events-outside-video'
  | 'clock-step'
  | 'gap'
  | 'frames-out-of-order'
  | 'unfinished'
  | 'video-shorter'
  | 'video-longer'
  | 'video-unreadable'
  | 'gray-shorter'
  | 'gray-longer'
  | 'gray-unreadable';

/** Notices that are told one by one; `session check` lists all of them. */
const TOLD_NOTICES = 10;

/** One finding. */
export interface Notice {
  readonly code: NoticeCode;
  /** One sentence, with the file and line where there is one. */
  readonly message: string;
  /** Path of the file, null where the finding is about several. */
  readonly file: string | null;
  /** 1-based line, null where there is none. */
  readonly line: number | null;
  /** Unix seconds of the log, null where the finding has no time. */
  readonly t: number | null;
}

/** Tells what is odd about sessions, the first few in full: the study's loader passes over it without a word. */
export function tellNotices(notices: readonly Notice[], say: (text: string) => void): void {
  for (const { code, message } of notices.slice(0, TOLD_NOTICES)) say(`note: ${message} (${code})`);
  const more = notices.length - TOLD_NOTICES;
  if (more > 0) say(`note: ${more} more; \`understudy session check\` lists them all`);
}
