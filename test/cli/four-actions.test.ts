/**
 * A game with four actions of its own, one of them a mouse button, with cues, a bar and a number, from the recording to
 * the agent that plays it: their names, order and counts everywhere, and what the meters show while it runs.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { actionSetOf } from '../../src/core/study-actions.js';
import type { RunSummary } from '../../src/runs/summary.js';
import type { SessionStatistics } from '../../src/session/statistics.js';
import { runCli, startCli, type RunningCli } from '../../testing/cli/cli.js';
import { displayWithBundle } from '../../testing/display/display-with-bundle.js';
import { KEY } from '../../testing/display/keycodes.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { lacks } from '../../testing/display/x-display.js';
import { regionOf } from '../../testing/games/drawn-game.js';
import { scoreMeter, writeWindowGame, type WrittenGame } from '../../testing/games/window-game-file.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { until } from '../../testing/until.js';
import { openPage, overflowOf, untilShown, watchUrlOf } from '../../testing/watch/watch-page.js';

const stage = displayWithBundle('four-actions');
const { folder } = stage;
const skip = lacks('Xvfb', 'chromium');

const ACTIONS = [
  { name: 'Walk_W', key: 'a' },
  { name: 'Walk_E', key: 'd' },
  { name: 'AIM', key: 'mouse:right' },
  { name: 'hop', key: 'space' },
];
const NAMES = ACTIONS.map(({ name }) => name);
/** The number of the right button among keycodes. */
const RIGHT = 259;

let game: WrittenGame;
const model = join(folder, 'walker');

before(async () => {
  if (skip !== false) return;
  const health = { kind: 'bar', region: regionOf('health'), from: 'left', full: '#d03020', empty: '#301010' };
  const meters = { health, score: await scoreMeter(folder, 'four') };
  const rules = { opposing: [['Walk_W', 'Walk_E']], rare: ['hop'], scored: ['Walk_W', 'Walk_E', 'AIM'] };
  const fields = { actions: ACTIONS, ...rules, meters, restart: undefined };
  game = await writeWindowGame(folder, 'four', { begins: 'auto', fightMs: 3000, takesHands: true }, fields);
  await smallBundle(model, { actions: actionSetOf(NAMES) });
});

/** Starts the game by itself, as a person would. */
function startGame(t: TestContext): void {
  const { launch } = JSON.parse(readFileSync(game.path, 'utf8')) as { launch: { command: string[] } };
  const child = spawn(launch.command[0], launch.command.slice(1), { env: stage.display.env, stdio: 'ignore' });
  t.after(() => void child.kill('SIGKILL'));
}

/** The names in the first column of the page's keys, and those in the heads of its table of ticks. */
const SHOWN = `({
  actions: [...document.querySelectorAll('#strips [role=rowheader]')].map((cell) => cell.textContent),
  seen: [...document.querySelectorAll('.seen:not([hidden]) dt')].map((cell) => cell.textContent),
  columns: [...document.querySelectorAll('#tick-table th[scope=col]')].map((cell) => cell.textContent),
})`;

interface ShownNames {
  readonly actions: readonly string[];
  readonly seen: readonly string[];
  readonly columns: readonly string[];
}

/** What the page shows once a fight is over, at both widths. */
async function namesOnPage(run: RunningCli): Promise<ShownNames> {
  await using opened = await openPage(await watchUrlOf(run));
  const { page, errors } = opened;
  await page.evaluate(`document.querySelector('details').open = true`);
  await untilShown(page, `Number([...document.querySelectorAll('[data-seen=score]')].at(-1)?.textContent) > 0`);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    assert.equal(await overflowOf(page), 0, `${width} px`);
  }
  assert.deepEqual(errors, []);
  return await page.evaluate<ShownNames>(SHOWN);
}

const SEEN = ['won', 'lost', 'ended', 'health', 'score'];

test(
  'a recording has the four actions under their names: in its line, on its page, in check, stats and info',
  { skip },
  async (t) => {
    using human = new SimulatedHuman(stage.display.name);
    startGame(t);
    const args = ['record', '--game', game.path, '--out', folder, '--name', 'played', '--wait', '20', '--watch'];
    const run = startCli(args, { env: stage.display.env });
    const page = namesOnPage(run);
    await run.untilSaid('recording ');
    const log = (): string => readFileSync(join(folder, 'played_events.jsonl'), 'utf8');
    await until(
      'a fight is marked',
      () => existsSync(join(folder, 'played_events.jsonl')) && log().includes('"marker"'),
    );
    human.press(RIGHT);
    await run.untilSaid('held AIM'); // by its action, not by the key's name
    human.release(RIGHT);
    for (const [keycode, times] of [
      [38, 3],
      [KEY.d, 2],
      [KEY.space, 1],
    ]) {
      for (let press = 0; press < times; press += 1) {
        human.press(keycode);
        human.release(keycode);
      }
    }
    await until('hop is logged', () => log().includes('"keyup","key":"Key.space"'));
    const shown = await page;
    assert.deepEqual([shown.actions, shown.seen], [NAMES, SEEN]);
    human.press(KEY.one);
    human.release(KEY.one);
    const result = await run.result;
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, /score at the end of a fight: .* to 360 /);
    const stats = (await runCli(['session', 'stats', join(folder, 'played'), '--json'])).json() as SessionStatistics;
    const presses = Object.entries(stats.actions).map(([name, one]) => [name, one.presses]);
    assert.deepEqual(presses, [
      ['Walk_W', 3],
      ['Walk_E', 2],
      ['AIM', 1],
      ['hop', 1],
    ]);
    const info = await runCli(['session', 'info', join(folder, 'played')]);
    assert.match(info.stdout, /^Keys: Walk_W=a, Walk_E=d, AIM=Button.right, hop=Key.space$/m);
  },
);

test('the agent’s run logs and shows the four actions and what the meters say, tick by tick', { skip }, async () => {
  const run = startCli(
    [
      ...['play', '--game', game.path, '--model', model, '--allow-launch', '--activate', '--fights', '4', '--watch'],
      ...['--threshold', 'AIM=0.001/0.0005,hop=1,walk_w=1,walk_e=1', '--view', 'none', '--json'],
      ...['--runs', join(folder, 'runs'), '--budget-ms', '5000', '--lease-ms', '5000'],
    ],
    { env: stage.display.env },
  );
  const shown = await namesOnPage(run);
  assert.deepEqual([shown.actions, shown.seen], [NAMES, SEEN]);
  assert.deepEqual(shown.columns.slice(-7), [...NAMES, 'health', 'score', 'gate']);
  const status = (await runCli(['status', '--json'], { env: stage.display.env })).json() as Record<string, unknown>;
  assert.deepEqual(Object.keys(status['meters'] as object), ['health', 'score']);
  assert.match(String(status['line']), /health \S+, score \S+$/);
  const result = await run.result;
  assert.equal(result.code, 0, result.stderr);
  const { fights, runDir } = result.json() as RunSummary;
  assert.equal(fights.length, 4);
  for (const fight of fights)
    assert.deepEqual([fight.outcome, 'meters' in fight && fight.meters['score']], ['lost', 360]);
  const ticks = ticksOf(runDir);
  const acted = ticks.filter(({ ready }) => ready);
  assert.ok(acted.length > 20, `${acted.length} decisions`);
  for (const { held, probabilities } of acted) {
    assert.equal(probabilities?.length, 4);
    assert.ok(held.every((name) => name === 'AIM'));
  }
  assertMeters(ticks);
});

test('a shadow run logs the meters of the picture that each tick saw', { skip }, async (t) => {
  startGame(t);
  const args = ['shadow', '--game', game.path, '--model', model, '--out', folder, '--name', 'watched', '--wait', '20'];
  const more = ['--seconds', '6', '--runs', join(folder, 'shadows'), '--budget-ms', '5000', '--json'];
  const result = await runCli([...args, ...more], { env: stage.display.env });
  assert.equal(result.code, 0, result.stderr);
  const { runDir, perAction } = result.json() as { runDir: string; perAction: object };
  assert.deepEqual(Object.keys(perAction), NAMES);
  assertMeters(ticksOf(runDir));
});

interface LoggedTick {
  readonly ready: boolean;
  readonly held: readonly string[];
  readonly probabilities: readonly number[] | null;
  readonly meters?: Readonly<Record<string, number | null>>;
}

function ticksOf(runDir: string): LoggedTick[] {
  const lines = readFileSync(join(runDir, 'ticks.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as LoggedTick);
}

/** In each quarter of a fight the bar is a quarter lower and the score 120 higher: both are of one picture. */
function assertMeters(ticks: readonly LoggedTick[]): void {
  const read = ticks.flatMap(({ meters }) => (typeof meters?.['score'] === 'number' ? [meters] : []));
  assert.deepEqual([...new Set(read.map(({ score }) => score))].sort(), [0, 120, 240, 360]);
  for (const { score, health } of read) {
    assert.ok(Math.abs(health! - (1 - score! / 480)) < 0.02, `score ${score}, health ${health}`);
  }
}
