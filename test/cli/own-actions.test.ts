/** A game with actions of its own: from its game file through bundle and guard to the keys, and back into the logs. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keysymName, keysymOf } from '../../src/desktop/x11/keysyms.js';
import { actionSetOf } from '../../src/core/study-actions.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli } from '../../testing/cli/cli.js';
import { displayWithBundle } from '../../testing/display/display-with-bundle.js';
import { KeyWitness } from '../../testing/display/key-witness.js';
import { lacks } from '../../testing/display/x-display.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { smallBundle } from '../../testing/models/small-bundle.js';

const stage = displayWithBundle('own-actions');
const { folder, bundle } = stage;
const skip = lacks('Xvfb', 'xinput');

/** Twelve, on keys of which none is the study's for such a place. */
const NAMES = Array.from('abceghijklmn', (letter) => `act-${letter}`);

function writeGameFile(): string {
  const path = join(folder, 'own.json');
  const actions = NAMES.map((name) => ({ name, key: name.at(-1) }));
  const opposing = [['act-a', 'act-n']];
  writeFileSync(path, JSON.stringify({ name: 'own', window: { title: 'own actions' }, actions, opposing }));
  return path;
}

test(
  'twelve actions of a game file are played with their own keys and reported under their own names',
  { skip },
  async () => {
    const game = writeGameFile();
    const model = join(folder, 'twelve');
    await smallBundle(model, { actions: actionSetOf(NAMES) });
    using window = await openTestWindow({ display: stage.display.name, title: 'own actions', width: 320, height: 180 });
    window.takeFocus();
    await using witness = await KeyWitness.on(stage.display);
    const thresholds = NAMES.map(
      (name) => `${name.toUpperCase()}=${name === 'act-m' || name === 'act-n' ? '0.001/0.0005' : 1}`,
    );
    const played = await runCli(
      [
        ...[
          'play',
          '--game',
          game,
          '--model',
          model,
          '--threshold',
          thresholds.join(),
          '--seconds',
          '2',
          '--view',
          'none',
        ],
        ...['--runs', join(folder, 'runs'), '--budget-ms', '5000', '--json'],
      ],
      { env: stage.display.env },
    );
    assert.equal(played.code, 0, played.stderr);
    const { runDir, releases, edgesSent } = played.json() as {
      runDir: string;
      releases: { actions: string[] }[];
      edgesSent: number;
    };
    const ticks = readFileSync(join(runDir, 'ticks.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { held: string[]; probabilities: number[] | null });
    const last = ticks.at(-1);
    assert.deepEqual(last?.held, ['act-m', 'act-n']);
    assert.equal(last?.probabilities?.length, 12);
    assert.deepEqual(releases.at(-1)?.actions, ['act-m', 'act-n']);
    assert.equal(edgesSent, 4);
    const log = await witness.log();
    const sent = log.map(({ keycode, down }) => `${keysymName(keysymOf(stage.eyes, keycode))} ${down ? 'down' : 'up'}`);
    assert.deepEqual(sent.sort(), ['m down', 'm up', 'n down', 'n up']);
  },
);

test('a bundle of another game is refused, both named, unless it is meant', { skip }, async () => {
  const game = writeGameFile();
  using window = await openTestWindow({ display: stage.display.name, title: 'own actions', width: 320, height: 180 });
  window.takeFocus();
  const model = join(folder, 'of-another-game');
  await smallBundle(model, { actions: actionSetOf(NAMES) });
  const manifest = JSON.parse(readFileSync(join(model, 'manifest.json'), 'utf8')) as object;
  writeFileSync(join(model, 'manifest.json'), JSON.stringify({ ...manifest, game: 'Another' }));
  const env = { env: stage.display.env };
  const runs = ['--runs', join(folder, 'runs')];
  const named = ['--game', game, '--model', model, '--seconds', '1', '--budget-ms', '5000', ...runs];
  const play = ['play', ...named, '--dry-run', '--view', 'none'];
  const shadow = ['shadow', ...named, '--out', folder];
  for (const verb of [play, shadow]) {
    const refused = await runCli(verb, env);
    assertError(refused, 3, 'bundle-mismatch', /game is "Another", expected "own"/);
    assert.match(refused.stderr, /--any-game/);
    assert.equal((await runCli([...verb, '--any-game'], env)).code, 0);
  }
  const info = await runCli(['model', 'info', model], env);
  assert.match(info.stdout, /^ {2}game {12}Another$/m);
});

test('a recording with a game file carries the game, and a replay refuses a bundle of another', { skip }, async () => {
  const game = writeGameFile();
  using window = await openTestWindow({ display: stage.display.name, title: 'own actions', width: 320, height: 180 });
  window.takeFocus();
  const env = { env: stage.display.env };
  const record = ['record', '--game', game, '--out', folder, '--name', 'of-own', '--seconds', '1'];
  assert.equal((await runCli(record, env)).code, 0);
  const session = join(folder, 'of-own');
  const info = await runCli(['session', 'info', session, '--json'], env);
  assert.equal((info.json() as { game: string }).game, 'own');
  const replay = ['play', '--session', session, '--model', join(folder, 'of-another-game')];
  const refused = await runCli([...replay, '--runs', join(folder, 'runs')], env);
  assertError(refused, 3, 'bundle-mismatch', /game is "Another", expected "own"/);
  assert.equal((await runCli([...replay, '--runs', join(folder, 'runs'), '--any-game'], env)).code, 0);
});

test('a bundle of other actions than the game has is refused, both named', { skip }, async () => {
  const game = writeGameFile();
  using window = await openTestWindow({ display: stage.display.name, title: 'own actions', width: 320, height: 180 });
  window.takeFocus();
  const play = [
    'play',
    '--game',
    game,
    '--dry-run',
    '--seconds',
    '1',
    '--view',
    'none',
    '--runs',
    join(folder, 'runs'),
  ];
  const env = { env: stage.display.env };
  const got = await runCli([...play, '--model', bundle], env);
  assertError(got, 3, 'bundle-mismatch', /actions is \["UP".*expected \["act-a"/);
  const own = join(folder, 'own');
  await smallBundle(own, { actions: ['FIRE', 'DUCK'] });
  const arena = ['play', '--arena', '--model', own, '--seconds', '1', '--view', 'none', '--runs', join(folder, 'runs')];
  assertError(await runCli(arena, env), 3, 'bundle-mismatch', /actions is \["FIRE","DUCK"\]/);
  assertError(await runCli([...play, '--model', bundle, '--keys', 'JUMP=z'], env), 2, 'unknown-action', /JUMP/);
});
