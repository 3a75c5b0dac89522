/**
 * What a private screen's keeper is told and what it says: one JSON object a line.
 *
 *   daemon -> keeper  (its standard input)  the order; then nothing: the end of the pipe ends the screen
 *   keeper -> daemon  (its descriptor 3)    ready, once the server answers
 *
 * It ends with 0 where it was told to, and with 1 where the server ended by itself or could not be started; then the last
 * line of descriptor 3 says how.
 */

export interface KeeperOrder {
  /** The X server, and its arguments besides those of every server. */
  readonly program: string;
  readonly args: readonly string[];
  /** Of the user alone; the authority file is made in it, and it is removed at the end. */
  readonly folder: string;
  /** Where what the server prints goes. */
  readonly log: string;
  /** The mark of the game's processes. */
  readonly mark: string;
}

export type KeeperWord =
  | { readonly type: 'ready'; readonly display: string; readonly authority: string }
  /** As the rest of a sentence: "ended with code 1". */
  | { readonly type: 'ended'; readonly how: string };
