/**
 * A real X server for one test: Xvfb on a free display number, with openbox when a window manager is wanted.
 * Ends only what it started.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { after, before } from 'node:test';
import { XConnection } from '../../src/desktop/x11/connection.js';

/** The skip reason when one of the programs is absent, or false: `test(name, { skip: lacks('Xvfb') }, ...)`. */
export function lacks(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  return missing.length > 0 ? `needs ${missing.join(', ')} (see .ci/run for the Debian packages)` : false;
}

export interface TestDisplay extends AsyncDisposable {
  /** As in $DISPLAY, ":7". */
  readonly name: string;
  /** process.env with DISPLAY set to this display and WAYLAND_DISPLAY absent. */
  readonly env: NodeJS.ProcessEnv;
  /** Process id of the X server, for tests that end it. */
  readonly serverPid: number;
  /** A connection of the test's own, to look at keys with; opened when it is first asked for, closed with the display. */
  readonly eyes: XConnection;
}

/** A display, and its connection, for all tests of a suite. */
export type SharedDisplay = Pick<TestDisplay, 'name' | 'env' | 'serverPid' | 'eyes'>;

export interface DisplayOptions {
  /** With openbox. Default: no window manager. */
  readonly windowManager?: boolean;
  /** "640x480"; default 1920x1200. */
  readonly size?: string;
  /** Bits of a pixel's colour. Default 24. */
  readonly depth?: 24 | 30;
  /** An extension that the server shall not have, such as XTEST. */
  readonly without?: string;
}

/** Starts Xvfb (and openbox) and waits until it answers: `await using display = await openDisplay()`. */
export async function openDisplay(options: DisplayOptions = {}): Promise<TestDisplay> {
  const { size = '1920x1200', depth = 24, without } = options;
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', `${size}x${depth}`, '-nolisten', 'tcp', '-noreset'].concat(
      without === undefined ? [] : ['-extension', without],
    ),
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const number = await new Promise<string>((resolve, reject) => {
    let text = '';
    server.stdio[3]!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text.trim());
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`Xvfb ended with ${code} before it answered`)));
  });
  const env: NodeJS.ProcessEnv = { ...process.env, DISPLAY: `:${number}` };
  delete env.WAYLAND_DISPLAY;
  const children: ChildProcess[] = [];
  if (options.windowManager ?? false) children.push(await startWindowManager(env));
  children.push(server);
  const name = `:${number}`;
  let eyes: XConnection | null = null;
  return {
    name,
    env,
    serverPid: server.pid!,
    get eyes() {
      return (eyes ??= XConnection.open(name));
    },
    async [Symbol.asyncDispose]() {
      eyes?.close();
      for (const child of children) await end(child);
    },
  };
}

/**
 * The same for all tests of a file or suite: started before them, ended after them. Call it outside the tests.
 *
 * @param options with `unless` true nothing is started: the tests are skipped
 */
export function displayForTests(options: DisplayOptions & { readonly unless?: boolean } = {}): SharedDisplay {
  let display: TestDisplay | null = null;
  before(async () => {
    if (options.unless ?? false) return;
    display = await openDisplay(options);
  });
  after(() => display?.[Symbol.asyncDispose]());
  const opened = (): TestDisplay => {
    if (display === null) throw new Error('the display is opened before the first test, not outside the tests');
    return display;
  };
  return {
    get name() {
      return opened().name;
    },
    get env() {
      return opened().env;
    },
    get serverPid() {
      return opened().serverPid;
    },
    get eyes() {
      return opened().eyes;
    },
  };
}

async function startWindowManager(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const manager = spawn('openbox', ['--sm-disable'], { env, stdio: 'ignore' });
  await once(manager, 'spawn');
  for (let i = 0; i < 200; i += 1) {
    const answer = spawnSync('xprop', ['-root', '_NET_SUPPORTING_WM_CHECK'], { env, encoding: 'utf8' });
    if (answer.stdout.includes('window id')) return manager;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('openbox did not become the window manager within 5 s');
}

/** Ends a child and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
