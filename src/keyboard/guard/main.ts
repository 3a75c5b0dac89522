/**
 * The key guard: the only process that presses keys, so that they are released whatever becomes of the daemon. Started
 * by src/keyboard/guard-process.ts in a session of its own (Ctrl-C does not reach it) with the daemon's pipe as
 * standard input and the answers on descriptor 3 (protocol.ts). Ends with the daemon, keys released.
 */
import { Socket } from 'node:net';
import { monotonicMs } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import { XConnection } from '../../desktop/x11/connection.js';
import { readKeyNotes, removeKeyNote, writeKeyNote, type KeyNote } from '../key-notes.js';
import { KeyGuard } from './key-guard.js';
import { openWatch } from './open-watch.js';
import { encodeMessage, messageReader, type Hello, type ToGuard } from './protocol.js';
import type { KeyInjector } from './injector.js';

/** The daemon says hello at once; a process started by anything else ends itself. */
const HELLO_WITHIN_MS = 10_000;

/** The answers may be stuck behind a stopped daemon: the guard does not wait longer than this to end. */
const ANSWERS_OUT_WITHIN_MS = 200;

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The guard opens one display in its life. */
let noted: KeyNote | null = null;

/** What keys are sent on; null where a library sends them on a connection of its own. */
let connection: XConnection | null = null;

async function openInjector(hello: Hello): Promise<KeyInjector> {
  if (hello.sink === 'xtest' || hello.display !== null) {
    await (await import('./display-lock.js')).lockDisplay(hello.display, process.ppid); // until this process ends
    await clearNotedKeys(hello.display);
  }
  switch (hello.sink) {
    case 'xtest':
      connection = XConnection.open(hello.display ?? undefined);
      return (await import('./xtest.js')).openXTest(connection, hello);
    case 'nut-js':
      return (await import('./nut-js.js')).openNutJs(hello);
  }
}

/** What an earlier agent of this display left down, under another key map too. The display is ours by now. */
async function clearNotedKeys(display: string | null): Promise<void> {
  const notes = readKeyNotes(display);
  if (notes.length === 0) return;
  const { releaseNotedKeys } = await import('../release-keys.js');
  releaseNotedKeys(display, notes);
}

function noteKeys({ display, keys }: Hello): string | null {
  try {
    noted = writeKeyNote({ display, agentPid: process.ppid, guardPid: process.pid, keys });
    return null;
  } catch (error) {
    return `after a double kill nobody would know of its keys: ${messageOf(error)}`;
  }
}

function run(): void {
  process.title = 'understudy-guard';
  const answers = new Socket({ fd: 3, readable: false, writable: true });
  answers.on('error', () => undefined); // the daemon is gone: standard input says so too
  const guard = new KeyGuard({
    openInjector,
    openWatch: (hello, listener) => openWatch(hello, listener, connection),
    noteKeys,
    send: (message) => answers.write(encodeMessage(message)),
    nowMs: monotonicMs,
    after: (delayMs, callback) => setTimeout(callback, Math.ceil(delayMs)),
    end: (exitCode) => {
      if (noted !== null && guard.clean) removeKeyNote(noted);
      const leave = () => process.exit(exitCode);
      setTimeout(leave, ANSWERS_OUT_WITHIN_MS);
      if (answers.destroyed) leave();
      else answers.end(leave);
    },
  });
  process.on('exit', () => guard.letGo());
  process.on('uncaughtException', (error) => guard.fail(error));
  for (const [signal, exitCode] of Object.entries(EXIT_CODES)) process.on(signal, () => guard.interrupted(exitCode));

  let greeted = false;
  setTimeout(() => {
    if (!greeted) guard.orphaned();
  }, HELLO_WITHIN_MS).unref();
  const read = messageReader<ToGuard>((message) => {
    greeted = true;
    guard.receive(message);
  });
  process.stdin.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      guard.fail(error);
    }
  });
  for (const event of ['end', 'close', 'error']) process.stdin.on(event, () => guard.orphaned());
}

run();
