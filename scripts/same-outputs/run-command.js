/**
 * Runs one command line of a checkout in a folder and answers all that a user sees of it, as text: exit code, standard
 * output, standard error. No display, no colours, a separate runtime folder: the user's own agents and windows are out of reach.
 */
import { spawn } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { mask } from './masks.js';

const PRELOAD = new URL('preload.js', import.meta.url).href;
const FINGERPRINTS = fileURLToPath(new URL('fingerprints.js', import.meta.url));

/** Any moment will do. */
const NOW_MS = Date.UTC(2026, 0, 31, 12);

/** The longest command takes 15 s on two idle cores; this much is for a busy machine. One that hangs is ended. */
const LIMIT_MS = 15 * 60_000;

/** Variables that would lead a command to the desktop, or change how node runs it. */
const LEFT_OUT = ['DISPLAY', 'WAYLAND_DISPLAY', 'XDG_SESSION_TYPE', 'NODE_OPTIONS', 'FORCE_COLOR', 'CI'];

/** Those that run now, so that an interrupted comparison leaves none behind. */
const running = new Set();

export function killRunning() {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * @param side { checkout, runtime }
 * @param command { args, folder, clock: 'stopped' | 'real', frames: file of the frames' hashes or undefined }
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>} masked; rejects where a signal ended it
 */
export function understudy(side, { args, folder, clock = 'stopped', frames }) {
  const env = { ...process.env, LANG: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1', XDG_RUNTIME_DIR: side.runtime };
  for (const name of LEFT_OUT) delete env[name];
  env.SAME_OUTPUTS_CHECKOUT = side.checkout;
  if (clock === 'stopped') env.SAME_OUTPUTS_NOW_MS = String(NOW_MS);
  if (frames !== undefined) env.SAME_OUTPUTS_FRAMES = frames;
  return run(['--import', PRELOAD, `${side.checkout}/bin/understudy.js`, ...args], { cwd: folder, env }, side.checkout);
}

/** What fingerprints.js prints of a checkout's arena: in a separate process, so that it loads that checkout's modules. */
export function fingerprints(side, folder) {
  return run([FINGERPRINTS, side.checkout], { cwd: folder, env: process.env }, side.checkout);
}

function run(args, options, checkout) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    running.add(child);
    const beganMs = performance.now();
    const seconds = () => Math.round((performance.now() - beganMs) / 1000);
    const said = { stdout: [], stderr: [] };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (bytes) => said[name].push(bytes));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      // no result, and none to compare: it hung, it crashed, or the machine had no time or memory for it
      if (signal !== null) return reject(new Error(`${args.join(' ')}: ended by ${signal} after ${seconds()} s`));
      const text = (name) => mask(Buffer.concat(said[name]).toString('utf8'), checkout);
      resolve({ code, stdout: text('stdout'), stderr: text('stderr') });
    });
  });
}
