import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { STUDY_ACTIONS, STUDY_KEYSYMS } from '../../src/core/study-actions.js';
import { readGameFile } from '../../src/games/game-file.js';
import { gameFileSchema } from '../../src/games/game-file-schema.js';
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
    [{ actions: [fire], opposing: [['FIRE', 'DUCK']] }, /opposing: 'DUCK' is none of the actions FIRE/],
    [{ actions: [fire], scored: ['DUCK'] }, /scored: 'DUCK'/],
    [{ actions: [fire, { name: 'JUMP', key: 'x' }] }, /actions\.1\.key: FIRE and JUMP are on one key, 'x'/],
    [{ actions: [{ name: 'FIRE', key: 'code:KeyFoo' }] }, /actions\.0\.key: 'code:KeyFoo' .*code:KeyX/],
    [{ actions: [{ name: 'FIRE', key: 'mouse:side' }] }, /actions\.0\.key: 'mouse:side' .*mouse:right/],
    [{ actions: [fire], forbid: [['FIRE', 'JUMP']] }, /forbid: 'JUMP'/],
    [{ rare: ['JUMP'] }, /rare: only beside actions/],
    [{ forbid: [['JUMP', 'FLY']] }, /forbid: 'FLY'/],
    [{ actions: Array.from({ length: 31 }, (_, i) => ({ name: `a${i}`, key: 'x' })) }, /actions: more than 30 actions/],
    [{ actions: [fire], opposing: [['FIRE', 'FIRE']] }, /opposing: an action twice in FIRE, FIRE/],
    [{ forbid: [['JUMP', 'DASH', 'JUMP']] }, /forbid: an action twice in JUMP, DASH, JUMP/],
  ];
  for (const [fields, told] of odd) {
    assert.throws(() => readGameFile(gameFile(fields)), { code: 'game-file-invalid', message: told });
  }
});

const REGION = { left: 0.1, top: 0, width: 0.2, height: 0.1 };

/** A whole environment; the pictures are only looked at when a watcher is opened. */
function environment(): Record<string, unknown> {
  for (const name of ['hud.png', 'over.png', 'three.png']) writeFileSync(join(folder, name), 'a picture');
  return {
    launch: { command: ['./start', '-window'], env: { SDL_AUDIODRIVER: 'dummy' } },
    actions: [
      { name: 'UP', key: 'Up' },
      { name: 'SLOW', key: 'code:KeyX' },
      { name: 'AIM', key: 'mouse:right' },
      { name: 'spare', key: 'none' },
      { name: 'other', key: 'none' },
    ],
    cues: {
      fighting: { picture: 'hud.png', region: REGION, atLeast: 0.9, contrast: 'same', of: { width: 640, height: 480 } },
      lost: { picture: './over.png', region: REGION },
    },
    meters: {
      health: { kind: 'bar', region: REGION, from: 'left' },
      score: { kind: 'digits', region: REGION, glyphs: { 3: 'three.png' } },
    },
    restart: [{ tap: 'z' }, { waitMs: 1500 }, { until: 'fighting', withinMs: 20_000 }],
    outcome: { command: ['./score.py'] },
  };
}

test('a game file describes a whole environment, and its paths start at its folder', () => {
  const game = readGameFile(gameFile(environment()));
  assert.equal(game.folder, folder);
  assert.deepEqual(game.keys, { UP: 'Up', SLOW: 'code:KeyX', AIM: 'mouse:right', spare: 'none', other: 'none' });
  assert.deepEqual(game.launch, { command: ['./start', '-window'], env: { SDL_AUDIODRIVER: 'dummy' } });
  assert.deepEqual(game.cues.fighting?.of, { width: 640, height: 480 });
  assert.equal(game.cues.fighting?.contrast, 'same');
  const over = { picture: join(folder, 'over.png'), region: REGION, atLeast: 0.8, contrast: 'any', of: null };
  assert.deepEqual(game.cues.lost, over);
  assert.deepEqual(game.meters['health'], { kind: 'bar', region: REGION, from: 'left' });
  assert.deepEqual(game.meters['score'], { kind: 'digits', region: REGION, glyphs: { 3: join(folder, 'three.png') } });
  assert.deepEqual(game.restart[2], { until: 'fighting', withinMs: 20_000 });
  assert.deepEqual(game.outcome, { command: ['./score.py'], withinMs: 10_000 });
});

test('an old game file has no cues, no meters and nothing to run', () => {
  const { cues, meters, restart, launch, outcome } = readGameFile('xjump');
  assert.deepEqual(
    { cues, meters, restart, launch, outcome },
    {
      cues: {},
      meters: {},
      restart: [],
      launch: null,
      outcome: null,
    },
  );
});

test('an environment that does not fit is refused, and the field is named', () => {
  const cue = { picture: 'hud.png', region: REGION };
  const beyond = { ...REGION, left: 0.9 };
  const odd: [object, RegExp][] = [
    [{ cues: { fighting: { ...cue, region: beyond } } }, /cues\.fighting\.region: reaches beyond the window/],
    [{ cues: { fighting: { ...cue, region: { ...REGION, left: 2 } } } }, /cues\.fighting\.region\.left/],
    [{ cues: { victory: cue } }, /cues/],
    [{ cues: { fighting: { ...cue, picture: '../hud.png' } } }, /cues\.fighting\.picture: .* leaves the folder/],
    [
      { cues: { fighting: { ...cue, picture: join(folder, 'hud.png') } } },
      /cues\.fighting\.picture: .* leaves the folder/,
    ],
    [{ meters: { health: { kind: 'bar', region: beyond, from: 'left' } } }, /meters\.health\.region: reaches beyond/],
    [{ meters: { health: { kind: 'bar', region: REGION } } }, /meters\.health\.from/],
    [{ meters: { health: { kind: 'dial', region: REGION } } }, /meters\.health\.kind/],
    [{ restart: [{ tap: 'mouse:side' }] }, /restart\.0\.tap: 'mouse:side' is not a mouse button/],
    [{ restart: [{ tap: 'two words' }] }, /restart\.0\.tap: 'two words' is not a key name/],
    [{ restart: [{ waitMs: 5 }, { wait: 5 }] }, /restart\.1/],
    [{ restart: [{ until: 'fighting' }] }, /restart\.0\.withinMs/],
    [{ cues: {}, restart: [{ until: 'fighting', withinMs: 5 }] }, /restart: .*'fighting'.*cues/],
    [{ launch: { command: [] } }, /launch\.command/],
    [{ outcome: { command: ['./score.py'], withinMs: 0 } }, /outcome\.withinMs/],
  ];
  for (const [fields, told] of odd) {
    const path = gameFile({ ...environment(), ...fields });
    assert.throws(() => readGameFile(path), { code: 'game-file-invalid', message: told });
  }
});

test('a picture that is not there has a code of its own, and a link out of the folder is refused', () => {
  const path = gameFile({
    ...environment(),
    cues: { fighting: { picture: 'gone.png', region: REGION } },
    restart: undefined,
  });
  assert.throws(() => readGameFile(path), { code: 'cue-invalid', message: /'gone.png' \(cues\.fighting\.picture\)/ });
  symlinkSync(join(PROJECT_ROOT, 'package.json'), join(folder, 'gone.png'));
  assert.throws(() => readGameFile(path), { code: 'game-file-invalid', message: /is a link that leaves the folder/ });
});
