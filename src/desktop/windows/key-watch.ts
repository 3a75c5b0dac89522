/**
 * Watches every key of the session through a low-level hook in a thread of its own, and says whether a keyboard or a program
 * sent it. Mouse buttons are asked for instead (a hook would see each move of the mouse): those that our injector has not
 * pressed are a hand's. Presses nothing; other programs still receive every key.
 */
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { monotonicMs } from '../../core/clock.js';
import { UnderstudyError } from '../../core/errors.js';
import type { KeyWatch, KeyWatchListener, PhysicalKey } from '../key-watch.js';
import type { FromHook, HookThreadData } from './hook-protocol.js';
import type { SendInputInjector } from './injector.js';
import { BUTTON_CODES, EXTENDED, keycodeOfScan, PLACES } from './key-places.js';
import { allDown, isButtonDown, isDown } from './key-state.js';
import { currentLayout, nameOfKey, virtualKeyOf, type LayoutHandle } from './layout.js';

const POLL_MS = 10;
/** A thread starts within tenths of a second; on a starved machine many times that. ms. */
const READY_WITHIN_MS = 10_000;
/**
 * Windows removes a hook that was too slow once, and says nothing. What we send comes back through it: where it does not
 * within this time, ms, keys are not seen any more.
 */
const ECHO_WITHIN_MS = 2000;

export interface HookWatchOptions extends KeyWatchListener {
  readonly pollMs?: number | undefined;
  /** What sends keys at the same time in this process. */
  readonly beside: SendInputInjector | null;
}

/** Starts watching. @throws UnderstudyError `keyboard-failed` where Windows refuses the hook */
export async function watchByHook(options: HookWatchOptions): Promise<HookWatch> {
  const { port1, port2 } = new MessageChannel();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const data: HookThreadData = { port: port2, stop };
  const thread = new Worker(new URL('./hook-thread.js', import.meta.url), {
    workerData: data,
    transferList: [port2],
    stdout: false,
    stderr: false,
  });
  const end = (): void => {
    Atomics.store(stop, 0, 1);
    port1.close();
  };
  const first = await firstMessage(thread, port1);
  if (first.type !== 'ready') {
    end();
    throw hookFailed(first.type === 'failed' ? first.message : 'it sent no answer');
  }
  thread.unref();
  const watch = new HookWatch(port1, end, options);
  thread.once('exit', () => watch.lose('its thread has ended'));
  return watch;
}

function firstMessage(thread: Worker, port: MessagePort): Promise<FromHook> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve({ type: 'failed', message: `it did not start within ${READY_WITHIN_MS / 1000} s` }),
      READY_WITHIN_MS,
    );
    const answer = (message: FromHook): void => {
      clearTimeout(timer);
      resolve(message);
    };
    port.once('message', answer);
    thread.once('error', (error) => answer({ type: 'failed', message: String(error) }));
  });
}

class HookWatch implements KeyWatch {
  readonly #port: MessagePort;
  readonly #end: () => void;
  readonly #options: HookWatchOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #onExit = (): void => this[Symbol.dispose]();
  /** Keys that keyboards hold, and keys that programs do: a held key repeats, and each press is told once. */
  readonly #inHands: Set<number>;
  readonly #byPrograms = new Set<number>();
  readonly #echoesBefore: number;
  #echoes = 0;
  #stopped = false;

  constructor(port: MessagePort, end: () => void, options: HookWatchOptions) {
    this.#port = port;
    this.#end = end;
    this.#options = options;
    this.#echoesBefore = options.beside?.sent ?? 0;
    this.#inHands = new Set(allDown(currentLayout())); // what an earlier agent left was released before
    port.on('message', (message: FromHook) => this.#take(message));
    port.unref();
    this.#timer = setInterval(() => this.poll(), options.pollMs ?? POLL_MS).unref();
    process.on('exit', this.#onExit); // the thread waits in Windows: it must be told, or the process would wait for it
  }

  poll(): void {
    if (this.#stopped) return;
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: FromHook } | undefined;
      if (received === undefined) break;
      this.#take(received.message);
      if (this.#stopped) return; // the listener has disposed of the watch
    }
    this.#lookAtButtons();
    this.#requireEchoes();
  }

  /** The hook has run before Windows takes another key: what it saw is in the port. */
  catchUp(): void {
    this.poll();
  }

  /** Windows lets no program keep others from sending keys. */
  alone(act: () => void): void {
    this.catchUp();
    act();
  }

  keysDown(): PhysicalKey[] {
    if (this.#stopped) return [];
    const layout = currentLayout();
    return allDown(layout).map((keycode) => ({ keycode, keysym: nameOfKey(keycode, layout) }));
  }

  /** A key whose release was not seen (the screen was locked in between) is up by now. */
  inHands(): number[] {
    if (this.#stopped) return [];
    const layout = currentLayout();
    for (const keycode of this.#inHands) if (!isDown(keycode, layout)) this.#inHands.delete(keycode);
    return [...this.#inHands];
  }

  /** No key is seen any more; nothing where the watch has ended already. */
  lose(why: string): void {
    if (this.#stopped) return;
    this[Symbol.dispose]();
    this.#options.onLost?.(hookFailed(why));
  }

  [Symbol.dispose](): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    process.off('exit', this.#onExit);
    this.#end();
  }

  #take(message: FromHook): void {
    if (message.type !== 'key' || this.#stopped) return;
    const { down, injected } = message;
    if (message.ours && injected) this.#echoes += 1;
    const layout = currentLayout();
    const keycode = keycodeOf(message, layout);
    if (keycode === null) return;
    const holders = injected ? this.#byPrograms : this.#inHands;
    if (down === holders.has(keycode)) return; // the keyboard repeats a held key
    if (down) holders.add(keycode);
    else holders.delete(keycode);
    this.#report(keycode, { down, synthetic: injected, machineMs: message.atMs }, layout);
  }

  #report(
    keycode: number,
    { down, synthetic, machineMs }: { down: boolean; synthetic: boolean; machineMs: number },
    layout: LayoutHandle,
  ): void {
    const agoMs = Math.max(0, monotonicMs() - machineMs);
    this.#options.onKey({
      keycode,
      keysym: nameOfKey(keycode, layout),
      down,
      synthetic,
      device: synthetic ? 'a program' : 'keyboard or mouse',
      atMs: performance.now() - agoMs,
      atUnixMs: Date.now() - agoMs,
    });
  }

  #lookAtButtons(): void {
    for (const [button, keycode] of BUTTON_CODES.entries()) {
      const down = isButtonDown(button);
      const held = this.#inHands.has(keycode) || this.#byPrograms.has(keycode);
      if (down === held) continue;
      const synthetic = down ? (this.#options.beside?.holdsButton(keycode) ?? false) : this.#byPrograms.has(keycode);
      const holders = synthetic ? this.#byPrograms : this.#inHands;
      if (down) holders.add(keycode);
      else holders.delete(keycode);
      this.#report(keycode, { down, synthetic, machineMs: monotonicMs() }, currentLayout());
      if (this.#stopped) return;
    }
  }

  #requireEchoes(): void {
    const { beside } = this.#options;
    if (beside === null || performance.now() - beside.lastSentAtMs < ECHO_WITHIN_MS) return;
    if (this.#echoes >= beside.sent - this.#echoesBefore) return;
    this.lose('it was removed, since keys that this program sent did not come through it');
  }
}

/** The key of an event; null for one that is none of a keyboard's places. Programs may send a key without its scan code. */
function keycodeOf({ scan, extended, virtualKey }: FromHook & { type: 'key' }, layout: LayoutHandle): number | null {
  if (scan !== 0) return keycodeOfScan(scan, extended);
  for (const keycode of PLACES.values())
    if (virtualKeyOf(keycode, layout) === virtualKey && keycode >= EXTENDED === extended) return keycode;
  return null;
}

function hookFailed(why: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: `The keyboard hook of Windows does not work: ${why}.`,
    next: 'End other programs that hook the keyboard (remappers, recorders), then start again.',
  });
}
