/** A Wayland desktop without a screen, for tests: weston's headless back end, in a runtime folder of its own. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../until.js';
import { end } from './x-display.js';

export interface WaylandDesktop extends AsyncDisposable {
  /** process.env with WAYLAND_DISPLAY and XDG_RUNTIME_DIR set. */
  readonly env: NodeJS.ProcessEnv;
}

const SOCKET = 'wayland-test';

/** @param parent folder in which its runtime folder is made */
export async function openWaylandDesktop(parent: string): Promise<WaylandDesktop> {
  const runtime = join(parent, 'wayland');
  mkdirSync(runtime, { mode: 0o700 });
  const env: NodeJS.ProcessEnv = { ...process.env, XDG_RUNTIME_DIR: runtime };
  const args = ['--backend=headless-backend.so', `--socket=${SOCKET}`, '--idle-time=0', '--no-config'];
  const weston = spawn('weston', args, { env, stdio: 'ignore' });
  await until('weston listens', () => existsSync(join(runtime, SOCKET)), 20_000);
  return {
    env: { ...env, WAYLAND_DISPLAY: join(runtime, SOCKET) },
    [Symbol.asyncDispose]: () => end(weston),
  };
}
