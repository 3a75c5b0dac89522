/** What is said of cues that are wrong, after they were looked for in pictures of a game. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CueName } from '../../src/games/game-file-schema.js';
import { GameWatcher, type WatchedGame } from '../../src/games/game-watcher.js';
import type { BOXES } from '../../testing/games/drawn-game.js';
import {
  cutOut,
  drawGame,
  GAME_HEIGHT,
  GAME_WIDTH,
  regionOf,
  type DrawnScene,
} from '../../testing/games/drawn-game.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('cue-account');
const MENU: DrawnScene = { panel: false, seed: 20 };
const PLAY: DrawnScene = { seed: 21 };
const WON: DrawnScene = { panel: false, screen: 'won', seed: 22 };
const LOST: DrawnScene = { panel: false, screen: 'lost', seed: 23 };

/** What each cue is a picture of: a part of a scene. */
type Taken = Readonly<Partial<Record<CueName, readonly [keyof typeof BOXES, DrawnScene]>>>;
const RIGHT = { fighting: ['fighting', {}], won: ['won', WON], lost: ['lost', LOST] } as const;

async function watched(taken: Taken): Promise<GameWatcher> {
  const cues = Object.entries(taken).map(async ([name, [part, scene]], index) => {
    const picture = await cutOut(folder, `${name}-${part}-${index}.png`, await drawGame(scene), part);
    const of = { width: GAME_WIDTH, height: GAME_HEIGHT };
    return [name, { picture, region: regionOf(part, 6), atLeast: 0.8, contrast: 'any', of }] as const;
  });
  const game: WatchedGame = { path: 'game.json', cues: Object.fromEntries(await Promise.all(cues)), meters: {} };
  return await GameWatcher.open(game);
}

/** Shows each scene for so many pictures, at 10 Hz. */
async function shown(taken: Taken, ...scenes: readonly (readonly [number, DrawnScene])[]): Promise<GameWatcher> {
  const watcher = await watched(taken);
  let atMs = 0;
  for (const [pictures, scene] of scenes) {
    const drawn = await drawGame(scene);
    for (let i = 0; i < pictures; i += 1) watcher.look({ ...drawn, capturedAtMs: (atMs += 100) });
  }
  return watcher;
}

test('of right cues nothing is said, also where the last screen lies over the play, and no fight was won', async () => {
  const { account } = await shown(RIGHT, [10, MENU], [20, PLAY], [20, { screen: 'lost', seed: 23 }], [5, MENU]);
  assert.equal(account.fights, 1);
  assert.deepEqual(account.advice(), []);
  assert.match(account.advice('all').join(), /^The cue 'won' was never seen: its best match was 0\.\d\d/);
});

test('a fight of less than a second is a flickering cue, but not one that was on from the first picture', async () => {
  const pause = [40, MENU] as const;
  assert.deepEqual((await shown({ fighting: RIGHT.fighting }, [5, PLAY], pause, [20, PLAY])).account.advice(), []);
  const { account } = await shown({ fighting: RIGHT.fighting }, pause, [5, PLAY], pause, [20, PLAY]);
  assert.match(account.advice().join('\n'), /^1 of 2 fights are shorter than 1 s: the cue flickers\. Take a larger/);
});

test('a cue of something else is never seen, and no fight follows: both are said', async () => {
  const { account } = await shown({ ...RIGHT, fighting: ['health', { health: 0.5 }] }, [10, MENU], [20, PLAY]);
  const [cue, none, ...more] = account.advice();
  assert.match(
    cue,
    /^The cue 'fighting' was never seen: its best match was -?0\.\d\d, and it counts from 0\.8\. If it was/,
  );
  assert.deepEqual([none, more], ['No fight was seen.', []]);
});

test('a cue that is in the menus too is seen in every picture, and menus count as fights: it is said', async () => {
  const { account } = await shown({ fighting: RIGHT.fighting }, [10, { seed: 20 }], [20, PLAY], [10, { seed: 22 }]);
  assert.equal(account.fights, 1, 'all of it is one fight');
  const [note, ...more] = account.advice();
  assert.match(note, /'fighting' was seen in every picture, so menus would count as fights\. If a menu was shown too/);
  assert.deepEqual(more, []);
});

test('an outcome that is a part of the play leaves no fight, and it is said which cue to take again', async () => {
  const { account } = await shown({ ...RIGHT, lost: RIGHT.fighting }, [10, MENU], [20, PLAY], [5, MENU]);
  const [note, none, ...more] = account.advice();
  assert.match(note, /'fighting' and 'lost' are seen together in 57 % .* count as no fight.* Take 'lost' again/);
  assert.deepEqual([none, more], ['No fight was seen.', []]);
});

test('two outcomes at once are decided by the better match, and it is said', async () => {
  const { account } = await shown({ ...RIGHT, won: RIGHT.lost }, [10, MENU], [20, PLAY], [10, LOST], [40, MENU]);
  const advice = account.advice();
  assert.match(advice.join('\n'), /^At the end of 1 of 1 fights 'won' and 'lost' were seen at once: the better match/);
  assert.equal(advice.length, 1);
});

test('fights that end without an outcome are said where the game file has cues for one', async () => {
  const taken: Taken = { ...RIGHT, won: ['fighting', WON], lost: ['fighting', LOST] };
  const { account } = await shown(taken, [10, MENU], [20, PLAY], [40, MENU], [20, PLAY]);
  const advice = account.advice();
  assert.deepEqual(
    advice.map((note) => note.slice(0, 33)),
    ["The cue 'won' was never seen: its", "The cue 'lost' was never seen: it"],
  );
});

const FOUND: readonly [string, DrawnScene][] = [
  ['half as large', { scale: 0.5 }],
  ['twice as large', { scale: 2 }],
  ['of another shape that the game fills', { wider: { by: 1.5, how: 'stretch' } }],
];
for (const [size, scene] of FOUND) {
  test(`in a window ${size} cues are found, and it is said that they are scaled`, async () => {
    const watcher = await shown(
      RIGHT,
      [10, { ...MENU, ...scene }],
      [20, { ...PLAY, ...scene }],
      [5, { ...LOST, ...scene }],
    );
    assert.deepEqual(watcher.account.advice(), []);
    assert.equal(watcher.account.fights, 1);
    const { width, height } = await drawGame(scene);
    const notes = watcher.notesFor({ width, height });
    const means =
      'wider' in scene ? /stretched with the window, and not found where/ : /scaled, and may match less well/;
    assert.equal(notes.length, 3);
    for (const note of notes) assert.match(note, means);
  });
}

test('in a window of another shape whose game keeps its proportions no cue is found, and it is said why', async () => {
  const wider = { by: 1.5, how: 'keep' } as const;
  const { account } = await shown(RIGHT, [10, { ...MENU, wider }], [20, { ...PLAY, wider }]);
  assert.match(
    account.advice().join('\n'),
    /'fighting' was never seen: .* taken in a window of 640x480, and this one is 960x480: give the window its old size/,
  );
});
