/** The messages between the run's thread and the server's thread. */
import type { ErrorDetails, UnderstudyError } from '../core/errors.js';
import type { CommandAnswer, PageOrder, WatchPicture, WatchState, WatchTick } from './messages.js';

/** What the server's thread is started with. */
export interface ServerThreadSetup {
  readonly port: number;
  /** True where the page may give commands. */
  readonly control: boolean;
  /** Two int32: the number of messages that the thread has read, and of pages that watch. Only the thread writes them. */
  readonly shared: SharedArrayBuffer;
}

/** Indices in {@link ServerThreadSetup.shared}. */
export const READ = 0;
export const VIEWERS = 1;

/** An {@link UnderstudyError} as a message carries it. */
export type ErrorFields = Pick<ErrorDetails, 'kind' | 'code' | 'message' | 'next'>;

export function errorFields({ kind, code, message, next }: UnderstudyError): ErrorFields {
  return { kind, code, message, next };
}

/** To the thread. */
export type ToServer =
  | { readonly kind: 'state'; readonly state: WatchState }
  | { readonly kind: 'tick'; readonly tick: WatchTick }
  | { readonly kind: 'picture'; readonly picture: WatchPicture }
  | { readonly kind: 'answered'; readonly id: number; readonly answer: CommandAnswer | ErrorFields }
  | { readonly kind: 'end' };

/** From the thread. */
export type FromServer =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'failed'; readonly error: ErrorFields }
  | { readonly kind: 'command'; readonly id: number; readonly order: PageOrder };
