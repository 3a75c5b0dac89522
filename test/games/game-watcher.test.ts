import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { GameWatcher, type WatchedGame } from '../../src/games/game-watcher.js';
import type { FightEdge, GameState } from '../../src/games/game-state.js';
import { writeImage } from '../../src/vision/image-file.js';
import {
  cutOut,
  drawGame,
  GAME_HEIGHT,
  GAME_WIDTH,
  regionOf,
  type DrawnScene,
} from '../../testing/games/drawn-game.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('watcher');
const OF = { width: GAME_WIDTH, height: GAME_HEIGHT };

async function game(): Promise<WatchedGame> {
  const cue = async (name: 'fighting' | 'won' | 'lost', scene: DrawnScene) => ({
    picture: await cutOut(folder, `${name}.png`, await drawGame(scene), name),
    region: regionOf(name, 6),
    atLeast: 0.8,
    contrast: 'any' as const,
    of: OF,
  });
  return {
    path: 'game.json',
    cues: {
      fighting: await cue('fighting', {}),
      won: await cue('won', { screen: 'won' }),
      lost: await cue('lost', { screen: 'lost' }),
    },
    meters: { health: { kind: 'bar', region: regionOf('health'), from: 'left' } },
  };
}

test('a game that is watched says when fights are on, how they ended and what its meters showed', async () => {
  const watcher = await GameWatcher.open(await game());
  const menu: DrawnScene = { panel: false, seed: 20 };
  const scenes: DrawnScene[] = [
    ...[menu, menu, { health: 1 }, { health: 0.8, seed: 8 }, { health: 0.5, seed: 9 }, { health: 0.2 }],
    ...[{ screen: 'lost' as const }, { screen: 'lost' as const }, menu, menu],
    ...[{ health: 1 }, { health: 0.9 }, { health: 0.9 }, { panel: false, screen: 'won' as const }],
    ...[{ panel: false, screen: 'won' as const }, menu],
  ];
  const edges: FightEdge[] = [];
  const health: (number | null)[] = [];
  let last: GameState | undefined;
  for (const [index, scene] of scenes.entries()) {
    const state = watcher.look({ ...(await drawGame(scene)), capturedAtMs: index * 100 });
    edges.push(...state.edges);
    health.push(state.meters['health'] === null ? null : Math.round(state.meters['health'] * 10) / 10);
    if (state.edges.some(({ edge }) => edge === 'ended')) last = state;
  }
  assert.deepEqual(edges, [
    { edge: 'began', atMs: 200 },
    { edge: 'closed', atMs: 600 },
    { edge: 'ended', atMs: 600, beganAtMs: 200, outcome: 'lost', disputed: false },
    { edge: 'began', atMs: 1000 },
    { edge: 'closed', atMs: 1300 },
    { edge: 'ended', atMs: 1300, beganAtMs: 1000, outcome: 'won', disputed: false },
  ]);
  assert.deepEqual(health.slice(2, 6), [null, 0.8, 0.5, 0.2]);
  assert.equal(Math.round(10 * (last?.fightMeters['health'] ?? 0)), 9);
  assert.deepEqual(watcher.barColours(), { health: { full: '#d03020', empty: '#301010' } });
});

test('a fight whose outcome never came keeps its meters, though the next one begins in the picture that ends it', async () => {
  const watcher = await GameWatcher.open(await game());
  const menu: DrawnScene = { panel: false, seed: 20 };
  const scenes: DrawnScene[] = [
    ...[menu, { health: 1 }, { health: 0.5 }, { health: 0.9 }, menu, menu, menu],
    ...[{ health: 0.3 }, { health: 0.3 }, { health: 0.3 }],
  ];
  const ends: GameState[] = [];
  for (const [index, scene] of scenes.entries()) {
    const state = watcher.look({ ...(await drawGame(scene)), capturedAtMs: index * 100 });
    if (state.edges.some(({ edge }) => edge === 'ended')) ends.push(state);
  }
  assert.deepEqual(
    ends.map(({ edges }) => edges.map(({ edge }) => edge)),
    [['ended', 'began']],
  );
  const [{ endedMeters, fightMeters }] = ends;
  assert.deepEqual(
    [endedMeters, fightMeters].map(({ health }) => Math.round(10 * health!)),
    [9, 3],
  );
});

test('a window of another size is said, and the cues are found in it', async () => {
  const watcher = await GameWatcher.open(await game());
  assert.deepEqual(watcher.notesFor(OF), []);
  const notes = watcher.notesFor({ width: 800, height: 600 });
  assert.equal(notes.length, 3);
  assert.match(notes[0], /'fighting' was taken in a window of 640x480, and this one is 800x600/);
  assert.match(watcher.notesFor({ width: 64, height: 48 })[0], /will not be seen well: .* too small/);
  const state = watcher.look({ ...(await drawGame({ scale: 1.25 })), capturedAtMs: 0 });
  assert.ok(state.scores.fighting! > 0.8 && state.scores.lost! < 0.6);
});

test('cue pictures that cannot serve are refused with advice', async () => {
  const { cues, meters } = await game();
  const flat = join(folder, 'flat.png');
  await writeImage(flat, { width: 84, height: 26, pixels: new Uint8Array(84 * 26 * 4).fill(90) });
  const text = join(folder, 'text.png');
  writeFileSync(text, 'not a picture');
  const odd: [Partial<WatchedGame['cues']>, RegExp][] = [
    [{ fighting: { ...cues.fighting!, picture: flat } }, /'fighting', .* is nearly of one gray/],
    [{ fighting: { ...cues.fighting!, picture: text } }, /cues\.fighting.*cannot be read/],
    [{ lost: { ...cues.lost!, region: regionOf('fighting') } }, /larger than its region/],
  ];
  for (const [fields, message] of odd) {
    await assert.rejects(GameWatcher.open({ path: 'game.json', cues: { ...cues, ...fields }, meters }), {
      code: 'cue-invalid',
      message,
    });
  }
  const score = { kind: 'digits', region: regionOf('score'), glyphs: { 1: flat } } as const;
  await assert.rejects(GameWatcher.open({ path: 'game.json', cues, meters: { score } }), {
    code: 'cue-invalid',
    message: /digit 1 has 0 shapes/,
  });
});
