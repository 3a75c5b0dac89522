import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { survivesLostServer } from '../../src/desktop/x11/x-errors.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';

const program = fileURLToPath(new URL('../../testing/display/outlive-server.js', import.meta.url));

test('a killed X server is an error that a daemon survives, not its end', { skip: lacks('Xvfb') }, async () => {
  assert.ok(survivesLostServer(), 'needs libX11 1.8.4 or newer');
  await using display = await openDisplay();
  const window = await openTestWindow({ display: display.name });
  const child = spawn(process.execPath, [program, display.name, String(window.id)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (line === 'grabbing') {
      process.kill(display.serverPid, 'SIGKILL');
    }
    lines.push(line);
  }
  assert.deepEqual(await exited, [0, null]);
  const report = JSON.parse(lines.at(-1)!) as { frames: number; failures: string[] };
  assert.ok(report.frames >= 1);
  assert.deepEqual(report.failures, ['x11-failed', 'x11-failed', 'x11-failed', 'x11-failed']);
  window[Symbol.dispose](); // this process had a connection to the killed server too
});
