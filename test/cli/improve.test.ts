import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, withoutDisplay, type CliResult } from '../../testing/cli/cli.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('improve-verb');
const inFolder = (name: string): string => join(folder, name);
const run = (...args: string[]): Promise<CliResult> => runCli(args, { env: withoutDisplay(), cwd: folder });
const ENGINE = lacksEngine === false ? ['--engine', 'tfjs-node', '--deterministic'] : ['--engine', 'cpu'];
const SETTINGS = [...ENGINE, '--batch', '32', '--epochs', '1'];

let demos: string;
let clone: string;
before(async () => {
  const recorded = await run('demos', '--fights', '4', '--seed', '100', '--no-video', '--out', folder, '--json');
  demos = (recorded.json() as { session: string }).session;
  clone = inFolder('clone');
  const small = ['--latent', '8', '--channels', '4', '--units', '4', '--method', 'together'];
  const trained = await run('train', demos, '--out', clone, ...small, ...SETTINGS);
  assert.equal(trained.code, 0, trained.stderr);
});

interface Answer {
  readonly from: { readonly folder: string; readonly name: string };
  readonly best: string;
  readonly bestRound: number;
  readonly rounds: readonly {
    readonly gathered: { readonly session: string; readonly fights: number; readonly frames: number };
    readonly played: { readonly by: string; readonly values: readonly number[] };
    readonly kept: boolean;
  }[];
}

test('rounds in the arena end with a table, and nothing is done twice', async () => {
  const out = inFolder('better');
  const args = ['improve', clone, demos, '--arena', '--rounds', '1', '--fights', '2', '--compare-fights', '5'];
  const first = await run(...args, '--out', out, ...SETTINGS, '--json');
  assert.equal(first.code, 0, first.stderr);
  const answer = first.json() as Answer;
  assert.deepEqual([answer.from.folder, answer.from.name, answer.rounds.length], [clone, 'clone', 1]);
  for (const { gathered, played } of answer.rounds) {
    assert.deepEqual([gathered.fights, played.by, played.values.length], [2, 'wins', 5]);
    assert.ok(gathered.frames > 20 && existsSync(`${gathered.session}_events.jsonl`));
  }
  assert.equal(existsSync(out), answer.bestRound > 0);
  assert.ok(existsSync(join(`${out}.work`, 'rounds.svg')) && existsSync(join(`${out}.work`, 'rounds.png')));
  const again = await run(...args, '--out', out, ...SETTINGS, '--resume');
  assert.equal(again.code, 0, again.stderr);
  assert.doesNotMatch(again.stderr, /round \d of/);
  assert.match(again.stdout, /^agent +fights +frames +wins +seconds +hits +damage/);
  assert.match(again.stdout, /\nround 1 +\+2 +\+\d+ +\d of 5 /);
  const other = await run(...args, '--out', out, ...SETTINGS, '--resume', '--seed', '9');
  assertError(other, 3, 'checkpoint-mismatch', /other options/);
});

test('what cannot be improved is refused at once', async () => {
  await smallBundle(inFolder('untrained'));
  const out = ['--out', inFolder('none')];
  assertError(
    await run('improve', inFolder('untrained'), demos, '--arena', ...out),
    2,
    'bad-option',
    /was not trained by this program/,
  );
  assertError(
    await run('improve', clone, demos, ...out),
    2,
    'bad-option',
    /in the arena, in a stepped game, or of corrections/,
  );
  const corrections = ['improve', clone, demos, ...out, '--corrections', demos];
  const arena = ['improve', clone, demos, '--arena'];
  const refused = async (args: readonly string[], says: RegExp): Promise<void> =>
    assertError(await run(...args), 2, 'bad-option', says);
  await refused(corrections, /--judge-by/);
  await refused([...corrections, '--arena'], /in the arena, in a stepped game, or of corrections/);
  await refused([...corrections, '--level', 'hard'], /--level has no use with --corrections/);
  await refused([...arena, ...out, '--judge-fights', '9'], /--judge-fights has no use with --arena/);
  await refused([...arena, ...out, '--compare-fights', '1'], /5/);
  await refused([...arena, '--out', clone], /--out is .*clone itself/);
  await refused([...arena, ...out, demos], /is named twice/);
  const game = join(PROJECT_ROOT, 'games', 'xjump.json');
  await refused([...corrections, '--judge-by', game], /is named twice/);
  assertError(await run('improve', clone, inFolder('absent'), '--arena', ...out), 3, 'file-missing', /absent/);
  assert.ok(!existsSync(inFolder('none')));
});
