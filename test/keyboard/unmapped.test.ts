/** An action without a key, through the real guard on a real X server. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { x11Layout } from '../../src/desktop/x11/keysyms.js';
import { keysDown } from '../../src/desktop/x11/xtest.js';
import type { GuardEvent } from '../../src/keyboard/guard-events.js';
import { unlimited } from '../../src/keyboard/guard/limits.js';
import { GuardedKeySink } from '../../src/keyboard/guarded-key-sink.js';
import { bindKeys, parseKeys, type KeyBindings } from '../../src/keyboard/key-map.js';
import { untilInOwnTime } from '../../testing/until.js';
import { displayForTests, lacks } from '../../testing/display/x-display.js';

const MAPPED = STUDY_ACTIONS.holding('UP', 'LEFT', 'RIGHT', 'JUMP', 'SHOOT');

describe('an action without a key', { skip: lacks('Xvfb', 'xinput') }, () => {
  const display = displayForTests();
  let bindings: KeyBindings;

  before(() => {
    bindings = bindKeys(parseKeys('DOWN=none,DASH=none'), x11Layout(display.eyes));
  });

  for (const sink of ['xtest', 'nut-js'] as const) {
    test(`${sink}: it is never pressed, and the others have their own keys`, async () => {
      const events: GuardEvent[] = [];
      await using keys = await GuardedKeySink.start({
        ...{ sink, bindings, leaseMs: 5000, desktop: new X11Desktop(display.name) },
        limits: unlimited(STUDY_ACTIONS.count),
        onGuardEvent: (event) => events.push(event),
      });
      const down = (): number[] => [...keysDown(display.eyes)].sort((a, b) => a - b);
      keys.apply(STUDY_ACTIONS.all);
      await untilInOwnTime('five keys down', () => down().length === 5, 5000);
      const expected = bindings.filter((_, index) => (MAPPED >> index) & 1).map(({ keycode }) => keycode);
      assert.deepEqual(
        down(),
        expected.sort((a, b) => a - b),
      );
      assert.equal(keys.held, MAPPED);
      keys.apply(STUDY_ACTIONS.holding('DOWN', 'DASH'));
      await untilInOwnTime('no key down', () => down().length === 0, 5000);
      await keys.flush();
      assert.equal(keys.edgesSent, 10);
      assert.deepEqual(events, []);
    });
  }
});
