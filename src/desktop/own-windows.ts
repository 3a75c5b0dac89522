/**
 * The windows that this program runs in: its terminal, and whatever started that. A terminal's title often holds the command
 * line, so it would fit `--window` by construction, and the keys would be typed into the shell. Linux only: elsewhere no
 * window is known to be one.
 */
import { readFileSync } from 'node:fs';
import type { WindowInfo } from '../capture/game-window.js';
import { ancestorsOf, processIds } from '../system/process-cost.js';

/**
 * A multiplexer's server is not a child of the terminal: its client is. Names of the clients' processes, as
 * /proc/<pid>/comm has them.
 */
const MULTIPLEXER_CLIENT = /^(tmux: client|screen|zellij|dtach|abduco)$/;

/** The test for windows of this process and of those above it. Looked up once: a program's ancestors do not change. */
export function ownWindows(env: NodeJS.ProcessEnv = process.env): (window: WindowInfo) => boolean {
  const inMultiplexer = ['TMUX', 'STY', 'ZELLIJ'].some((name) => env[name] !== undefined);
  const clients = inMultiplexer ? processIds().filter(isMultiplexerClient) : [];
  const pids = new Set([process.pid, ...clients].flatMap((pid) => [pid, ...ancestorsOf(pid)]));
  const terminal = Number(env.WINDOWID); // xterm and others that claim no process id name their window so
  return ({ id, pid }) => (pid !== null && pids.has(pid)) || id === terminal;
}

function isMultiplexerClient(pid: number): boolean {
  try {
    return MULTIPLEXER_CLIENT.test(readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
  } catch {
    return false; // gone since it was listed
  }
}
