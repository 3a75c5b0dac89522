/** `understudy evaluate`, run as a shell would. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import type { ArenaScore } from '../../src/evaluation/arena/score.js';
import type { Scores } from '../../src/evaluation/scores.js';
import { fightOfFrames, framesInside, labelFrames } from '../../src/session/labels.js';
import { readSession } from '../../src/session/session.js';
import { runCli, startCli, type CliResult } from '../../testing/cli/cli.js';
import { lacksShared, sharedFile } from '../../testing/models/shared-files.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { assertError } from '../../testing/cli/cli-errors.js';

const folder = folderForTests('evaluate');
const model = join(folder, 'small');
before(() => smallBundle(model));

const evaluate = (...args: string[]): Promise<CliResult> => runCli(['evaluate', ...args]);

/** Writes rows that all hold the same actions. */
function writeRows(name: string, frames: number, ...held: string[]): string {
  const rows = Array<number>(frames).fill(STUDY_ACTIONS.holding(...held));
  const path = join(folder, name);
  writeFileSync(path, LabelMatrix.fromHeld(STUDY_ACTIONS, rows).bytes);
  return path;
}

test(
  'holding SHOOT already has 89.1 % binary accuracy of the author, a composite of 0.309, and no press right',
  { skip: lacksShared },
  async () => {
    const session = await readSession(sharedFile('data', 'Train'));
    const inside = labelFrames(session).select(framesInside(fightOfFrames(session)));
    const labels = join(folder, 'author.u8');
    writeFileSync(labels, inside.bytes);
    const frames = inside.count;
    const result = await evaluate(
      '--labels',
      labels,
      '--predictions',
      writeRows('shoot.u8', frames, 'SHOOT'),
      '--json',
    );
    assert.equal(result.code, 0, result.stderr);
    const scores = result.json() as Scores;
    assert.equal(scores.frames, 9549);
    assert.equal(scores.binaryAccuracy.toFixed(3), '0.891');
    assert.equal(scores.composite.toFixed(3), '0.309');
    assert.equal(scores.perAction.SHOOT.support, 8252);
    assert.equal(scores.onsetF1, 0, 'a key that is always held is never pressed');
    assert.equal(scores.perAction.SHOOT.onsetF1, 0);
    assert.deepEqual(Object.keys(scores.perAction), [...STUDY_ACTIONS.names]);
    assert.match(result.stderr, /9549 frames: composite 0\.309/);
    assert.match(result.stderr, /onset F1 0\.000/);
  },
);

test('without --json the table is the output, and an action that was never held has no F1', async () => {
  const labels = writeRows('same.u8', 3, 'UP', 'SHOOT');
  const result = await evaluate('--labels', labels, '--predictions', labels);
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stdout, /UP +3 +1\.000 +1\.000 +1\.000/);
  assert.match(result.stdout, /DOWN +0 +- +- +- +-/);
});

test('files that do not fit each other, or are not there, are named', async () => {
  const three = writeRows('three.u8', 3, 'UP');
  assertError(
    await evaluate('--labels', three, '--predictions', writeRows('four.u8', 4)),
    3,
    'file-unreadable',
    /21 bytes and predictions 28/,
  );
  const ragged = join(folder, 'ragged.u8');
  writeFileSync(ragged, new Uint8Array(20));
  assertError(await evaluate('--labels', ragged, '--predictions', ragged), 3, 'file-unreadable', /n x 7/);
  const empty = writeRows('empty.u8', 0);
  assertError(await evaluate('--labels', empty, '--predictions', empty), 3, 'file-unreadable', /n >= 1/);
  assertError(
    await evaluate('--labels', three, '--predictions', join(folder, 'nowhere.u8')),
    3,
    'file-missing',
    /nowhere\.u8/,
  );
});

test('wrong usage is refused: nothing to score, half of it, two things at once', async () => {
  assertError(await evaluate(), 2, 'bad-option', /--arena/);
  assertError(await evaluate('--labels', 'a'), 2, 'bad-option', /--predictions/);
  assertError(await evaluate('--arena', '--labels', 'a'), 2, 'bad-option', /either/);
  assertError(await evaluate('--arena', '--size', '10x10'), 2, 'bad-option', /10x10/);
  assertError(await evaluate('--arena', '--delay-ms', '-1'), 2, 'bad-option', /--delay-ms/);
  assertError(await evaluate('--arena', '--fights', '0'), 2, 'bad-option', /--fights/);
});

test('a model that is not there, and a rate that it was not trained for, are refused', async () => {
  assertError(await evaluate('--arena', '--model', join(folder, 'nowhere')), 3, 'bundle-missing', /nowhere/);
  assertError(await evaluate('--arena', '--model', model, '--rate', '30'), 2, 'bad-rate', /30 Hz/);
  assertError(await evaluate('--arena', '--model', model, '--threshold', 'FLY=0.5'), 2, 'unknown-action', /FLY/);
});

test('the live score stands beside the scripted players, and the same command prints the same bytes', async () => {
  const args = ['--arena', '--fights', '4', '--seed', '9', '--model', model, '--json'];
  const first = await evaluate(...args);
  assert.equal(first.code, 0, first.stderr);
  const score = first.json() as ArenaScore;
  assert.deepEqual([score.fights, score.seed, score.level, score.rateHz], [4, 9, 'normal', 10]);
  assert.deepEqual(Object.keys(score.players!), ['expert', 'idle', 'shoot', 'random']);
  assert.equal(score.players!.expert.winRate, 1);
  assert.equal(score.players!.shoot.winRate, 0);
  assert.deepEqual(
    score.perFight.map(({ seed }) => seed),
    [9, 10, 11, 12],
  );
  assert.match(first.stderr, /who +wins +win rate +95 % interval/);
  assert.match(first.stderr, /x real time/);
  const again = await evaluate(...args, '--threads', '2', '--batch', '2');
  assert.equal(again.stdout, first.stdout);
});

test('an interrupt ends it with 130 and without a score', async () => {
  const running = startCli(['evaluate', '--arena', '--fights', '5000', '--model', model, '--json']);
  await running.untilSaid('of 5000 fights');
  running.child.kill('SIGINT');
  const result = await running.result;
  assert.equal(result.code, 130, result.stderr);
  assert.equal(result.stdout, '');
  assert.match(result.stderr, /no score/);
});
