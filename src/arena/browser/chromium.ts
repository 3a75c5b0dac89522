/**
 * A Chromium window without tabs or address bar, with a profile of its own, that takes every process and file of its
 * with it when it goes: closed, crashed or with this program. Never touches the person's own browser or profile.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { UnderstudyError } from '../../core/errors.js';
import { findBrowser } from './find-browser.js';
import { createProfile, removeProfile } from './profile.js';

/** How long a browser may take to close by itself before its processes are ended, ms. */
const CLOSE_WITHIN_MS = 2000;

/** How much of what a browser writes is kept for a failure's message, characters. */
const KEPT_STDERR = 4000;

/** WM_CLASS's second part, on X11: the window can be told from the person's own browser windows by it. */
export const WINDOW_CLASS = 'understudy-arena';

export interface BrowserRequest {
  /** What to show. */
  readonly url: string;
  /** Size of the window, px; the page corrects it to this content size when it has loaded. Default 1280x720. */
  readonly width?: number;
  readonly height?: number;
  /** Upper left corner on the screen, px. Default 60, 60. */
  readonly x?: number;
  readonly y?: number;
  /** Default process.env; DISPLAY and CHROME_PATH are read from it. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface BrowserWindow extends AsyncDisposable {
  /** Of the browser's first process; on X11 the window's _NET_WM_PID. */
  readonly pid: number;
  /** Where its profile lies until it is gone. */
  readonly profile: string;
  /**
   * Resolves when the window is gone, its processes are ended and its profile is removed. Rejects with an
   * UnderstudyError `browser-failed` where it ended by itself with a failure.
   */
  readonly closed: Promise<void>;
  /** Closes the window and waits for `closed`; never rejects. Idempotent. */
  close(): Promise<void>;
}

/**
 * The browser that would open a window here. Asked before anything is served.
 *
 * @throws UnderstudyError `browser-missing`, `no-display`
 */
export function requireBrowser(env: NodeJS.ProcessEnv = process.env): string {
  if (process.platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'no-display',
      message: 'There is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set.',
      next: 'Run this in a desktop session, or under a display of its own (xvfb-run).',
    });
  }
  return findBrowser(env);
}

/**
 * Opens the window. It is there when the page says so, not when this returns.
 *
 * @throws UnderstudyError `browser-missing`, `no-display`, or `browser-failed` where the program cannot be started
 */
export async function openBrowserWindow(options: BrowserRequest): Promise<BrowserWindow> {
  const env = options.env ?? process.env;
  const program = requireBrowser(env);
  const profile = createProfile();
  const child = spawn(program, browserArguments(options, profile, env), {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: process.platform !== 'win32', // a process group of its own: its children end with it
  });
  const window = new ChromiumWindow(child, profile, program);
  try {
    await once(child, 'spawn');
  } catch (error) {
    await window.close();
    throw failed(`${program} could not be started: ${String(error)}`, '');
  }
  return window;
}

class ChromiumWindow implements BrowserWindow {
  readonly profile: string;
  readonly closed: Promise<void>;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #isClosing = false;
  #stderr = '';

  constructor(child: ChildProcess, profile: string, program: string) {
    this.#child = child;
    this.profile = profile;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-KEPT_STDERR);
    });
    // a program that exits without closing its windows takes the browser with it
    const endNow = (): void => {
      endGroup(child, 'SIGKILL');
      removeProfile(profile);
    };
    process.once('exit', endNow);
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    this.closed = this.#exited.then(() => {
      endNow(); // its first process may have crashed and left the others
      process.off('exit', endNow);
      if (!this.#isClosing && child.exitCode !== 0) {
        throw failed(`${program} ended by itself (${child.signalCode ?? `exit code ${child.exitCode}`})`, this.#stderr);
      }
    });
    this.closed.catch(() => undefined); // a caller who only closes need not listen
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      endGroup(this.#child, 'SIGTERM');
      const late = setTimeout(() => endGroup(this.#child, 'SIGKILL'), CLOSE_WITHIN_MS);
      await this.#exited;
      clearTimeout(late);
    }
    await this.closed.catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Ends a browser and all its processes; nothing happens where they are gone. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') {
      execFileSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    } else {
      process.kill(-child.pid, signal);
    }
  } catch {
    // gone already
  }
}

/** The measured reasons stand beside each flag; the rest keeps a first run, its dialogs and its network away. */
function browserArguments(options: BrowserRequest, profile: string, env: NodeJS.ProcessEnv): string[] {
  const { url, width = 1280, height = 720, x = 60, y = 60 } = options;
  const isRoot = process.getuid?.() === 0;
  const noGpu = process.platform === 'linux' && !existsSync('/dev/dri');
  return [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    `--window-size=${width},${height}`,
    `--window-position=${x},${y}`,
    `--class=${WINDOW_CLASS}`,
    // game time must go on while the window is covered or has no focus
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
    '--disable-features=CalculateNativeWinOcclusion,Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider',
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    // names that it looks up all the same, its maker's services among them, are not found, and no name server is asked
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    '--disable-component-update',
    '--disable-sync',
    '--disable-extensions',
    '--disable-default-apps',
    '--disable-breakpad',
    '--password-store=basic',
    '--use-mock-keychain',
    '--mute-audio',
    // XWayland too: a native Wayland window can be neither grabbed nor typed into
    ...(process.platform === 'linux' && env.DISPLAY ? ['--ozone-platform=x11'] : []),
    // without a GPU the attempts to start one cost seconds and a process
    ...(noGpu ? ['--disable-gpu'] : []),
    // the sandbox refuses root; --test-type hides the bar across the page that says so
    ...(isRoot ? ['--no-sandbox', '--test-type'] : []),
  ];
}

function failed(what: string, stderr: string): UnderstudyError {
  const lines = stderr.trim().split('\n').slice(-5).join('\n');
  return new UnderstudyError({
    kind: 'environment',
    code: 'browser-failed',
    message: lines === '' ? `${what}.` : `${what}. Its last lines:\n${lines}`,
    next: 'Start that program by hand to see what it lacks, or set CHROME_PATH to another.',
  });
}
