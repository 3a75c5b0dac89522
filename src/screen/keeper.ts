/**
 * The process that keeps a private screen: it starts the X server, and ends server and game once the daemon is gone,
 * however it went. It is in a session of its own, so that a Ctrl-C meant for the daemon does not reach it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../core/errors.js';
import { writeAuthority } from './authority.js';
import type { KeeperOrder, KeeperWord } from './keeper-protocol.js';
import { programPath } from '../core/program-path.js';
import { EVERY_SERVER } from './kinds.js';
import { endMarked } from './marked-processes.js';

/** A game may save its state; the server has nothing to save. ms */
const GAME_ENDS_WITHIN_MS = 3000;
const SERVER_ENDS_WITHIN_MS = 1000;

const TO_DAEMON = 3;

const lines = createInterface({ input: process.stdin });
const told = new Promise<void>((resolve) => {
  lines.once('close', resolve);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve());
});
lines.once('line', (line) => {
  const order = JSON.parse(line) as KeeperOrder;
  void keep(order).catch((error: unknown) => {
    rmSync(order.folder, { recursive: true, force: true });
    say({ type: 'ended', how: `could not be kept: ${messageOf(error)}` });
    process.exit(1);
  });
});

async function keep(order: KeeperOrder): Promise<void> {
  const authority = join(order.folder, 'authority');
  writeAuthority(authority);
  const server = startServer(order, authority);
  const ended = new Promise<string>((resolve) => {
    server.once('error', (error) => resolve(`could not be run: ${error.message}`));
    server.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
    );
  });
  let text = '';
  server.stdout!.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    const number = /^(\d+)\n/.exec(text)?.[1];
    if (number === undefined) return;
    server.stdout!.removeAllListeners('data').resume();
    say({ type: 'ready', display: `:${number}`, authority });
  });
  const how = await Promise.race([ended, told]);
  await endMarked(order.mark, GAME_ENDS_WITHIN_MS);
  server.kill('SIGTERM');
  if ((await Promise.race([ended, delay(SERVER_ENDS_WITHIN_MS, null)])) === null) server.kill('SIGKILL');
  rmSync(order.folder, { recursive: true, force: true });
  if (typeof how === 'string') say({ type: 'ended', how });
  process.exit(typeof how === 'string' ? 1 : 0);
}

function startServer({ program, args, log }: KeeperOrder, authority: string): ChildProcess {
  const command = [program, ...EVERY_SERVER, '-auth', authority, ...args];
  // the kernel ends the server should this process be killed
  const setpriv = programPath('setpriv');
  if (setpriv !== null) command.unshift(setpriv, '--pdeathsig', 'TERM');
  return spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', openSync(log, 'a')] });
}

function say(word: KeeperWord): void {
  try {
    writeSync(TO_DAEMON, `${JSON.stringify(word)}\n`);
  } catch {
    // the daemon is gone
  }
}
