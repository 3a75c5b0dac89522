import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ErrorCode } from '../../src/core/errors.js';
import { playModeOf } from '../../src/cli/options/play-modes.js';
import { playRequest } from '../../src/cli/options/play.js';
import { playVerb } from '../../src/cli/verbs/play.js';
import { play } from '../../src/runs/play.js';
import type { ArenaPlay, RunRequest } from '../../src/runs/request.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

const folder = folderForTests('request');

/** The request of a command line. */
function requested(...words: string[]): RunRequest {
  const options = playVerb()
    .action(() => undefined)
    .parse(words, { from: 'user' })
    .opts<Parameters<typeof playRequest>[1]>();
  return playRequest(playModeOf(options), options, 'info');
}

test('a run is played from a request written as a literal, without a command line', async () => {
  const model = join(folder, 'model');
  await smallBundle(model);
  const request: ArenaPlay = {
    mode: 'arena',
    arena: { seed: 3, level: 'hard', fights: 1 },
    policy: {
      model,
      engine: 'onnxruntime',
      thresholds: {},
      act: null,
      actSeed: 1,
      apply: null,
      crop: null,
      anyGame: false,
    },
    pace: { rateHz: null, anyRate: false, budgetMs: 1000, seconds: 0.5, unpaced: false },
    safety: { armed: false },
    keep: { runs: join(folder, 'runs'), logLevel: 'info', video: false },
    view: 'none',
    faults: { faults: [], seed: 1 },
    watch: null,
  };
  const ending = new AbortController();
  const signals = { signal: ending.signal, stop: () => ending.abort() };
  const said: string[] = [];
  const summary = await play(request, { signals, say: (text) => void said.push(text) });
  assert.deepEqual([summary.mode, summary.model, summary.outcome], ['arena', model, 'stopped']);
  assert.equal(summary.edgesSent, 0, 'it was never armed');
  assert.ok(said.some((text) => text.startsWith('playing ')));
});

test('options become a request: texts are read and every default is in place', () => {
  const request = requested(
    ...['--window', 'x', '--game', 'xjump', '--keys', 'DASH=x', '--threshold', 'JUMP=0.4/0.3', '--dry-run'],
    ...[
      '--max-hold-ms',
      '500',
      '--resume-after',
      '3',
      '--fault',
      'slow-capture=80@2+1',
      '--armed',
      'no',
      '--wait',
      '4',
    ],
  );
  assert.ok(request.mode === 'window');
  const { window, screen, safety, policy, pace, faults } = request;
  assert.deepEqual(
    [window.query.window, window.query.app, window.waitMs, window.activate],
    ['x', 'xjump', 4000, false],
  );
  assert.equal(screen.sink, 'dry-run');
  assert.deepEqual(policy.thresholds.JUMP, { press: 0.4, release: 0.3 });
  assert.deepEqual([pace.rateHz, pace.seconds, pace.budgetMs], [10, Number.POSITIVE_INFINITY, 50]);
  assert.deepEqual(
    [safety.armed, safety.resumeAfterMs, safety.leaseMs, safety.frozenAfterMs],
    [false, 3000, null, null],
  );
  assert.equal(safety.limits.maxHoldMs[0], 500);
  assert.deepEqual(
    faults.faults.map(({ name, value, startMs }) => [name, value, startMs]),
    [['slow-capture', 80, 2000]],
  );
  assert.equal(request.watch, null);
  assert.deepEqual(requested('--watch-control').watch, { port: 0, control: true });
});

test('of several slips the first that a run would meet is reported', () => {
  const slips: [string[], ErrorCode][] = [
    [['--keys', 'FLY=z'], 'unknown-action'],
    [['--max-hold-ms', 'long'], 'bad-option'],
    [['--threshold', 'JUMP=2'], 'bad-threshold'],
  ];
  for (const [at, [, code]] of slips.entries()) {
    const words = slips.slice(at).flatMap(([typed]) => typed);
    assert.throws(() => requested('--window', 'x', ...words), hasCode(code));
  }
});
