import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, beforeEach, test } from 'node:test';
import { UnderstudyError } from '../../src/core/errors.js';
import { readBundle } from '../../src/policy/bundle.js';
import type { PlayedRound } from '../../src/evaluation/figures/correction-rounds.js';
import {
  figureOf,
  improveByRounds,
  type Course,
  type Gathered,
  type Improvement,
  type PlayedFights,
} from '../../src/training/correction-rounds.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const root = folderForTests('improve-rounds');
const FIRST = join(root, 'first');
let folder: string;
let count = 0;
before(() => smallBundle(FIRST));
beforeEach(() => {
  folder = join(root, String((count += 1)));
});

const FIGHTS = 60;

/** Wins the first fights. */
const winning = (fights: number): PlayedFights => ({
  by: 'wins',
  values: Array.from({ length: FIGHTS }, (_, fight) => Number(fight < fights)),
  figures: { wins: fights },
});

/** A course whose agents win as many fights as are given by round; 0 is the first bundle. It notes what it is asked. */
function courseOf(wins: readonly number[], stopAt: string | null = null) {
  const asked: string[] = [];
  const nameOf = (agent: string): number => (agent === FIRST ? 0 : Number(agent.at(-1)));
  const isStopped = (step: string): boolean => {
    asked.push(step);
    return step === stopAt;
  };
  const course: Course = {
    rounds: wins.length - 1,
    gather: (round, player): Promise<Gathered | null> => {
      if (isStopped(`gather ${round} by ${nameOf(player)}`)) return Promise.resolve(null);
      return Promise.resolve({ session: `session-${round}`, frames: 100 * round, fights: 4, how: { seed: round } });
    },
    train: async (round, gathered) => {
      if (isStopped(`train ${round} on ${gathered.join('+')}`)) return null;
      const out = join(folder, 'work', 'rounds', `round-${round}`);
      await smallBundle(out, { seed: 10 + round });
      return out;
    },
    play: (_, [best, candidate]) => {
      if (isStopped(`play ${nameOf(best)} ${nameOf(candidate)}`)) return Promise.resolve(null);
      return Promise.resolve([winning(wins[nameOf(best)]), winning(wins[nameOf(candidate)])]);
    },
  };
  return { course, asked };
}

const run = (course: Course, resume = false, settings: unknown = {}): Promise<Improvement | null> =>
  improveByRounds(
    {
      bundle: FIRST,
      out: join(folder, 'better'),
      work: join(folder, 'work'),
      settings,
      resume,
      say: () => undefined,
    },
    course,
  );

test('a round that plays better is kept, and the next is played by it and trained on everything gathered', async () => {
  const { course, asked } = courseOf([20, 40, 41, 58]);
  const result = await run(course);
  assert.deepEqual(
    result?.rounds.map(({ kept }) => kept),
    [true, false, true],
    'one win more in 60 fights is noise',
  );
  assert.deepEqual(asked, [
    ...['gather 1 by 0', 'train 1 on session-1', 'play 0 1'],
    ...['gather 2 by 1', 'train 2 on session-1+session-2', 'play 1 2'],
    ...['gather 3 by 1', 'train 3 on session-1+session-2+session-3', 'play 1 3'],
  ]);
  assert.deepEqual([result?.best, result?.bestRound], [join(folder, 'better'), 3]);
  const { manifest, id } = await readBundle(join(folder, 'better'));
  assert.equal(id, result?.rounds[2].id);
  const record = manifest.training['improved'] as { round: number; gathered: Gathered[]; kept: boolean };
  assert.deepEqual([record.round, record.gathered.map(({ how }) => how['seed']), record.kept], [3, [1, 2, 3], true]);
  const { mean, low, high } = result.rounds[0].difference;
  assert.ok(Math.abs(mean - 20 / 60) < 1e-9 && low! > 0.2 && high! < 0.5, `${mean} [${low}, ${high}]`);
});

test('the curve has the agent that was given and each round, with intervals, and shows which were kept', async () => {
  const result = await run(courseOf([30, 60, 60]).course);
  const { data } = figureOf(result!.rounds).draw(880) as { data: { values: PlayedRound[] } };
  assert.deepEqual(
    data.values.map(({ round, mean, kept }) => [round, mean, kept]),
    [
      [0, 50, true],
      [1, 100, true],
      [2, 100, false],
    ],
  );
  const [{ low, high }] = data.values;
  assert.ok(low! > 37 && low! < 39 && high! > 61 && high! < 63, `${low} to ${high}: Wilson's of 30 of 60`);
});

test('where no round is better, nothing is written and the bundle that was given stands', async () => {
  const { course } = courseOf([30, 12, 30, 31]);
  const result = await run(course);
  assert.deepEqual(
    result?.rounds.map(({ kept }) => kept),
    [false, false, false],
  );
  assert.deepEqual([result?.best, result?.bestRound], [FIRST, 0]);
  assert.ok(!existsSync(join(folder, 'better')));
});

for (const stopAt of ['gather 2 by 1', 'train 2 on session-1+session-2', 'play 1 2']) {
  test(`interrupted at "${stopAt}" it continues there, and does nothing twice`, async () => {
    const whole = [20, 40, 58];
    const first = courseOf(whole, stopAt);
    assert.equal(await run(first.course), null);
    const second = courseOf(whole);
    const result = await run(second.course, true);
    assert.equal(result?.bestRound, 2);
    const done = first.asked.filter((step) => step !== stopAt);
    const again = second.asked.filter((step) => done.includes(step) && !step.startsWith('train 2'));
    assert.deepEqual(again, [], 'training continues by its own checkpoint');
  });
}

test('three wins more and none less are noise, six are not', async () => {
  const { course } = courseOf([50, 53, 56]);
  const result = await run(course);
  assert.ok(result!.rounds[0].difference.low! > 0, 'the bootstrap alone would keep it');
  assert.deepEqual(
    result?.rounds.map(({ kept }) => kept),
    [false, true],
  );
});

test('a value that was not read is left out of the pairs, and fights that do not fit are a fault', async () => {
  const { course } = courseOf([0, 0]);
  const scores = (...values: (number | null)[]): PlayedFights => ({ by: 'score', values, figures: {} });
  const playing = (before: PlayedFights, after: PlayedFights): Course => ({
    ...course,
    play: () => Promise.resolve([before, after]),
  });
  const result = await run(playing(scores(1, null, 3, 4, 5, 6, 7), scores(3, 9, null, 6.5, 7, 8, 9)));
  const { n, mean } = result!.rounds[0].difference;
  assert.deepEqual([n, mean], [5, 2.1]);
  await assert.rejects(run(playing(scores(1, 2), scores(1))), /not the same fights/);
  await assert.rejects(
    run(playing(scores(null, 1), scores(1, null))),
    (error) => error instanceof UnderstudyError && error.code === 'run-invalid',
  );
});

test('the best bundle is put into its place again where it is missing, also by a run that has nothing else to do', async () => {
  const { course } = courseOf([20, 40, 41]);
  await run(course);
  const better = join(folder, 'better');
  const { id } = await readBundle(better);
  rmSync(better, { recursive: true });
  await run(course, true);
  assert.equal((await readBundle(better)).id, id);
});

test('a new run forgets the rounds before it, whenever it is stopped', async () => {
  await run(courseOf([20, 40, 41]).course);
  assert.equal(await run(courseOf([20, 40, 41], 'gather 1 by 0').course, false, { seed: 2 }), null);
  const again = courseOf([20, 21, 40]);
  const result = await run(again.course, true, { seed: 2 });
  assert.equal(again.asked[0], 'gather 1 by 0');
  assert.equal(result?.bestRound, 2);
});

test('a folder of rounds that is not an improvement’s is left alone', async () => {
  const theirs = join(folder, 'work', 'rounds', 'mine.txt');
  mkdirSync(dirname(theirs), { recursive: true });
  writeFileSync(theirs, 'mine');
  await assert.rejects(run(courseOf([1, 2]).course), /not of an improvement/);
  assert.equal(readFileSync(theirs, 'utf8'), 'mine');
});

test('rounds of another request are not continued, and a state that is damaged is said', async () => {
  await run(courseOf([20, 40]).course, false, { seed: 1 });
  const isMismatch = (error: unknown): boolean =>
    error instanceof UnderstudyError && error.code === 'checkpoint-mismatch';
  await assert.rejects(run(courseOf([20, 40]).course, true, { seed: 2 }), isMismatch);
  const state = join(folder, 'work', 'improve.json');
  writeFileSync(state, readFileSync(state, 'utf8').slice(0, 100));
  await assert.rejects(run(courseOf([20, 40]).course, true, { seed: 1 }), isMismatch);
});
