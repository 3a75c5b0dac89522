import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { emitTrials } from '../../src/training/emit-trials.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('emit-trials');
const SWEEP = {
  args: ['sweep', "sessions/my 'own'", '--heads', 'gru,lstm', '--out', 'out'],
  ids: [
    ['8-gru-1', '8-lstm-2'],
    ['16-gru-3', '16-lstm-4'],
  ],
};

/** Runs a script whose `understudy` and `sbatch` write down what they are given. */
function runScript(text: string, fails = { trial: 'none', code: 0 }, status = 0): string[] {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const log = join(folder, 'log');
  writeFileSync(log, '');
  for (const [name, body] of [
    [
      'understudy',
      `printf '%s|' "$@" >> ${log}; echo >> ${log}; case "$*" in *${fails.trial}) exit ${fails.code} ;; esac`,
    ],
    // a scheduler that does all tasks of an array at once
    ['sbatch', `cat > ${folder}/job; for task in 0 1; do SLURM_ARRAY_TASK_ID=$task sh ${folder}/job; done; echo 17`],
  ]) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const script = join(folder, 'script');
  writeFileSync(script, text);
  const ran = spawnSync('sh', [script], { env: { PATH: `${bin}:${process.env.PATH}` }, encoding: 'utf8' });
  assert.equal(ran.status, status, ran.stderr);
  return readFileSync(log, 'utf8').trim().split('\n');
}

const whole = (...more: string[]): string => [...SWEEP.args, ...more].map((word) => `${word}|`).join('');

test('the first trial of each encoder comes first, then the others, then the ranking; words stay whole', () => {
  const [first, second, ...rest] = runScript(emitTrials('shell', SWEEP));
  assert.deepEqual([first, second], [whole('--only', '8-gru-1'), whole('--only', '16-gru-3')]);
  assert.deepEqual(rest, [whole('--only', '8-lstm-2'), whole('--only', '16-lstm-4'), whole()]);
});

test('a trial that cannot be trained does not keep the others from it; one that was stopped ends the script', () => {
  const fails = { trial: '8-gru-1', code: 3 };
  for (const scheduler of ['shell', 'slurm'] as const)
    assert.equal(runScript(emitTrials(scheduler, SWEEP), fails)[4], whole());
  assert.equal(runScript(emitTrials('shell', SWEEP), { ...fails, code: 130 }, 1).length, 1);
});

test('arrays of Slurm run one command a task, each stage after the one before it', () => {
  const text = emitTrials('slurm', SWEEP);
  const lines = runScript(text);
  assert.deepEqual(lines.slice(0, 2), [whole('--only', '8-gru-1'), whole('--only', '16-gru-3')]);
  assert.deepEqual(lines.slice(2, 4), [whole('--only', '8-lstm-2'), whole('--only', '16-lstm-4')]);
  assert.equal(lines[4], whole());
  assert.equal(text.match(/--dependency=afterok:\$trials/g)?.length, 2);
});

test('jobs of Kubernetes carry their sweep and stage, and the command as a line of the shell', () => {
  const text = emitTrials('kubernetes', SWEEP);
  const commands = [...text.matchAll(/command: (\[.*\])/g)].map(([, list]) => JSON.parse(list) as string[]);
  const lines = commands.map(([shell, dashC, line]) => {
    assert.deepEqual([shell, dashC], ['sh', '-c']);
    return line;
  });
  assert.deepEqual(runScript(lines[0], { trial: '8-gru-1', code: 3 }), [whole('--only', '8-gru-1')]);
  assert.deepEqual(runScript(lines.at(-1)!), [whole()]);
  const stages = [...text.matchAll(/"stage":"(\d)"\}/g)].map(([, stage]) => stage);
  const names = [...text.matchAll(/ {2}name: (.*)/g)].map(([, name]) => name);
  const other = emitTrials('kubernetes', { ...SWEEP, args: [...SWEEP.args, '--seed', '2'] });
  assert.ok(
    names.every((name) => /^[a-z0-9-]{1,63}$/.test(name) && !other.includes(name)),
    names.join(' '),
  );
  assert.deepEqual(stages, ['1', '1', '2', '2', '3']);
  assert.equal(text.split('---\n').length, 5);
});

test('a sweep of one head an encoder has no second stage', () => {
  const one = { ...SWEEP, ids: [['8-gru-1']] };
  assert.deepEqual(runScript(emitTrials('shell', one)), [whole('--only', '8-gru-1'), whole()]);
  assert.equal(emitTrials('slurm', one).match(/--array/g)?.length, 1);
});
