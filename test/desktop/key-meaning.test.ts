/** What the mapped keys mean on a real display while its layout is changed by Debian's setxkbmap and xmodmap. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import type { NamedKey } from '../../src/desktop/key-injector.js';
import { inputDevices, requireXInput2 } from '../../src/desktop/x11/xinput2.js';
import { keysDown, sendKey } from '../../src/desktop/x11/xtest.js';
import { startLiveAgent } from '../../testing/agent/live-agent.js';
import { KEY } from '../../testing/display/keycodes.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { displayForTests, lacks } from '../../testing/display/x-display.js';
import { untilInOwnTime } from '../../testing/until.js';

/** Keycodes of Xvfb's keyboard, as evdev has them. */
const Z: NamedKey = { name: 'z', keycode: 52 };
const SPACE: NamedKey = { name: 'space', keycode: 65 };
const CONTROL: NamedKey = { name: 'Control_L', keycode: 37 };
const SHIFT_KEYCODE = 50;

describe('what keys mean', { skip: lacks('Xvfb', 'setxkbmap', 'xmodmap') }, () => {
  const display = displayForTests();
  const run = (program: string, ...args: string[]): void => {
    const { status, stderr } = spawnSync(program, args, { env: display.env, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  };
  const layout = (name: string) => run('setxkbmap', '-layout', name);
  const press = (keycode: number, down: boolean): void => display.eyes.trap(() => sendKey(display.eyes, keycode, down));

  test('a layout that moves a mapped key is noticed, one that leaves it where it was is not', () => {
    layout('us');
    using z = new X11Desktop(display.name).openKeyMeaning([Z]);
    using space = new X11Desktop(display.name).openKeyMeaning([SPACE]);
    assert.deepEqual([z.changedBecause(), space.changedBecause()], [null, null]);
    layout('de');
    assert.match(z.changedBecause() ?? '', /the key of 'z' gives 'y'/);
    assert.equal(space.changedBecause(), null);
    layout('us');
    assert.equal(z.changedBecause(), null);
  });

  test('a person with another layout than the keyboard of programs is told so, and their keys change nothing', () => {
    layout('us');
    using human = new SimulatedHuman(display.name);
    using meaning = new X11Desktop(display.name).openKeyMeaning([Z]);
    requireXInput2(display.eyes);
    const { id } = inputDevices(display.eyes).find(({ use, synthetic }) => use === 'keyboard' && !synthetic)!;
    run('setxkbmap', '-device', String(id), 'de');
    human.press(KEY.d);
    human.release(KEY.d);
    assert.equal(meaning.changedBecause(), null);
    using german = new X11Desktop(display.name).openKeyMeaning([{ name: 'z', keycode: 29 }]);
    assert.match(german.changedBecause() ?? '', /another layout than yours: there, the key of 'z' gives 'y'/);
    layout('us');
  });

  test('one key that is mapped again, as by xmodmap, is noticed', () => {
    layout('us');
    using meaning = new X11Desktop(display.name).openKeyMeaning([SPACE]);
    assert.equal(meaning.changedBecause(), null);
    run('xmodmap', '-e', 'keycode 65 = Return');
    assert.match(meaning.changedBecause() ?? '', /'space' gives 'Return'/);
    layout('us');
    assert.equal(meaning.changedBecause(), null);
  });

  test('a modifier that another program holds is named; Shift and the modifiers that the game uses are not', () => {
    layout('us');
    using other = new X11Desktop(display.name).openKeyMeaning([Z]);
    using own = new X11Desktop(display.name).openKeyMeaning([Z, CONTROL]);
    press(CONTROL.keycode, true);
    const answers = [other.changedBecause(), own.changedBecause()];
    press(CONTROL.keycode, false);
    press(SHIFT_KEYCODE, true);
    const shifted = other.changedBecause();
    press(SHIFT_KEYCODE, false);
    assert.match(answers[0] ?? '', /^Control is on/);
    assert.deepEqual([answers[1], shifted, other.changedBecause()], [null, null, null]);
  });

  test('an agent whose keys have moved releases them, and presses again once they are back', async () => {
    layout('us');
    const shoot = STUDY_ACTIONS.holding('SHOOT'); // the key f
    await using agent = await startLiveAgent({ display: display.name, rateHz: 60, script: () => shoot });
    const untilDown = (count: number) =>
      untilInOwnTime(`${count} keys down`, () => keysDown(display.eyes).size === count);
    await untilDown(1);
    run('setxkbmap', '-layout', 'us', '-variant', 'dvorak');
    await untilDown(0);
    layout('us');
    await untilDown(1);
    const { gatedBy, releases } = await agent.stop();
    assert.ok((gatedBy.keyboard ?? 0) > 0, JSON.stringify(gatedBy));
    assert.match(releases[0].gate ?? '', /^keyboard: the keyboard layout was changed/);
  });
});
