/** Keys by their place, on a real display whose layout Debian's setxkbmap changes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { actionSetOf } from '../../src/core/study-actions.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { KEY_CODES } from '../../src/desktop/x11/key-places.js';
import { bindKeys } from '../../src/keyboard/key-map.js';
import { openKeySink } from '../../src/keyboard/open-key-sink.js';
import { KEY } from '../../testing/display/keycodes.js';
import { KeyWitness } from '../../testing/display/key-witness.js';
import { displayForTests, lacks } from '../../testing/display/x-display.js';

const ACTIONS = actionSetOf(['JUMP', 'DUCK', 'LEFT']);
const keysOf = (...names: string[]) => ({
  actions: ACTIONS,
  keysyms: Object.fromEntries(ACTIONS.names.map((action, at) => [action, names[at]])),
});
const PLACES = keysOf('code:KeyZ', 'code:KeyQ', 'code:ArrowLeft');

describe('keys by their place', { skip: lacks('Xvfb', 'setxkbmap', 'xinput') }, () => {
  const display = displayForTests();
  const run = (program: string, ...args: string[]): void => {
    const { status, stderr } = spawnSync(program, args, { env: display.env, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  };
  const layout = (name: string): void => run('setxkbmap', '-layout', name);
  const keycodes = (keys: ReturnType<typeof keysOf>): number[] => {
    using now = new X11Desktop(display.name).openLayout();
    return bindKeys(keys, now).map(({ keycode }) => keycode);
  };

  test('a place is the same key on an American, a German and a French keyboard; a keysym is not', () => {
    const found = ['us', 'de', 'fr'].map((name) => {
      layout(name);
      return [keycodes(PLACES), keycodes(keysOf('z', 'q', 'Left'))];
    });
    layout('us');
    const places = [52, 24, KEY.left];
    assert.deepEqual(found, [
      [places, [52, 24, KEY.left]],
      [places, [29, 24, KEY.left]],
      [places, [25, 38, KEY.left]],
    ]);
  });

  test('the key at the place is pressed under another layout, and a change of the layout moves nothing', async () => {
    layout('fr');
    await using witness = await KeyWitness.on(display);
    const desktop = new X11Desktop(display.name);
    const { sink, bindings } = await openKeySink({ sink: 'xtest', keys: PLACES, leaseMs: 5000, desktop });
    using meaning = desktop.openKeyMeaning(bindings!);
    assert.equal(meaning.changedBecause(), null);
    sink.apply(ACTIONS.holding('JUMP', 'DUCK'));
    layout('de');
    assert.equal(meaning.changedBecause(), null);
    await sink[Symbol.asyncDispose]();
    assert.deepEqual(
      (await witness.log()).map(({ keycode, down }) => `${down ? '+' : '-'}${keycode}`),
      ['+52', '+24', '-52', '-24'],
    );
    layout('us');
  });

  test('on an American keyboard the places of letters, digits and arrows have the keysyms that they are named for', () => {
    layout('us');
    using now = new X11Desktop(display.name).openLayout();
    const named = KEY_CODES.flatMap((code) => {
      const keysym = /^(?:Key|Digit|Arrow)(.+)$/.exec(code)?.[1];
      return keysym === undefined ? [] : [[code, code.startsWith('Key') ? keysym.toLowerCase() : keysym] as const];
    });
    assert.equal(named.length, 40);
    for (const [code, keysym] of named) assert.deepEqual(now.find(`code:${code}`), now.find(keysym), code);
    const all = KEY_CODES.map((code) => now.find(`code:${code}`));
    const found = new Set(all.map((place) => (place.found === 'plain' ? place.keycode : place.found)));
    assert.equal(found.size, KEY_CODES.length, 'each is another key');
  });

  test('a place and a keysym on one key are two actions on one key; a place that no keyboard has is refused', () => {
    layout('us');
    using now = new X11Desktop(display.name).openLayout();
    assert.throws(() => bindKeys(keysOf('code:KeyZ', 'z', 'x'), now), {
      code: 'bad-option',
      message: /JUMP and DUCK are on one key \('code:KeyZ' and 'z'\)/,
    });
    assert.throws(() => bindKeys(keysOf('code:Keyz', 'q', 'x'), now), {
      code: 'unknown-key',
      next: /Did you mean code:KeyZ/,
    });
  });
});
