import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ActionSet } from '../../src/core/action-set.js';
import { UnderstudyError } from '../../src/core/errors.js';
import { STUDY_ACTIONS, STUDY_KEYSYMS, STUDY_NAMES } from '../../src/core/study-actions.js';
import { NO_KEYCODE } from '../../src/desktop/key-injector.js';
import {
  DEFAULT_KEYS,
  bindKeys,
  mappedActions,
  nearMatches,
  parseKeys,
  type KeysymOfAction,
} from '../../src/keyboard/key-map.js';
import type { KeyLayout } from '../../src/desktop/key-layout.js';
import { hasCode } from '../../testing/error-code.js';
import { nutJsLayout } from '../../src/desktop/native/nut-js-keys.js';

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof UnderstudyError, `not one of our errors: ${String(error)}`);
    assert.notEqual(error.next, '');
    return error.code;
  }
  return 'no error';
};

/** The study's keys with others for some actions. */
const studyKeys = (others: Readonly<Record<string, string>>): KeysymOfAction => ({
  actions: STUDY_ACTIONS,
  keysyms: { ...STUDY_KEYSYMS, ...others },
});

const LAYOUT: KeyLayout = {
  title: 'a layout of nine keys',
  find: (name) => {
    const keycode = ['Up', 'Down', 'Left', 'Right', 'space', 'f', 'd', 'z', 'x'].indexOf(name);
    if (keycode >= 0) return { found: 'plain', keycode: keycode + 8 };
    if (name === 'KP_Up') return { found: 'plain', keycode: 8 };
    if (name === 'F') return { found: 'with-modifier', plainName: 'f' };
    return name === 'hebrew_aleph' ? { found: 'nowhere' } : { found: 'unknown' };
  },
  names: () => ['Up', 'Down', 'Left', 'Right', 'space', 'f', 'd', 'z', 'x'],
};

test('the keys of the study are the default', () => {
  assert.deepEqual(Object.values(DEFAULT_KEYS.keysyms), ['Up', 'Down', 'Left', 'Right', 'space', 'f', 'd']);
  assert.deepEqual(
    bindKeys(DEFAULT_KEYS, LAYOUT).map(({ action, name }) => `${action} ${name}`),
    STUDY_NAMES.map((action) => `${action} ${STUDY_KEYSYMS[action]}`),
  );
});

test('named actions change their key and the others keep theirs', () => {
  assert.deepEqual(parseKeys('JUMP=z, SHOOT = x'), studyKeys({ JUMP: 'z', SHOOT: 'x' }));
});

test('two actions may exchange their keys', () => {
  assert.deepEqual(parseKeys('SHOOT=d,DASH=f'), studyKeys({ SHOOT: 'd', DASH: 'f' }));
});

test('each wrong key text is refused with its code', () => {
  assert.equal(
    codeOf(() => parseKeys('DUCK=z')),
    'unknown-action',
  );
  for (const text of ['', 'JUMP', 'JUMP=', '=z', 'JUMP=z,JUMP=x', 'JUMP=z,jump=x', 'JUMP=f', 'JUMP=z,SHOOT=z']) {
    assert.equal(
      codeOf(() => parseKeys(text)),
      'bad-option',
      text,
    );
  }
});

test('capitals make no difference in the name of an action, and a misspelt one gets all of them as advice', () => {
  assert.deepEqual(parseKeys('jump=z,'), studyKeys({ JUMP: 'z' }));
  assert.throws(
    () => parseKeys('jmup=z'),
    (error: UnderstudyError) => error.code === 'unknown-action' && error.next.includes('JUMP'),
  );
});

test('a game with actions of its own is bound in its own order, the twelfth as well as the first', () => {
  const names = Array.from('zxfd1234', (_, i) => `act-${i}`).concat('Up', 'Down', 'Left', 'Right');
  const keys = {
    actions: new ActionSet({ names }),
    keysyms: Object.fromEntries(names.map((name, i) => [name, `k${i}`])),
  };
  const layout: KeyLayout = {
    title: 'a layout of numbered keys',
    find: (name) => ({ found: 'plain', keycode: 20 + Number(name.slice(1)) }),
    names: () => [],
  };
  const bindings = bindKeys(parseKeys('ACT-0=k40', keys), layout);
  assert.deepEqual(bindings.at(0), { action: 'act-0', name: 'k40', keycode: 60 });
  assert.deepEqual(bindings.at(11), { action: 'Right', name: 'k11', keycode: 31 });
  assert.equal(
    codeOf(() => parseKeys('JUMP=z', keys)),
    'unknown-action',
  );
});

test('an action without a key is named, with the option that gives it one', () => {
  const keys = { actions: new ActionSet({ names: ['FIRE', 'DUCK'] }), keysyms: { FIRE: 'f' } };
  assert.throws(() => bindKeys(keys, LAYOUT), { code: 'bad-option', message: /DUCK/, next: /--keys DUCK=/ });
  assert.equal(bindKeys(parseKeys('DUCK=d', keys), LAYOUT).length, 2);
});

test('none leaves an action without a key, and its default key is free for another action', () => {
  const keys = parseKeys('DASH=none,RIGHT=d,JUMP=none');
  assert.deepEqual(mappedActions(keys), ['UP', 'DOWN', 'LEFT', 'RIGHT', 'SHOOT']);
  const bindings = bindKeys(keys, nutJsLayout());
  assert.equal(bindings.length, STUDY_NAMES.length, 'each action keeps its place');
  assert.deepEqual(
    bindings.filter(({ keycode }) => keycode === NO_KEYCODE).map(({ action }) => action),
    ['JUMP', 'DASH'],
  );
});

test('a map in which nothing is left to press is refused', () => {
  const all = STUDY_NAMES.map((name) => `${name}=none`).join();
  assert.throws(() => parseKeys(all), hasCode('bad-option', /every action is unmapped/));
});

test('any text is either a key map with seven different keys or one of the documented errors', () => {
  const part = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.constantFrom(...STUDY_NAMES, 'jump', ''), fc.constantFrom('z', 'x', 'f', 'Up', ''))
      .map((p) => p.join('=')),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const code = codeOf(() => {
        const keys = parseKeys(parts.join(','));
        assert.deepEqual(Object.keys(keys.keysyms), [...STUDY_NAMES]);
        assert.equal(new Set(Object.values(keys.keysyms)).size, STUDY_NAMES.length);
      });
      assert.ok(['no error', 'unknown-action', 'bad-option'].includes(code), code);
    }),
    { numRuns: 2000 },
  );
});

test('what is written back as text is read as the same map', () => {
  const keys = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_]{1,12}$/), { minLength: 7, maxLength: 7 });
  fc.assert(
    fc.property(keys, (names) => {
      const { keysyms } = parseKeys(STUDY_NAMES.map((action, i) => `${action}=${names[i]}`).join(','));
      assert.deepEqual(
        STUDY_NAMES.map((action) => keysyms[action]),
        names,
      );
    }),
  );
});

test('a name that is not a keysym is refused with near matches', () => {
  const misspelt = studyKeys({ JUMP: 'Spcae' });
  assert.equal(
    codeOf(() => bindKeys(misspelt, LAYOUT)),
    'unknown-key',
  );
  assert.throws(
    () => bindKeys(misspelt, LAYOUT),
    (error: UnderstudyError) => error.next.includes('JUMP=space'),
  );
});

test('a key that needs a modifier is refused, with the plain key as advice', () => {
  const capital = studyKeys({ SHOOT: 'F' });
  assert.equal(
    codeOf(() => bindKeys(capital, LAYOUT)),
    'key-unreachable',
  );
  assert.throws(
    () => bindKeys(capital, LAYOUT),
    (error: UnderstudyError) => error.message.includes('modifier') && error.next.includes('SHOOT=f'),
  );
});

test('a key that the layout lacks is unreachable', () => {
  assert.equal(
    codeOf(() => bindKeys(studyKeys({ DASH: 'hebrew_aleph' }), LAYOUT)),
    'key-unreachable',
  );
});

test('two names of one key are refused', () => {
  assert.equal(
    codeOf(() => bindKeys(studyKeys({ JUMP: 'KP_Up' }), LAYOUT)),
    'bad-option',
  );
});

test('everyday names and other cases lead to the keysym name', () => {
  const names = ['Return', 'Escape', 'space', 'Up', 'Control_L'];
  assert.deepEqual(nearMatches('enter', names), ['Return']);
  assert.deepEqual(nearMatches('Key.space', names), ['space']);
  assert.deepEqual(nearMatches('up', names), ['Up']);
  assert.deepEqual(nearMatches('qqqqqqq', names), []);
});

test('near matches never throw and never exceed three', () => {
  fc.assert(fc.property(fc.string(), fc.array(fc.string()), (name, names) => nearMatches(name, names).length <= 3));
});

test("without an X server the study's keys are found among those of nut-js", () => {
  assert.equal(bindKeys(DEFAULT_KEYS, nutJsLayout()).length, STUDY_NAMES.length);
  assert.equal(
    codeOf(() => bindKeys(studyKeys({ JUMP: 'Z' }), nutJsLayout())),
    'key-unreachable',
  );
  assert.equal(
    codeOf(() => bindKeys(studyKeys({ JUMP: 'nope' }), nutJsLayout())),
    'unknown-key',
  );
});
