import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { UnderstudyError } from '../../src/core/errors.js';
import { openBrowserWindow, WINDOW_CLASS } from '../../src/arena/browser/chromium.js';
import { startArenaServer, type ArenaServer } from '../../src/arena/browser/server.js';
import type { ProgressPost } from '../../src/arena/page/messages.js';
import { lacks, openDisplay, type TestDisplay } from '../../testing/display/x-display.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

const skip = lacks('Xvfb', 'openbox', 'xdotool', 'chromium');
/** Long enough for a busy machine; what is waited for comes far sooner. */
const soon = (): AbortSignal => AbortSignal.timeout(45_000);

function xdotool(display: TestDisplay, ...words: readonly string[]): string {
  return execFileSync('xdotool', words, { env: display.env, encoding: 'utf8' }).trim();
}

/** X id of the visible window of the arena's page. */
function windowId(display: TestDisplay): string {
  return xdotool(display, 'search', '--onlyvisible', '--class', WINDOW_CLASS);
}

async function untilProgress(server: ArenaServer, holds: (post: ProgressPost) => boolean): Promise<ProgressPost> {
  const signal = soon();
  while (server.progress === null || !holds(server.progress)) await once(server.events, 'progress', { signal });
  return server.progress;
}

/** Command lines of running processes that name `text` (a profile's folder names one browser). */
function processesNaming(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return ''; // ended in between
      }
    })
    .filter((line) => line.includes(text));
}

test(
  'a fight in a real window: keys are seen and counted, it ends, replays alike, and starts again',
  { skip },
  async () => {
    await using display = await openDisplay({ windowManager: true });
    await using server = await startArenaServer({ seed: 3, level: 'normal', begin: 'command', own: true });
    await using window = await openBrowserWindow({ url: server.url, env: display.env });
    await server.untilReady(soon());
    const waiting = await untilProgress(
      server,
      ({ width, height, focused }) => width === 1280 && height === 720 && focused,
    );
    assert.equal(waiting.page, 'waiting');

    server.begin({ seed: 3, level: 'normal' });
    await untilProgress(server, ({ page }) => page === 'fighting');
    xdotool(display, 'keydown', 'f');
    await server.untilKeys(({ repeats }) => repeats > 2, soon());
    xdotool(display, 'key', 'Left', 'Right', 'Up', 'Down', 'space', 'd');
    xdotool(display, 'keyup', 'f');
    const keys = await server.untilKeys(({ releases }) => releases >= 7, soon());
    assert.deepEqual([keys.presses, keys.releases, keys.other], [7, 7, 0]);

    const fight = await server.nextOutcome(soon());
    assert.equal(fight.outcome, 'lost');
    assert.equal(fight.reproduced, true);
    assert.ok(fight.inputs.some(([held]) => (held & STUDY_ACTIONS.bit('SHOOT')) !== 0));
    const edges = fight.keyEvents.filter((event) => !event.repeat).map((event) => `${event.type} ${event.code}`);
    assert.equal(edges[0], 'down KeyF');
    assert.equal(edges.length, 14);
    assert.ok(fight.keyEvents.every((event) => Math.abs(event.tMs - Date.now()) < 120_000));

    xdotool(display, 'key', 'Return');
    assert.equal((await untilProgress(server, ({ page }) => page === 'fighting')).seed, 4);
    assert.equal((await server.nextOutcome(soon())).seed, 4);
    xdotool(display, 'key', 'r');
    assert.equal((await untilProgress(server, ({ page }) => page === 'fighting')).seed, 4);

    const { profile } = window;
    const said = once(server.events, 'closed', { signal: soon() });
    // what the title bar's button sends
    xdotool(display, 'key', 'alt+F4'); // to whatever has the focus: an event sent to the window may outlive it
    await said;
    await window.closed;
    assert.equal(existsSync(profile), false);
    assert.deepEqual(processesNaming(profile), []);
  },
);

test(
  'without a window manager, and at a size of another shape, the page still draws and takes keys',
  { skip },
  async () => {
    await using display = await openDisplay();
    await using server = await startArenaServer({ seed: 3, level: 'normal', begin: 'now' });
    await using window = await openBrowserWindow({ url: server.url, env: display.env, width: 700, height: 900 });
    const ready = await server.untilReady(soon());
    assert.deepEqual([ready.width, ready.height], [700, 900]);
    xdotool(display, 'windowfocus', '--sync', windowId(display));
    xdotool(display, 'key', 'Left');
    await server.untilKeys(({ releases }) => releases === 1, soon());
    const { profile } = window;
    await window.close();
    assert.equal(existsSync(profile), false);
    assert.deepEqual(processesNaming(profile), []);
  },
);

test('a minimised window plays on: its fight ends by itself', { skip }, async () => {
  await using display = await openDisplay({ windowManager: true });
  await using server = await startArenaServer({ seed: 3, level: 'normal', begin: 'command', own: true });
  await using window = await openBrowserWindow({ url: server.url, env: display.env });
  await server.untilReady(soon());
  xdotool(display, 'windowminimize', '--sync', windowId(display));
  await untilProgress(server, ({ focused }) => !focused);
  server.begin({ seed: 3, level: 'normal' });
  const fight = await server.nextOutcome(soon());
  assert.equal(fight.reproduced, true);
  await window.close();
});

test('keys held when the focus is lost are released', { skip }, async () => {
  await using display = await openDisplay({ windowManager: true });
  await using server = await startArenaServer({ seed: 3, level: 'normal', begin: 'command', own: true });
  await using window = await openBrowserWindow({ url: server.url, env: display.env });
  await server.untilReady(soon());
  await untilProgress(server, ({ focused }) => focused);
  server.begin({ seed: 3, level: 'normal' });
  await untilProgress(server, ({ page }) => page === 'fighting');
  xdotool(display, 'keydown', 'f');
  await server.untilKeys(({ presses }) => presses === 1, soon());
  xdotool(display, 'windowminimize', '--sync', windowId(display));
  const fight = await server.nextOutcome(soon());
  xdotool(display, 'keyup', 'f');
  assert.ok(fight.inputs.some(([held]) => held === STUDY_ACTIONS.bit('SHOOT')));
  assert.equal(fight.inputs.at(-1)![0], 0);
  assert.equal(fight.keys.releases, 0);
  await window.close();
});

test('flash mode posts every flip and the keys that came, and says when it is done', { skip }, async () => {
  await using display = await openDisplay({ windowManager: true });
  const flash = { flips: 6, everyMs: 200, jitterMs: 50 };
  await using server = await startArenaServer({ seed: 1, level: 'normal', own: true, flash });
  const flips: boolean[] = [];
  const { promise: done, resolve } = promiseParts();
  server.events.on('flash', (post) => {
    flips.push(...post.flips.map(({ white }) => white));
    if (post.done) resolve();
  });
  await using window = await openBrowserWindow({ url: server.url, env: display.env });
  await server.untilReady(soon());
  await done;
  assert.deepEqual(flips, [true, false, true, false, true, false]);
  await window.close();
});

test('the window that we opened closes when the server is gone', { skip }, async () => {
  await using display = await openDisplay({ windowManager: true });
  const server = await startArenaServer({ seed: 1, level: 'normal', own: true });
  await using window = await openBrowserWindow({ url: server.url, env: display.env });
  await server.untilReady(soon());
  await server.close();
  await window.closed;
  assert.equal(existsSync(window.profile), false);
});

test('a browser that crashes is reported, and its other processes and its profile go with it', { skip }, async () => {
  await using display = await openDisplay({ windowManager: true });
  await using server = await startArenaServer({ seed: 1, level: 'normal', own: true });
  await using window = await openBrowserWindow({ url: server.url, env: display.env });
  await server.untilReady(soon());
  process.kill(window.pid, 'SIGKILL');
  await assert.rejects(window.closed, hasCode('browser-failed'));
  assert.equal(existsSync(window.profile), false);
  await untilNone(() => processesNaming(window.profile));
});

test('a program that exits without closing the window takes browser and profile with it', { skip }, async () => {
  await using display = await openDisplay({ windowManager: true });
  await using server = await startArenaServer({ seed: 1, level: 'normal', own: true });
  const module = new URL('../../src/arena/browser/chromium.js', import.meta.url).href;
  const script = `const { openBrowserWindow } = await import(${JSON.stringify(module)});
    const window = await openBrowserWindow({ url: ${JSON.stringify(server.url)} });
    process.stdin.once('data', () => process.exit(0));
    console.log(window.profile);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: display.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  const profile = printed.toString().trim();
  await server.untilReady(soon());
  assert.equal(existsSync(profile), true);
  child.stdin.write('end\n');
  await once(child, 'exit');
  assert.equal(existsSync(profile), false);
  await untilNone(() => processesNaming(profile));
});

test('no browser, no display and a browser that fails are three clear errors', { skip: lacks('sh') }, async (t) => {
  const folder = temporaryFolder(t);
  const url = 'http://127.0.0.1:1/';
  await assert.rejects(
    openBrowserWindow({ url, env: { DISPLAY: ':0', CHROME_PATH: join(folder, 'none') } }),
    hasCode('browser-missing', 'CHROME_PATH'),
  );
  await assert.rejects(openBrowserWindow({ url, env: { DISPLAY: ':0', PATH: folder } }), hasCode('browser-missing'));
  if (process.platform === 'linux') {
    await assert.rejects(
      openBrowserWindow({ url, env: {} }),
      (error) => error instanceof UnderstudyError && error.code === 'no-display' && error.exitCode === 4,
    );
  }
  const failing = join(folder, 'failing');
  writeFileSync(failing, '#!/bin/sh\necho "it lacks a library" >&2\nexit 7\n', { mode: 0o755 });
  const window = await openBrowserWindow({ url, env: { DISPLAY: ':0', CHROME_PATH: failing } });
  await assert.rejects(window.closed, hasCode('browser-failed', 'it lacks a library'));
  assert.equal(existsSync(window.profile), false);
});

function promiseParts(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A killed process stays in /proc until its parent has collected it. */
async function untilNone(list: () => string[]): Promise<void> {
  const signal = soon();
  while (list().length > 0) {
    signal.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
