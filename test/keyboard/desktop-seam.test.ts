/** The Desktop interface is enough to find a window, see it, and press and release keys: here on a desktop in memory. */
import assert from 'node:assert/strict';
import { STUDY_ACTIONS, STUDY_KEYSYMS } from '../../src/core/study-actions.js';
import { after, test } from 'node:test';
import { openFrames } from '../../src/capture/choose-backend.js';
import { NONE_HELD } from '../../src/core/action-set.js';
import { findWindow } from '../../src/desktop/find-window.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { DesktopKeys } from '../../src/keyboard/guard/desktop-keys.js';
import { KeyGuard } from '../../src/keyboard/guard/key-guard.js';
import type { FromGuard, Hello } from '../../src/keyboard/guard/protocol.js';
import { DEFAULT_HOT_KEYS } from '../../src/keyboard/hot-key-bindings.js';
import { DEFAULT_KEYS } from '../../src/keyboard/key-map.js';
import { readKeyNotes, writeKeyNote } from '../../src/keyboard/key-notes.js';
import { bindToKeyboard, openKeySink } from '../../src/keyboard/open-key-sink.js';
import { releaseEveryKey, releaseWithoutGuard } from '../../src/keyboard/release-keys.js';
import { chooseKeySource } from '../../src/runs/record/key-source.js';
import { recordedKeys } from '../../src/runs/record/log-names.js';
import { HELLO } from '../../testing/agent/guard-stage.js';
import { PaperDesktop } from '../../testing/desktop/paper-desktop.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('seam');
const runtimeFolder = process.env.XDG_RUNTIME_DIR;
process.env.XDG_RUNTIME_DIR = folder;
after(() => {
  if (runtimeFolder === undefined) delete process.env.XDG_RUNTIME_DIR;
  else process.env.XDG_RUNTIME_DIR = runtimeFolder;
});

function unwanted(what: unknown): void {
  assert.fail(`was notified of ${String(what)}`);
}

test('a window is found and seen through what its desktop offers', async () => {
  const desktop = new PaperDesktop();
  using window = await findWindow({ desktop, app: 'paper' });
  assert.equal(window.desktop, desktop);
  const opened = openFrames({ capture: 'auto', window });
  assert.deepEqual([opened.adapter, opened.why, opened.reachedRateHz()], ['node-screenshots', 'paper is flat', 60]);
  assert.throws(() => openFrames({ capture: 'x11', window }), {
    code: 'bad-option',
    message: '--capture x11 needs an X display, and this platform has none.',
  });
});

test('keys are watched by what the desktop has, and X Input 2 is refused where it is not', async () => {
  const desktop = new PaperDesktop();
  const recorded = recordedKeys(DEFAULT_KEYS, 'F1,F8,F9');
  const source = chooseKeySource('auto', desktop, DEFAULT_KEYS, recorded);
  assert.equal(source.kind, 'uiohook');
  await source.watch({ onKey: () => undefined });
  assert.deepEqual(desktop.asked, ['watch from uiohook']);
  assert.throws(() => chooseKeySource('xi2', desktop, DEFAULT_KEYS, recorded), {
    code: 'bad-option',
    message: '--keys-from xi2 needs an X display, and this platform is another.',
  });
});

test('keys are pressed by what the desktop has: the ways of other platforms are refused before a guard is started', async () => {
  const desktop = new PaperDesktop();
  for (const [sink, needs] of [
    ['xtest', 'an X display'],
    ['send-input', 'Windows'],
  ] as const) {
    await assert.rejects(openKeySink({ sink, desktop, keys: DEFAULT_KEYS, leaseMs: 250 }), {
      code: 'bad-option',
      message: `--sink ${sink} needs ${needs}, and this platform is another.`,
    });
  }
  assert.deepEqual(desktop.asked, []);
});

test('a guard locks its desktop, releases what was noted there, presses, and notices a hot key by its name', async () => {
  const desktop = new PaperDesktop();
  writeKeyNote({ display: desktop.name, agentPid: 1, guardPid: 2, keys: [{ name: 'q', keycode: 77 }] });
  writeKeyNote({ display: ':7', agentPid: 1, guardPid: 3, keys: [{ name: 'w', keycode: 78 }] });
  const said: FromGuard[] = [];
  const keys = new DesktopKeys({ openDesktop: () => desktop, agentPid: 11, guardPid: 12 });
  const guard = new KeyGuard({
    openInjector: (hello) => keys.openInjector(hello),
    openWatch: (hello, listener) => keys.openWatch(hello, listener),
    noteKeys: (hello) => keys.noteKeys(hello),
    send: (message) => said.push(message),
    nowMs: () => 1000,
    after: () => undefined,
    end: () => undefined,
  });
  const { bindings, hotKeys, modifiers } = bindToKeyboard({ desktop, keys: DEFAULT_KEYS, hotKeys: DEFAULT_HOT_KEYS });
  const hello: Hello = {
    ...HELLO,
    sink: desktop.preferredInjector.kind,
    desktop: desktop.id,
    keys: bindings.map(({ name, keycode }) => ({ name, keycode })),
    watch: { yieldToHands: true, hotKeys, modifiers },
  };
  guard.receive(hello);
  await new Promise(setImmediate);
  assert.deepEqual(desktop.asked, [
    'lock for 11',
    'release q',
    'nut-js for 7 keys',
    'watch from the best beside the keyboard',
  ]);
  const [ready] = said;
  assert.ok(ready.type === 'ready');
  assert.deepEqual(ready.warnings, [
    "a person's keys cannot be distinguished from the agent's here: there is no takeover",
  ]);
  assert.deepEqual(
    readKeyNotes(desktop).map(({ guardPid }) => guardPid),
    [12],
    'its own note alone',
  );
  assert.equal(readKeyNotes(new X11Desktop(':7')).length, 1, 'the note of another desktop stays');

  guard.receive({ type: 'set', seq: 1, atMs: 1000, held: STUDY_ACTIONS.holding('JUMP', 'LEFT'), epoch: 0 });
  assert.equal(desktop.keyboard.down, STUDY_ACTIONS.holding('JUMP', 'LEFT'));
  desktop.see('space'); // it may be the agent's own: not a hand
  assert.equal(desktop.keyboard.down, STUDY_ACTIONS.holding('JUMP', 'LEFT'));
  desktop.see('F12');
  assert.equal(desktop.keyboard.down, NONE_HELD);
  const stopped = said.find(({ type }) => type === 'stopped');
  assert.ok(stopped?.type === 'stopped');
  assert.deepEqual([stopped.why, stopped.key], ['panic', 'F12']);
  keys.removeNote();
  assert.deepEqual(readKeyNotes(desktop), []);
});

test('keys of a lost guard, and all keys, are released through the desktop', async () => {
  const desktop = new PaperDesktop();
  const { bindings } = bindToKeyboard({ desktop, keys: DEFAULT_KEYS });
  const released: number[] = [];
  await releaseWithoutGuard(desktop, bindings, (held) => released.push(held), unwanted);
  assert.deepEqual(released, [STUDY_ACTIONS.holding('UP', 'DOWN', 'LEFT', 'RIGHT', 'JUMP', 'SHOOT', 'DASH')]);
  writeKeyNote({ display: desktop.name, agentPid: 1, guardPid: 2, keys: [{ name: 'F8', keycode: 7 }] });
  assert.deepEqual(releaseEveryKey(desktop, DEFAULT_KEYS).released, [...Object.values(STUDY_KEYSYMS), 'F8']);
  assert.deepEqual(readKeyNotes(desktop), []);
});

test('a release that fails without a guard is reported', async () => {
  const failing = { releaseLeftovers: () => Promise.reject(new Error('no paper')) };
  const failures: unknown[] = [];
  await releaseWithoutGuard(failing, [], unwanted, (error) => failures.push(error));
  assert.match(String(failures[0]), /no paper/);
});
