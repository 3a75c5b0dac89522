import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { STUDY_ACTIONS, STUDY_KEYSYMS } from '../../src/core/study-actions.js';
import { gameFileSchema, readGameFile } from '../../src/games/game-file.js';
import { mappedActions } from '../../src/keyboard/key-map.js';
import { keyMapOf } from '../../src/runs/game-keyboard.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('game');

/** The path of a game file with these fields. */
function gameFile(fields: object): string {
  const path = join(folder, 'game.json');
  writeFileSync(path, JSON.stringify({ name: 'a game', window: { app: 'game' }, ...fields }));
  return path;
}

test('the committed JSON schema is the one that game files are read with', () => {
  const committed: unknown = JSON.parse(readFileSync(join(PROJECT_ROOT, 'games', 'game-file.schema.json'), 'utf8'));
  assert.deepEqual(committed, JSON.parse(JSON.stringify(z.toJSONSchema(gameFileSchema))));
});

test('a game file may leave actions without a key, among the study’s and among its own', () => {
  const study = keyMapOf({}, readGameFile(gameFile({ keys: { DASH: 'none', RIGHT: 'd' } })));
  assert.ok(!mappedActions(study).includes('DASH') && mappedActions(study).includes('RIGHT'));
  const actions = [
    { name: 'fire', key: 'z' },
    { name: 'slow', key: 'none' },
  ];
  assert.deepEqual(mappedActions(keyMapOf({}, readGameFile(gameFile({ actions })))), ['fire']);
});

test('the xjump game file is found by its name', () => {
  const game = readGameFile('xjump');
  assert.equal(game.window.app, 'xjump');
  assert.equal(game.rateHz, 10);
});

test('--keys wins over the game file, and the game file over the default keys', () => {
  const game = readGameFile('xjump');
  const { keysyms } = keyMapOf({ keys: 'DASH=x' }, game);
  assert.deepEqual([keysyms.JUMP, keysyms.DASH, keysyms.LEFT], ['Up', 'x', 'Left']);
});

test('a game file may declare its own actions, with their keys and their rules', () => {
  const path = gameFile({
    actions: [
      { name: 'FIRE', key: 'x' },
      { name: 'west', key: 'Left' },
      { name: 'east', key: 'Right' },
    ],
    opposing: [['west', 'east']],
    rare: ['FIRE'],
    scored: ['FIRE', 'east'],
    forbid: [['FIRE', 'east']],
  });
  const game = readGameFile(path);
  assert.deepEqual(game.actions.names, ['FIRE', 'west', 'east']);
  assert.deepEqual(game.actions.rules(), { opposing: [['west', 'east']], rare: ['FIRE'], scored: ['FIRE', 'east'] });
  assert.deepEqual(keyMapOf({}, game).keysyms, { FIRE: 'x', west: 'Left', east: 'Right' });
  assert.deepEqual(keyMapOf({ keys: 'fire=z' }, game).keysyms, { FIRE: 'z', west: 'Left', east: 'Right' });
  assert.throws(() => keyMapOf({ keys: 'JUMP=z' }, game), { code: 'unknown-action' });
});

test('a game file that declares no actions has those of the study', () => {
  const game = readGameFile(gameFile({ keys: { JUMP: 'z' } }));
  assert.equal(game.actions, STUDY_ACTIONS);
  assert.deepEqual(game.keys, { ...STUDY_KEYSYMS, JUMP: 'z' });
});

test('actions that break a rule are refused, and the field is named', () => {
  const fire = { name: 'FIRE', key: 'x' };
  const odd: [object, RegExp][] = [
    [{ actions: [fire], keys: { JUMP: 'z' } }, /keys: not beside actions/],
    [{ actions: [] }, /actions/],
    [{ actions: [fire, { name: 'fire', key: 'z' }] }, /actions: .*twice/],
    [{ actions: [{ name: 'two words', key: 'x' }] }, /actions: .*two words/],
    [{ actions: [fire], opposing: [['FIRE', 'DUCK']] }, /actions: .*DUCK/],
    [{ actions: [fire], forbid: [['FIRE', 'JUMP']] }, /forbid: 'JUMP'/],
    [{ rare: ['JUMP'] }, /rare: only beside actions/],
    [{ forbid: [['JUMP', 'FLY']] }, /forbid: 'FLY'/],
    [{ actions: Array.from({ length: 31 }, (_, i) => ({ name: `a${i}`, key: 'x' })) }, /actions/],
  ];
  for (const [fields, told] of odd) {
    assert.throws(() => readGameFile(gameFile(fields)), { code: 'game-file-invalid', message: told });
  }
});
