/**
 * The key guard: the only process that presses keys, so that they are released whatever happens to the daemon. It is
 * started by src/keyboard/guard-process.ts in a separate session (Ctrl-C does not reach it), with the daemon's pipe as
 * standard input and its answers on descriptor 3 (protocol.ts). It releases the keys and ends when the daemon ends.
 */
import { Socket } from 'node:net';
import { monotonicMs } from '../../core/clock.js';
import { openDesktop } from '../../desktop/choose.js';
import { DesktopKeys } from './desktop-keys.js';
import { KeyGuard } from './key-guard.js';
import { encodeMessage, messageReader, type ToGuard } from './protocol.js';

/** The daemon sends hello at once; a guard that gets none in time, ms, was not started by a daemon, and ends. */
const HELLO_WITHIN_MS = 10_000;

/** The answers may be stuck in the pipe to a stopped daemon: the guard waits no longer than this to end, ms. */
const ANSWERS_OUT_WITHIN_MS = 200;

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

function run(): void {
  process.title = 'understudy-guard';
  const answers = new Socket({ fd: 3, readable: false, writable: true });
  answers.on('error', () => undefined); // the daemon has ended: standard input ends too
  const keys = new DesktopKeys({ openDesktop, agentPid: process.ppid, guardPid: process.pid });
  const guard = new KeyGuard({
    openInjector: (hello) => keys.openInjector(hello),
    openWatch: (hello, listener) => keys.openWatch(hello, listener),
    noteKeys: (hello) => keys.noteKeys(hello),
    send: (message) => answers.write(encodeMessage(message)),
    nowMs: monotonicMs,
    after: (delayMs, callback) => setTimeout(callback, Math.ceil(delayMs)),
    end: (exitCode) => {
      if (guard.isClean) keys.removeNote();
      const leave = () => process.exit(exitCode);
      setTimeout(leave, ANSWERS_OUT_WITHIN_MS);
      if (answers.destroyed) leave();
      else answers.end(leave);
    },
  });
  process.on('exit', () => guard.releaseAtExit());
  process.on('uncaughtException', (error) => guard.fail(error));
  for (const [signal, exitCode] of Object.entries(EXIT_CODES)) process.on(signal, () => guard.interrupted(exitCode));

  let hasHello = false;
  setTimeout(() => {
    if (!hasHello) guard.orphaned();
  }, HELLO_WITHIN_MS).unref();
  const read = messageReader<ToGuard>((message) => {
    hasHello = true;
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
