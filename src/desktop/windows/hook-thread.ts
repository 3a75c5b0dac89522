/**
 * The thread of the low-level keyboard hook. Windows calls the hook for every key of the session, keyboards' and programs',
 * and every program waits for it: so it has a thread of its own that does nothing else, and takes microseconds.
 */
import { workerData } from 'node:worker_threads';
import { monotonicMs } from '../../core/clock.js';
import { callback, readMemory, type Pointer } from '../../system/ffi.js';
import type { FromHook, HookThreadData } from './hook-protocol.js';
import { OUR_MARK } from './mark.js';
import { hookCalls, MESSAGE_BYTES, messageCalls } from './win32.js';

/** WH_KEYBOARD_LL, and the flags of KBDLLHOOKSTRUCT, winuser.h. */
const KEYBOARD_LOW_LEVEL = 13;
const EVENT_BYTES = 24;
const FLAG = { extended: 0x01, injected: 0x10, up: 0x80 } as const;
const ANY_MESSAGE = 0x1fff;

/** How often it looks whether it should end, ms. Keys do not wait for it. */
const LOOK_EVERY_MS = 100;

const { port, stop } = workerData as HookThreadData;
const calls = hookCalls();
const event = Buffer.alloc(EVENT_BYTES);

function seen(address: Pointer): FromHook {
  readMemory(address, event);
  const flags = event.readUInt32LE(8);
  return {
    type: 'key',
    virtualKey: event.readUInt32LE(0),
    scan: event.readUInt32LE(4) & 0xff,
    extended: (flags & FLAG.extended) !== 0,
    injected: (flags & FLAG.injected) !== 0,
    down: (flags & FLAG.up) === 0,
    ours: event.readBigUInt64LE(16) === BigInt(OUR_MARK),
    atMs: monotonicMs(),
  };
}

const listener = callback(
  'intptr_t understudyKeyHook(int code, uintptr_t message, void *event)',
  (code: number, message: number, address: Pointer) => {
    if (code === 0) port.postMessage(seen(address)); // else Windows asks that it is passed on unread
    return calls.callNext(null, code, message, address);
  },
);

const hook = calls.setHook(KEYBOARD_LOW_LEVEL, listener, messageCalls().module(null), 0);
if (hook === null) {
  port.postMessage({ type: 'failed', message: 'SetWindowsHookEx refused it' } satisfies FromHook);
} else {
  port.postMessage({ type: 'ready' } satisfies FromHook);
  const message = Buffer.alloc(MESSAGE_BYTES);
  // never back to this thread's event loop: Windows calls the hook only while the thread waits for messages
  while (Atomics.load(stop, 0) === 0) {
    calls.waitForMessage(0, null, 0, LOOK_EVERY_MS, ANY_MESSAGE);
    while (messageCalls().take(message));
  }
  calls.unhook(hook);
}
port.close();
