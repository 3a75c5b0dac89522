/**
 * Notices: what is odd about a session, and where. A notice never changes what is loaded: it reports what the study's
 * loader does silently.
 */

/** Codes of the findings of reading and checking. Scripts may rely on them: add codes, never rename one. */
export type NoticeCode =
  | 'line-broken'
  | 'time-unit'
  | 'line-truncated'
  | 'line-blank'
  | 'event-without-time'
  | 'event-unknown'
  | 'key-unknown'
  | 'key-shifted'
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
  | 'being-recorded'
  | 'video-shorter'
  | 'video-longer'
  | 'video-unreadable'
  | 'gray-shorter'
  | 'gray-longer'
  | 'gray-unreadable';

/** Notices that are reported in full; `session check` lists all of them. */
const REPORTED_NOTICES = 10;

/** One finding. */
export interface Notice {
  readonly code: NoticeCode;
  /** One sentence, with the file and line where there is one. */
  readonly message: string;
  /** Path of the file, null where the notice is about several. */
  readonly file: string | null;
  /** 1-based line, null where there is none. */
  readonly line: number | null;
  /** Unix seconds of the log, null where the notice has no time. */
  readonly t: number | null;
}

/** Reports the first few notices in full, and the number of the others. */
export function reportNotices(notices: readonly Notice[], say: (text: string) => void): void {
  for (const { code, message } of notices.slice(0, REPORTED_NOTICES)) say(`note: ${message} (${code})`);
  const more = notices.length - REPORTED_NOTICES;
  if (more > 0) say(`note: ${more} more; \`understudy session check\` lists them all`);
}
