import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FightFollower, type CueLevels } from '../../src/games/fight-follower.js';
import type { CueScores, FightEdge } from '../../src/games/game-state.js';

const ALL: CueLevels = { fighting: 0.8, won: 0.8, lost: 0.8 };

/** Which cues are seen in each picture: f, w, l, several, or `.` for none. Pictures are 100 ms apart. */
function follow(levels: CueLevels, pictures: string): { edges: FightEdge[]; fighting: string } {
  const follower = new FightFollower(levels);
  const edges: FightEdge[] = [];
  let fighting = '';
  pictures.split(' ').forEach((seen, index) => {
    const state = follower.look(scoresOf(seen), index * 100);
    edges.push(...state.edges);
    fighting += state.fighting === null ? '?' : state.fighting ? '1' : '0';
  });
  return { edges, fighting };
}

function scoresOf(seen: string): CueScores {
  const score = (letter: string): number => (seen.includes(letter) ? 0.95 : 0.1);
  return { fighting: score('f'), won: score('w'), lost: score('l') };
}

const told = (edges: FightEdge[]): string[] =>
  edges.map((edge) => (edge.edge === 'ended' ? `${edge.atMs} ${edge.outcome}` : `${edge.atMs} ${edge.edge}`));

test('a fight begins with the first of two pictures that show it, and one picture opens none', () => {
  const { edges, fighting } = follow(ALL, '. f . f f f');
  assert.deepEqual(told(edges), ['300 began']);
  assert.equal(fighting, '000011');
});

test('two pictures without the cue are an explosion, three close the fight at the first of them', () => {
  const { edges, fighting } = follow({ fighting: 0.8 }, 'f f . . f . . . .');
  assert.deepEqual(told(edges), ['0 began', '500 closed', '500 ended']);
  assert.equal(fighting, '011111100');
});

test('an outcome closes the fight although its cue is still seen, and counts once', () => {
  const { edges } = follow(ALL, 'f f f fl fl fl fl fl');
  assert.deepEqual(told(edges), ['0 began', '300 closed', '300 lost']);
});

test('an outcome that comes after the play closed belongs to that fight', () => {
  const { edges } = follow(ALL, 'f f . . . . . w w w');
  assert.deepEqual(told(edges), ['0 began', '200 closed', '200 won']);
});

test('a fight whose outcome does not come within three seconds just ended', () => {
  const { edges } = follow(ALL, `f f${' .'.repeat(40)}`);
  assert.deepEqual(told(edges), ['0 began', '200 closed', '200 ended']);
  const next = follow(ALL, 'f f . . . f f f');
  assert.deepEqual(
    told(next.edges),
    ['0 began', '200 closed', '200 ended', '500 began'],
    'the next fight began before',
  );
});

test('of won and lost at once the better match decides, and it is said', () => {
  const follower = new FightFollower(ALL);
  const scores = [{ fighting: 0.9 }, { fighting: 0.9 }, { won: 0.85, lost: 0.92 }, { won: 0.85, lost: 0.92 }];
  const edges = scores.flatMap((score, index) => follower.look(score, index * 100).edges);
  assert.deepEqual(edges.at(-1), { edge: 'ended', atMs: 200, beganAtMs: 0, outcome: 'lost', disputed: true });
});

test('a menu that shows the fight’s cue and a lost one is not a fight', () => {
  assert.deepEqual(follow(ALL, 'fl fl fl fl fl').edges, []);
});

test('without a fighting cue a fight lasts until an outcome is seen, and the next begins when it is gone', () => {
  const { edges } = follow({ lost: 0.8 }, '. . . l l l . . .');
  assert.deepEqual(told(edges), ['0 began', '300 closed', '300 lost', '600 began']);
});

test('without any cue nothing is said about fights', () => {
  assert.deepEqual(follow({}, '. f . f f'), { edges: [], fighting: '?????' });
});

test('the last fight ends when no picture follows', () => {
  const follower = new FightFollower(ALL);
  for (const atMs of [0, 100, 200]) follower.look(scoresOf('f'), atMs);
  assert.deepEqual(told([...follower.finish(250).edges]), ['250 closed', '250 ended']);
  assert.deepEqual(follower.finish(300).edges, []);
});
