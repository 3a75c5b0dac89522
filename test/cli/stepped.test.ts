import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readBundle } from '../../src/policy/bundle.js';
import { framesInside, fightOfFrames, labelFrames } from '../../src/session/labels.js';
import { readSession } from '../../src/session/session.js';
import { describeGame, steppedOf } from '../../src/stepped/games/program.js';
import { rulesOf } from '../../src/stepped/games/index.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import type { WeightSpec } from '../../src/training/network.js';
import { floatCount, readStateFile } from '../../src/training/state-file.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli, withoutDisplay, type CliResult } from '../../testing/cli/cli.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { processesIn } from '../../testing/processes-in.js';
import { catchGame } from '../../testing/stepped/catch-game.js';
import { until } from '../../testing/until.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('stepped');
const inFolder = (name: string): string => join(folder, name);
const run = (...args: string[]): Promise<CliResult> => runCli(args, { env: withoutDisplay(), cwd: folder });
const game = catchGame(inFolder('game'));
const GAME = ['--game', game.path, '--allow-launch'];
const ENGINE = lacksEngine === false ? ['--engine', 'tfjs-node', '--deterministic'] : ['--engine', 'cpu'];
const SETTINGS = [...ENGINE, '--batch', '32', '--epochs', '1'];
const clone = inFolder('clone');

before(async () => {
  const recorded = await run('demos', ...GAME, '--fights', '4', '--seed', '11', '--out', folder, '--name', 'shown');
  assert.equal(recorded.code, 0, recorded.stderr);
  const small = ['--latent', '8', '--channels', '4', '--units', '4', '--method', 'together', '--act', 'threshold'];
  const trained = await run('train', inFolder('shown'), '--out', clone, ...small, ...SETTINGS);
  assert.equal(trained.code, 0, trained.stderr);
});

test("demos of a stepped game are its demonstrator's fights: pictures, keys, outcomes and events", async () => {
  const session = await readSession(inFolder('shown'));
  assert.equal(session.header?.game, 'Catch');
  assert.deepEqual(
    session.fights.map(({ outcome }) => outcome),
    ['won', 'won', 'won', 'won'],
  );
  const labels = labelFrames(session);
  const fights = fightOfFrames(session);
  const named = await describeGame(steppedOf(game, true), 10);
  await using opened = await rulesOf(named).open(10, STUDY_CONTRACT, { withDemonstrator: true });
  for (const [fight, seed] of [11, 12, 13, 14].entries()) {
    let { demonstrator } = await opened.reset(seed);
    for (const frame of [...framesInside(fights)].filter((index) => fights[index] === fight)) {
      assert.equal(labels.held(frame), demonstrator, `frame ${frame}`);
      const stepped = await opened.step(demonstrator!);
      ({ demonstrator } = stepped);
      const isLast = fights[frame + 1] !== fight;
      assert.equal(stepped.outcome, isLast ? 'won' : null);
    }
  }
  const stats = await run('session', 'stats', inFolder('shown'));
  assert.match(stats.stdout, /caught at the end of a fight: 3 on average/);
  assert.equal((await run('session', 'check', inFolder('shown'))).code, 0);
});

interface Evaluation {
  readonly stepped: boolean;
  readonly complete: boolean;
  readonly players: readonly {
    readonly player: string;
    readonly won: number;
    readonly fights: number;
    readonly seconds: { readonly mean: number };
  }[];
  readonly differences: readonly { readonly a: string; readonly b: string; readonly meters: object }[];
}

test('evaluate scores models and players in the same fights, and threads change nothing', async () => {
  const args = ['evaluate', ...GAME, '--stepped', '--fights', '6', '--model', clone, '--json'];
  const players = ['--players', 'idle,hold:TO_LEFT,demonstrator'];
  const one = await run(...args, ...players, '--threads', '1');
  assert.equal(one.code, 0, one.stderr);
  const scores = one.json() as Evaluation;
  assert.deepEqual(
    scores.players.map(({ player, fights }) => [player, fights]),
    ['clone', 'demonstrator', 'idle', 'hold:TO_LEFT'].map((player) => [player, 6]),
  );
  assert.deepEqual([scores.stepped, scores.complete, scores.players[1].won], [true, true, 6]);
  assert.ok(scores.players[2].won < 3, 'drops seldom fall where the paddle stands');
  const two = await run(...args, ...players, '--threads', '2');
  assert.deepEqual(two.json(), scores);
  const text = await run(...args.slice(0, -1), '--no-players');
  assert.match(text.stdout, /^Catch: 6 fights each\n\nwho +fights +won +lost +ended +seconds +caught +missed\n/);
  assert.match(
    text.stdout,
    /\nbetter is more wins; stepped at 10 Hz, seeds 1000000 to 1000005: nothing was late, and no key reached a window/,
  );
});

test('a model plays by the names of the actions, and every player at the same rate', async () => {
  const scoresOf = async (file: string, ...args: string[]): Promise<Evaluation> => {
    const asked = ['--game', file, '--allow-launch', '--stepped', '--fights', '4', '--model', clone, '--json'];
    const result = await run('evaluate', ...asked, '--players', 'hold:TO_LEFT', '--seed', '1000020', ...args);
    assert.equal(result.code, 0, result.stderr);
    return result.json() as Evaluation;
  };
  const sure = ['--threshold', 'TO_LEFT=0.01,TO_RIGHT=0.99']; // this agent holds TO_LEFT
  const usual = await scoresOf(game.path, ...sure);
  const turned = catchGame(inFolder('turned'), [], {
    actions: [
      { name: 'TO_RIGHT', key: 'Right' },
      { name: 'TO_LEFT', key: 'Left' },
    ],
    opposing: [['TO_RIGHT', 'TO_LEFT']],
  });
  assert.deepEqual(await scoresOf(turned.path, ...sure), usual);
  const faster = await scoresOf(game.path, ...sure, '--rate', '12');
  assert.deepEqual(
    [usual, faster].map(({ players }) => players.map(({ seconds }) => seconds.mean.toFixed(2))),
    [
      ['3.60', '3.60'],
      ['3.00', '3.00'],
    ],
  );
  const asked = ['--allow-launch', '--stepped', '--fights', '2', '--model', clone];
  assertError(await run('evaluate', '--game', game.path, ...asked, '--rate', '13'), 2, 'bad-rate', /13 Hz/);
  const other = catchGame(inFolder('other'), [], { actions: [{ name: 'JUMP', key: 'z' }], opposing: undefined });
  assertError(await run('evaluate', '--game', other.path, ...asked), 3, 'bundle-mismatch', /TO_LEFT/);
});

test('practice learns from the events of a stepped game, and its bundle tells of it without a path', async () => {
  const out = inFolder('practised');
  const byEvent = catchGame(inFolder('by-event'), ['--judged-by', 'caught']);
  const small = ['--fights', '4', '--check-fights', '5', '--compare-fights', '5', '--burn-in', '0'];
  const args = ['practice', clone, '--game', byEvent.path, '--allow-launch', '--out', out, ...ENGINE, ...small];
  const practised = await run(...args, '--reward', 'missed=-2', '--decisions', '50', '--json');
  assert.equal(practised.code, 0, practised.stderr);
  assert.match(practised.stderr, /^Catch, on /);
  assert.match(
    practised.stderr,
    /\ncheck after update 0: caught \d\.\d\d \[\d\.\d\d, \d\.\d\d\], n = 5, the best so far\n/,
  );
  assert.match(practised.stderr, /\nupdate 1: caught \d\.\d\d, return -?\d/);
  const report = practised.json() as { readonly judgedBy: string; readonly checks: readonly { values: number[] }[] };
  assert.equal(report.judgedBy, 'caught');
  assert.ok(report.checks.every(({ values }) => values.length === 5 && values.every((value) => value <= 3)));
  assertError(await run(...args, '--decisions', '50'), 2, 'bad-option', /a practice that was begun/);
  const { manifest } = await readBundle(`${out}.work/best`);
  const {
    game: name,
    judgedBy,
    settings,
  } = manifest.training['practised'] as {
    readonly game: string;
    readonly judgedBy: string;
    readonly settings: { readonly game: string; readonly rewards: object };
  };
  assert.deepEqual([name, judgedBy, settings.game], ['Catch', 'caught', 'Catch']);
  assert.deepEqual(settings.rewards, { seconds: 0, won: 0, lost: 0, caught: 1, missed: -2 });
  const manifestText = readFileSync(`${out}.work/best/manifest.json`, 'utf8');
  assert.ok(!manifestText.includes('catch.js'));
  const seen = await run(
    'evaluate',
    ...GAME,
    '--stepped',
    '--fights',
    '2',
    '--seed',
    '600001',
    '--model',
    `${out}.work/best`,
  );
  assertError(seen, 3, 'training-fights', /has learned from the fights of Catch, seeds 600000 to 60000\d/);
});

test(
  'practice that is killed between two updates continues to the weights of an unbroken one, and no program stays',
  { skip: lacksEngine },
  async () => {
    const small = [
      '--fights',
      '4',
      '--check-fights',
      '5',
      '--compare-fights',
      '5',
      '--burn-in',
      '0',
      '--decisions',
      '400',
    ];
    const args = ['practice', clone, ...GAME, ...small, '--threads', '2', ...ENGINE];
    const whole = await run(...args, '--out', inFolder('whole'));
    assert.equal(whole.code, 0, whole.stderr);
    const killed = startCli([...args, '--out', inFolder('killed')], { env: withoutDisplay(), cwd: folder });
    await killed.untilSaid('update 1: ');
    killed.child.kill('SIGKILL');
    assert.equal((await killed.result).signal, 'SIGKILL');
    await until('the programs end with the input', () => processesIn(game.folder).length === 0);
    catchGame(inFolder('game'), [], { stepped: { ...game.stepped, withinMs: 20_000 } }); // which changes no fight
    const resumed = await run(...args, '--out', inFolder('killed'), '--resume');
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.doesNotMatch(resumed.stderr, /\nupdate 1: /);
    assert.match(resumed.stderr, /\nupdate 3: /);
    assert.ok(learnedIn('killed').equals(learnedIn('whole')));
  },
);

/** Weights and moments of head and critic, after the last update. */
function learnedIn(name: string): Buffer {
  const countOf = (part: unknown): number => floatCount((part as { weights: WeightSpec[] }).weights);
  const path = join(inFolder(`${name}.work`), 'practice.checkpoint');
  const { floats } = readStateFile(path, ({ head, critic }) => 4 * countOf(head) + 3 * countOf(critic))!;
  return Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);
}

test("rounds of correction take the demonstrator's keys where the agent goes", async () => {
  const out = inFolder('better');
  const args = ['improve', clone, inFolder('shown'), '--stepped', game.path, '--allow-launch', '--out', out];
  const improved = await run(...args, '--rounds', '1', '--fights', '2', '--compare-fights', '5', ...SETTINGS, '--json');
  assert.equal(improved.code, 0, improved.stderr);
  const { rounds } = improved.json() as {
    readonly rounds: readonly {
      readonly gathered: { readonly session: string; readonly fights: number; readonly how: object };
      readonly played: { readonly by: string; readonly values: readonly number[] };
    }[];
  };
  const [{ gathered, played }] = rounds;
  assert.deepEqual([rounds.length, gathered.fights, played.by, played.values.length], [1, 2, 'wins', 5]);
  assert.equal((gathered.how as { game: string }).game, 'Catch');
  assert.ok(existsSync(`${gathered.session}_events.jsonl`));
});

test('what cannot be is refused, and says what to do', async () => {
  const refused = async (args: readonly string[], says: RegExp): Promise<void> =>
    assertError(await run(...args), 2, 'bad-option', says);
  const asked = ['--game', game.path];
  const out = ['--out', inFolder('none')];
  await refused(['demos', ...asked, '--name', 'unasked'], /is not run unasked/);
  await refused(['evaluate', ...asked, '--stepped'], /is not run unasked/);
  await refused(['practice', clone, ...asked, ...out], /is not run unasked/);
  await refused(['practice', clone, ...GAME, '--arena', ...out], /in the arena or in a game/);
  await refused(['practice', clone, ...GAME, '--level', 'hard', ...out], /--level is for --arena/);
  await refused(['practice', clone, ...GAME, '--reward', 'hits=1', ...out], /'hits' is no event of Catch/);
  await refused(['demos', ...GAME, '--player', 'expert', '--name', 'expert'], /--player expert is of the arena/);
  await refused(['demos', ...GAME, '--level', 'hard', '--name', 'hard'], /--level has no use for a stepped game/);
  await refused(['demos', '--rate', '20', '--name', 'arena'], /--rate has no use for the arena/);
  await refused(['demos', '--player', 'demonstrator', '--name', 'arena'], /the arena has none/);
  await refused(['evaluate', ...GAME, '--stepped', '--seconds', '5'], /--seconds/);
  await refused(['improve', clone, inFolder('shown'), '--stepped', game.path, '--arena', ...out], /one of the three/);
  await refused(
    ['improve', clone, inFolder('shown'), '--stepped', game.path, '--level', 'hard', ...out],
    /--level has no use with --stepped/,
  );
  const alone = catchGame(inFolder('alone'), ['--fault', 'alone']);
  await refused(['demos', '--game', alone.path, '--allow-launch', '--name', 'alone'], /Catch has no demonstrator/);
  const cropped = catchGame(inFolder('cropped'), [], { crop: { left: 0.1, top: 0, width: 0.9, height: 1 } });
  const rounds = [
    'improve',
    clone,
    inFolder('shown'),
    '--stepped',
    cropped.path,
    '--allow-launch',
    ...out,
    ...SETTINGS,
  ];
  assertError(await run(...rounds), 3, 'bundle-mismatch', /preprocessing\.crop/);
  assert.equal(existsSync(`${inFolder('none')}.work`), false);
  await refused(['demos', ...GAME, '--model', clone, '--name', 'm'], /--model is for --player agent/);
  const windowed = catchGame(inFolder('windowed'), [], { stepped: undefined });
  await refused(['demos', '--game', windowed.path, '--allow-launch', '--name', 'w'], /names no program that steps/);
  const ends = catchGame(inFolder('ends'), ['--fault', 'ends', '--at', '9']);
  const broken = await run(
    'demos',
    '--game',
    ends.path,
    '--allow-launch',
    '--fights',
    '2',
    '--name',
    'ends',
    '--no-video',
  );
  assertError(broken, 4, 'step-failed', /it ended with code 3\. It printed last:\nthe engine is gone/);
});
