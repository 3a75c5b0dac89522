/** What the thread of the keyboard hook and the watch say to each other. */
import type { MessagePort } from 'node:worker_threads';

/** From the thread, in the order in which Windows saw the keys. */
export type FromHook =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | {
      readonly type: 'key';
      readonly scan: number;
      readonly virtualKey: number;
      readonly extended: boolean;
      readonly down: boolean;
      /** A program sent it, not a keyboard. */
      readonly injected: boolean;
      /** It carries the mark of this program. */
      readonly ours: boolean;
      /** The machine's monotonic clock, ms. */
      readonly atMs: number;
    };

export interface HookThreadData {
  readonly port: MessagePort;
  /** One number that is not 0 once the thread should end. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}
