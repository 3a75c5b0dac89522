/**
 * What the recorder and its log keeper say to each other. To the keeper: a stream of lines, each the letter of its log
 * and then the line of that log as it is. From the keeper: JSON, one message a line.
 */

/** The first letter of a line says which log it belongs to; `done` ends the stream of a recorder that closes in order. */
export const LOG_LETTERS = { events: 'e', frames: 'f' } as const;

/** What the keeper says: that both files are there, and at most once why a line cannot be written. */
export type FromKeeper =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string; /** The system's, such as ENOSPC. */ readonly code: string };
