import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { gameFileSchema, readGameFile } from '../../src/games/game-file.js';
import { keyMapOf } from '../../src/runs/game-keyboard.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';

test('the committed JSON schema is the one that game files are read with', () => {
  const committed: unknown = JSON.parse(readFileSync(join(PROJECT_ROOT, 'games', 'game-file.schema.json'), 'utf8'));
  assert.deepEqual(committed, JSON.parse(JSON.stringify(z.toJSONSchema(gameFileSchema))));
});

test('the xjump game file is found by its name', () => {
  const game = readGameFile('xjump');
  assert.equal(game.window.app, 'xjump');
  assert.equal(game.rateHz, 10);
});

test('--keys wins over the game file, and the game file over the default keys', () => {
  const game = readGameFile('xjump');
  const keys = keyMapOf({ keys: 'DASH=x' }, game);
  assert.deepEqual([keys.JUMP, keys.DASH, keys.LEFT], ['Up', 'x', 'Left']);
});
