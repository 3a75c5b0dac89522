/**
 * A Chromium window without tabs or address bar, with its own profile. All its processes and files are removed when it
 * is closed, when it crashes and when this program ends. Never touches the user's own browser or profile.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { UnderstudyError } from '../../core/errors.js';
import { findBrowser } from './find-browser.js';
import { createProfile, removeProfile } from './profile.js';

/** How long a browser may take to close by itself before its processes are ended, ms. */
const CLOSE_WITHIN_MS = 2000;

/** How much of a browser's error output is kept for a failure's message, characters. */
const KEPT_STDERR = 4000;

/** Second part of WM_CLASS on X11: distinguishes the window from the user's own browser windows. */
export const WINDOW_CLASS = 'understudy-arena';

export interface BrowserRequest {
  /** The page to show. */
  readonly url: string;
  /** Size of the window, px; the page corrects its content to 1280x720 when it has loaded. Default 1280x720. */
  readonly width?: number;
  readonly height?: number;
  /** Upper left corner on the screen, px. Default 60, 60. */
  readonly x?: number;
  readonly y?: number;
  /** Default process.env; DISPLAY and CHROME_PATH are read from it. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The path of the browser that would open a window here. Called before anything is served.
 *
 * @throws UnderstudyError `browser-missing`, `no-display`
 */
export function requireBrowser(env: NodeJS.ProcessEnv = process.env): string {
  if (process.platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'no-display',
      message: 'There is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set.',
      next: 'Run this in a desktop session, or under a separate display (xvfb-run).',
    });
  }
  return findBrowser(env);
}

/**
 * Opens the window. It is on the screen when the page posts that it is ready, not when this returns.
 *
 * @throws UnderstudyError `browser-missing`, `no-display`, or `browser-failed` where the program cannot be started
 */
export async function openBrowserWindow(options: BrowserRequest): Promise<BrowserWindow> {
  const env = options.env ?? process.env;
  const program = requireBrowser(env);
  const profile = createProfile();
  const child = spawn(program, browserArguments(options, profile, env), {
    // what it would keep in the user's own folders (crash reports, settings) goes into the profile, and away with it
    env: { ...env, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile, TMPDIR: profile, GSETTINGS_BACKEND: 'memory' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: process.platform !== 'win32', // its own process group, so that its children end with it
  });
  const window = new BrowserWindow(child, profile, program);
  try {
    await once(child, 'spawn');
  } catch (error) {
    await window.close();
    throw failed(`${program} could not be started: ${String(error)}`, '');
  }
  return window;
}

/** Use {@link openBrowserWindow}. */
export class BrowserWindow implements AsyncDisposable {
  /** The folder of its profile, until the window is gone. */
  readonly profile: string;
  /**
   * Resolves when the window is gone, its processes are ended and its profile is removed. Rejects with an
   * UnderstudyError `browser-failed` where the browser ended by itself with a failure.
   */
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
    // ends the browser where this program exits without closing its window
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
      endNow(); // its first process may have crashed without ending the others
      process.off('exit', endNow);
      if (!this.#isClosing && child.exitCode !== 0) {
        throw failed(`${program} ended by itself (${child.signalCode ?? `exit code ${child.exitCode}`})`, this.#stderr);
      }
    });
    this.closed.catch(() => undefined); // a caller that only closes need not handle the rejection
  }

  /** Of the browser's first process; on X11 the window's _NET_WM_PID. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Closes the window and waits for `closed`; never rejects. Idempotent. */
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

/** Ends a browser and all its processes; does nothing where they have ended. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') {
      execFileSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    } else {
      process.kill(-child.pid, signal);
    }
  } catch {
    // it has ended already
  }
}

/** Measured reasons are beside the flags; the other flags prevent first-run dialogs and network access. */
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
    // game time must continue while the window is covered or has no focus
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
    // also under XWayland: the agent can neither capture a native Wayland window nor type into it
    ...(process.platform === 'linux' && env.DISPLAY ? ['--ozone-platform=x11'] : []),
    // without a GPU the attempts to start one cost seconds and a process
    ...(noGpu ? ['--disable-gpu'] : []),
    // the sandbox refuses root; --test-type hides the warning bar about that on the page
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
