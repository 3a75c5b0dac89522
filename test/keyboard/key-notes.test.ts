/** What a double kill leaves down is noted for the next start, whatever keys that one uses. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NativeDesktop } from '../../src/desktop/native/desktop.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { makeRuntimeFolder, runtimeFolderPath } from '../../src/system/runtime-folder.js';
import { guardOnDisplay } from '../../src/desktop/x11/lock.js';
import { readKeyNotes, removeKeyNote, writeKeyNote } from '../../src/keyboard/key-notes.js';
import { DEFAULT_KEYS, parseKeys } from '../../src/keyboard/key-map.js';
import { openKeySink } from '../../src/keyboard/open-key-sink.js';
import { releaseEveryKey } from '../../src/keyboard/release-keys.js';
import type { XConnection } from '../../src/desktop/x11/connection.js';
import { keysDown, sendKey } from '../../src/desktop/x11/xtest.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { until } from '../../testing/until.js';
import { displayForTests, end, lacks } from '../../testing/display/x-display.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const AGENT = fileURLToPath(new URL('../../testing/agent/agent-with-held-keys.js', import.meta.url));
const folder = folderForTests('notes');
const before0 = process.env.XDG_RUNTIME_DIR;
process.env.XDG_RUNTIME_DIR = folder;
after(() => {
  if (before0 === undefined) delete process.env.XDG_RUNTIME_DIR;
  else process.env.XDG_RUNTIME_DIR = before0;
});
afterEach(() => rmSync(join(folder, 'understudy'), { recursive: true, force: true }));

const NOTE = { display: ':7', agentPid: 11, guardPid: 12, keys: [{ name: 'space', keycode: 65 }] };
const notes = () => (existsSync(runtimeFolderPath()) ? readdirSync(runtimeFolderPath()) : []);

test('the runtime folder is the user’s alone, and a link in its place is refused', () => {
  const path = makeRuntimeFolder();
  assert.equal(statSync(path).mode & 0o777, 0o700);
  chmodSync(path, 0o755);
  assert.equal(statSync(makeRuntimeFolder()).mode & 0o777, 0o700);
  rmSync(path, { recursive: true });
  symlinkSync(folder, path);
  assert.throws(() => makeRuntimeFolder(), { code: 'write-failed' });
  rmSync(path);
});

test('a note is found by any name of its display, and by no other', () => {
  writeKeyNote(NOTE);
  for (const name of [':7', ':7.0', 'unix:7', 'localhost:7.1']) {
    assert.deepEqual(readKeyNotes(new X11Desktop(name)), [NOTE], name);
  }
  for (const name of [':8', 'elsewhere:7', '']) assert.deepEqual(readKeyNotes(new X11Desktop(name)), [], name);
  assert.deepEqual(readKeyNotes(new NativeDesktop('Windows')), []);
  removeKeyNote(NOTE);
  removeKeyNote(NOTE);
  assert.deepEqual(notes(), []);
});

test('a file that is not a note is ignored: broken, too large, of another version, under another name', () => {
  const path = makeRuntimeFolder();
  const text = JSON.stringify({ version: 1, ...NOTE });
  const wrong = {
    'keys-12.json': text.slice(0, 40),
    'keys-13.json': text, // says 12
    'keys-14.json': JSON.stringify({ version: 2, ...NOTE, guardPid: 14 }),
    'keys-15.json': JSON.stringify({ version: 1, ...NOTE, guardPid: 15, keys: [{ name: 'x', keycode: -1 }] }),
    'keys-16.json': JSON.stringify({ version: 1, ...NOTE, guardPid: 16, padding: 'x'.repeat(20_000) }),
    'keys-18.json': JSON.stringify({ version: 1, ...NOTE, guardPid: 18, display: null }), // of an earlier version
    'keys-x.json': text,
  };
  for (const [name, content] of Object.entries(wrong)) writeFileSync(join(path, name), content);
  mkdirSync(join(path, 'keys-17.json'));
  assert.deepEqual(readKeyNotes(new X11Desktop(':7')), []);
});

describe('after a double kill', { skip: lacks('Xvfb') }, () => {
  const display = displayForTests();
  let eyes: XConnection;

  before(() => {
    ({ eyes } = display);
  });

  /** An agent that held three keys, ended together with its guard: the keys stay down. */
  async function doubleKill(): Promise<void> {
    const env = { ...display.env, XDG_RUNTIME_DIR: folder };
    const agent = spawn(process.execPath, [AGENT, 'hold', '250'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(createInterface({ input: agent.stdout }), 'line')) as [string];
    const { guardPid } = JSON.parse(line) as { guardPid: number };
    await until('three keys', () => keysDown(eyes).size === 3);
    process.kill(guardPid, 'SIGSTOP'); // or it would release before its own kill
    const gone = end(agent);
    process.kill(guardPid, 'SIGKILL');
    await gone;
    assert.equal(keysDown(eyes).size, 3);
    assert.deepEqual(notes(), [`keys-${guardPid}.json`]);
  }

  test('the next start releases, though its own keys are others', async () => {
    await doubleKill();
    const keys = parseKeys('UP=w,JUMP=z,SHOOT=x');
    const { sink } = await openKeySink({ sink: 'xtest', keys, leaseMs: 250, desktop: new X11Desktop(display.name) });
    assert.equal(keysDown(eyes).size, 0);
    assert.equal(notes().length, 1, 'its own note alone');
    await sink[Symbol.asyncDispose]();
    await until('no note of an agent that ended well', () => notes().length === 0);
  });

  test('release releases noted keys, whatever map it is given, and leaves keys in a hand alone', async () => {
    await doubleKill();
    using human = new SimulatedHuman(display.name);
    const down = [...keysDown(eyes)];
    const other = parseKeys('UP=w,JUMP=z,SHOOT=x');
    await until('no guard on the display', () => guardOnDisplay(eyes) === null);
    const result = releaseEveryKey(new X11Desktop(display.name), other);
    assert.deepEqual([...result.released].sort(), ['Up', 'f', 'space']);
    assert.equal(keysDown(eyes).size, 0);
    assert.deepEqual(notes(), []);
    human.press(down[0]);
    assert.deepEqual(releaseEveryKey(new X11Desktop(display.name), DEFAULT_KEYS).released, []);
    assert.deepEqual([...keysDown(eyes)], [down[0]], 'taken out of the hand');
  });

  test('release leaves the note of an agent that lives', async () => {
    const { sink } = await openKeySink({
      sink: 'xtest',
      keys: DEFAULT_KEYS,
      leaseMs: 250,
      desktop: new X11Desktop(display.name),
    });
    sendKey(eyes, 58, true);
    assert.deepEqual(releaseEveryKey(new X11Desktop(display.name), 'all').released, ['m']);
    assert.equal(notes().length, 1);
    await sink[Symbol.asyncDispose]();
  });
});
