/**
 * The key guard: the only process that presses keys, so that they are released whatever becomes of the daemon. Started
 * by src/keyboard/guard-process.ts in a session of its own (Ctrl-C does not reach it) with the daemon's pipe as
 * standard input and the answers on descriptor 3 (protocol.ts). Ends with the daemon, keys released.
 */
import { Socket } from 'node:net';
import { monotonicMs } from '../../core/clock.js';
import { openDesktop } from '../../desktop/choose.js';
import { DesktopKeys } from './desktop-keys.js';
import { KeyGuard } from './key-guard.js';
import { encodeMessage, messageReader, type ToGuard } from './protocol.js';

/** The daemon says hello at once; a process started by anything else ends itself. */
const HELLO_WITHIN_MS = 10_000;

/** The answers may be stuck behind a stopped daemon: the guard does not wait longer than this to end. */
const ANSWERS_OUT_WITHIN_MS = 200;

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

function run(): void {
  process.title = 'understudy-guard';
  const answers = new Socket({ fd: 3, readable: false, writable: true });
  answers.on('error', () => undefined); // the daemon is gone: standard input says so too
  const keys = new DesktopKeys({ openDesktop, agentPid: process.ppid, guardPid: process.pid });
  const guard = new KeyGuard({
    openInjector: (hello) => keys.openInjector(hello),
    openWatch: (hello, listener) => keys.openWatch(hello, listener),
    noteKeys: (hello) => keys.noteKeys(hello),
    send: (message) => answers.write(encodeMessage(message)),
    nowMs: monotonicMs,
    after: (delayMs, callback) => setTimeout(callback, Math.ceil(delayMs)),
    end: (exitCode) => {
      if (guard.clean) keys.removeNote();
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
