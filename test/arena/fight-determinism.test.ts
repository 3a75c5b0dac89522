/** Same seed and inputs, same fight: to the last bit, on any machine, and whatever is held. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { createPlayer } from '../../src/arena/players/index.js';
import { InputLog, replay, type InputRun } from '../../src/arena/replay.js';
import { newFight } from '../../testing/sessions/fights.js';

/** Plays the expert and answers the inputs and the last hash. */
function recorded(seed: number): { inputs: InputRun[]; hash: string } {
  const fight = newFight(seed);
  const expert = createPlayer('expert', seed);
  const log = new InputLog();
  while (fight.outcome === null) {
    const held = expert.decide(fight.state);
    log.add(held);
    fight.step(held);
  }
  return { inputs: log.runs(), hash: fight.stateHash() };
}

/** Changes with any rule: recorded fights and trained models are then of another game, and CHANGELOG.md must say so. */
const PINNED = {
  seed: 7,
  inputs: [
    [0, 90],
    [32, 200],
    [40, 60],
    [48, 20],
    [100, 30],
    [33, 200],
  ] as InputRun[],
};
const PINNED_HASH = '0c722277b296502b';

test('a known fight has the hash it always had', () => {
  assert.equal(replay(PINNED.inputs, PINNED.seed, 'normal').stateHash, PINNED_HASH);
});

test('a fight won by the expert through all three phases has the hash it always had', () => {
  assert.equal(recorded(11).hash, '4d13f14f8586ea56');
});

test('the rules and the drawing run in a browser: they reach only each other, the actions and the generator', () => {
  const reached = new Set<string>();
  const follow = (module: URL): void => {
    if (reached.has(module.pathname)) return;
    reached.add(module.pathname);
    const source = readFileSync(module, 'utf8');
    for (const [, name] of source.matchAll(/^(?:import|export)[^'"]*from ['"]([^'"]+)['"]/gm)) {
      assert.match(name, /^\.\.?\//, `${module.pathname} imports ${name}`);
      follow(new URL(name, module));
    }
    assert.doesNotMatch(source, /Math\.random\(|Date\.now\(|performance\.now\(/);
  };
  for (const entry of ['fight.js', 'draw.js', 'replay.js'])
    follow(new URL(`../../src/arena/${entry}`, import.meta.url));
  const core = [...reached].filter((path) => path.includes('/src/core/'));
  assert.deepEqual(core.map((path) => path.split('/').at(-1)).sort(), [
    'action-set.js',
    'errors.js',
    'random.js',
    'study-actions.js',
  ]);
  assert.ok(reached.size > 15);
});

test('a recorded fight replays to the same hash and summary', () => {
  const { inputs, hash } = recorded(11);
  const again = replay(inputs, 11, 'normal');
  assert.equal(again.stateHash, hash);
  assert.equal(again.summary.outcome, 'won');
  assert.notEqual(replay(inputs, 12, 'normal').stateHash, hash);
});

test('one step held differently changes the hash', () => {
  const one = replay([[32, 200]], 3, 'normal');
  const other = replay(
    [
      [32, 199],
      [36, 1],
    ],
    3,
    'normal',
  );
  assert.notEqual(one.stateHash, other.stateHash);
});

test('an input log joins equal steps into runs', () => {
  const log = new InputLog();
  for (const held of [0, 0, 32, 32, 32, 0]) log.add(held);
  assert.deepEqual(log.runs(), [
    [0, 2],
    [32, 3],
    [0, 1],
  ]);
});

const inputRuns = fc.array(fc.tuple(fc.integer({ min: 0, max: 127 }), fc.integer({ min: 1, max: 240 })), {
  minLength: 1,
  maxLength: 60,
});

test('whatever is held, the numbers stay numbers, the player stays on the stage and the fight ends by 90 s', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 31 }),
      fc.constantFrom('normal', 'hard'),
      inputRuns,
      (seed, level, runs) => {
        const fight = newFight(seed, level);
        for (let i = 0; fight.outcome === null; i = (i + 1) % runs.length) {
          const [held, steps] = runs[i];
          for (let k = 0; k < steps; k += 1) fight.step(held);
          const { player, boss, threats, bullets } = fight.state;
          const numbers = [player.x, player.height, boss.x, boss.y].concat(
            threats.flatMap(({ x, y, vx, vy }) => [x, y, vx, vy]),
            bullets.flatMap(({ x, y }) => [x, y]),
          );
          assert.ok(numbers.every(Number.isFinite));
          assert.ok(player.x >= 30 && player.x <= 610 && player.height >= 0 && player.height <= 121);
          assert.ok(player.hitPoints >= 0 && boss.hitsLeft >= 0);
          assert.ok(threats.length < 20 && bullets.length < 20);
        }
        assert.ok(fight.summary.seconds <= 90);
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

test('any inputs replay to the same hash', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), inputRuns, (seed, runs) => {
      assert.equal(replay(runs, seed, 'normal').stateHash, replay(runs, seed, 'normal').stateHash);
    }),
    { numRuns: 30, seed: 2 },
  );
});
