/**
 * The protocol between the recorder and its log keeper. To the keeper: a stream of lines, each the letter of its log and
 * then the unchanged line of that log. From the keeper: JSON, one message a line.
 */

/** The first letter of a line: which log it belongs to. */
export const LOG_LETTERS = { events: 'e', frames: 'f' } as const;

/** `ready`: both files are there. `failed`, sent at most once: why a line cannot be written. */
export type FromKeeper =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string; /** The system's, such as ENOSPC. */ readonly code: string };
