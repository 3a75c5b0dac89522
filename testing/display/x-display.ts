/**
 * A real X server for one test: Xvfb on a display number of its own, with openbox when a window manager is wanted.
 * Ends only what it started.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

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
  /** Process id of the X server, for tests that take it away. */
  readonly serverPid: number;
}

/** Starts Xvfb (and openbox) and waits until it answers. */
export async function startDisplay(
  options: { readonly windowManager?: boolean; readonly size?: string } = {},
): Promise<TestDisplay> {
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', `${options.size ?? '1920x1200'}x24`, '-nolisten', 'tcp', '-noreset'],
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
  return {
    name: `:${number}`,
    env,
    serverPid: server.pid!,
    async [Symbol.asyncDispose]() {
      for (const child of children) await end(child);
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
