import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { descriptionOf, writeBundle } from '../../src/policy/bundle.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, withoutDisplay, type CliResult } from '../../testing/cli/cli.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { throughFileLimit } from '../../testing/sessions/full-disk.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('practice-verb');
const run = (...args: string[]): Promise<CliResult> => runCli(args, { env: withoutDisplay(), cwd: folder });
const clone = join(folder, 'clone');
const ENGINE = ['--engine', lacksEngine === false ? 'tfjs-node' : 'cpu'];
const SMALL = ['--decisions', '1', '--fights', '2', '--check-fights', '5', '--compare-fights', '5', '--threads', '1'];

before(async () => {
  const { manifest, encoder, head } = await smallBundle(clone);
  await writeBundle(clone, { ...descriptionOf(manifest), training: { kind: 'trained' } }, { encoder, head });
});

test('practice shows what it does, ends with a table, and continues with more decisions', async () => {
  const args = ['practice', clone, '--arena', '--level', 'hard', '--out', join(folder, 'better'), ...ENGINE, ...SMALL];
  const first = await run(...args);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /^arena, hard, on /);
  assert.match(first.stderr, /\ncheck after update 0: 0 of 5 \[0, 43 %\], the best so far\n/);
  assert.match(first.stderr, /\nupdate 1: won 0 of 2, return -?\d+\.\d\d, KL 0\.0000, entropy \d\.\d{3}, critic /);
  assert.match(first.stdout, /^agent +won +hits +damage/);
  assert.match(first.stdout, /\nclone +0 of 5 \[0, 43 %\] /);
  assert.match(
    first.stdout,
    /\nNot better beyond the noise: .*clone stands\. What was best so far is .*better\.work\/best\./,
  );
  const again = await run(...args, '--decisions', '800', '--resume', '--json');
  assert.equal(again.code, 0, again.stderr);
  const report = again.json() as {
    readonly kept: boolean;
    readonly best: string;
    readonly updates: readonly { readonly update: number }[];
    readonly compared: { readonly after: { readonly values: readonly number[] } };
  };
  assert.deepEqual([report.kept, report.best, report.compared.after.values.length], [false, clone, 5]);
  assert.ok(report.updates.length > 1 && report.updates.every(({ update }, index) => update === index + 1));
  assert.equal(existsSync(join(folder, 'better')), false);
  for (const file of ['practice.svg', 'practice.png', 'practice.json', 'practice.checkpoint', 'tensorboard']) {
    assert.ok(existsSync(join(folder, 'better.work', file)), file);
  }
});

test('a disk that fills while practice is stored leaves the earlier checkpoint, from which it continues', async () => {
  const out = join(folder, 'full');
  const args = ['practice', clone, '--arena', '--level', 'hard', '--out', out, ...ENGINE, ...SMALL];
  const first = await run(...args);
  assert.equal(first.code, 0, first.stderr);
  const checkpoint = join(`${out}.work`, 'practice.checkpoint');
  const before = readFileSync(checkpoint);
  const more = [...args, '--decisions', '800', '--resume'];
  const through = throughFileLimit(16); // 8 kB: less than the checkpoint
  assert.ok(before.length > 16 * 512);
  const full = await runCli(more, { env: withoutDisplay(), cwd: folder, through });
  assertError(full, 4, 'write-failed', /--resume/);
  assert.ok(before.equals(readFileSync(checkpoint)));
  const resumed = await run(...more);
  assert.equal(resumed.code, 0, resumed.stderr);
});

test('options that cannot be are refused before anything is done', async () => {
  const out = ['--out', join(folder, 'none')];
  const refused = async (args: readonly string[], says: RegExp): Promise<void> => {
    assertError(await run('practice', clone, ...out, ...args), 2, 'bad-option', says);
    assert.equal(existsSync(join(folder, 'none.work')), false);
  };
  await refused([], /--arena/);
  await refused(['--arena', '--reward', 'score=1'], /'score' is no event of arena, normal/);
  await refused(['--arena', '--reward', 'damage'], /not a pair/);
  await refused(['--arena', '--reward', 'damage=1,damage=2'], /names an event twice/);
  await refused(['--arena', '--reward', 'damage=much'], /--reward damage=much: expected a number/);
  await refused(['--arena', '--fights', '1'], /--fights 1: expected a whole number from 2/);
  await refused(['--arena', '--level', 'easy'], /normal, hard, brutal/);
  await refused(['--arena', '--temperature', '0'], /--temperature 0/);
  assertError(await run('practice', join(folder, 'absent'), ...out, '--arena'), 3, 'bundle-missing', /no model bundle/);
});
