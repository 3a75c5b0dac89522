/** A game with a mouse button and a key by its place among its actions, played and recorded through the program. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { actionSetOf } from '../../src/core/study-actions.js';
import { keysAndButtonsDown } from '../../src/desktop/x11/xtest.js';
import { readSession } from '../../src/session/session.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli } from '../../testing/cli/cli.js';
import { displayWithBundle } from '../../testing/display/display-with-bundle.js';
import { KEY } from '../../testing/display/keycodes.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { openTestWindow, type TestWindow } from '../../testing/display/test-window.js';
import { lacks } from '../../testing/display/x-display.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { until } from '../../testing/until.js';

const stage = displayWithBundle('mouse-buttons');
const { folder } = stage;
const skip = lacks('Xvfb');

const NAMES = ['FIRE', 'AIM', 'DUCK'];
/** The number of the left button among keycodes. */
const LEFT = 257;

function writeGameFile(): string {
  const path = join(folder, 'clicks.json');
  const keys = { FIRE: 'mouse:left', AIM: 'mouse:right', DUCK: 'code:KeyF' };
  const actions = NAMES.map((name) => ({ name, key: keys[name as keyof typeof keys] }));
  writeFileSync(path, JSON.stringify({ name: 'clicks', window: { title: 'clicks' }, actions }));
  return path;
}

/** A game window with the focus and the pointer, and another one beside it. */
async function openGame(): Promise<TestWindow> {
  const { name } = stage.display;
  const game = await openTestWindow({ display: name, title: 'clicks', width: 320, height: 180 });
  game.takeFocus();
  game.listenForButtons();
  game.pointAt(100, 50);
  return game;
}

const eventsOf = async (name: string): Promise<string[]> => {
  const { events } = await readSession(join(folder, name));
  return events.map(({ action, down, source }) => `${action} ${down ? 'down' : 'up'}${source ? ` by ${source}` : ''}`);
};

test(
  'a person’s clicks on the game are recorded as the actions that they are, clicks beside it are not',
  { skip },
  async () => {
    const gameFile = writeGameFile();
    using human = new SimulatedHuman(stage.display.name);
    using game = await openGame();
    const { name } = stage.display;
    using other = await openTestWindow({ display: name, title: 'beside', width: 50, height: 50, x: 700 });
    const run = startCli(['record', '--game', gameFile, '--out', folder, '--name', 'clicked', '--json'], {
      env: stage.display.env,
    });
    await run.untilSaid('recording ');
    const text = (): string => readFileSync(join(folder, 'clicked_events.jsonl'), 'utf8');
    const click = (button: number): void => {
      human.press(button);
      human.release(button);
    };
    const untilSeen = (part: string): Promise<void> => until(`${part} is recorded`, () => text().includes(part));
    click(KEY.eight); // a fight begins
    click(LEFT);
    await untilSeen('"event":"keyup","key":"Button.left"');
    other.pointAt(5, 5);
    click(LEFT + 1); // no action
    click(LEFT); // on another window
    human.press(KEY.f);
    human.release(KEY.f);
    await untilSeen('"event":"keyup","key":"code:KeyF"');
    game.pointAt(5, 5);
    click(LEFT + 2);
    await untilSeen('"event":"keyup","key":"Button.right"');
    human.press(KEY.one);
    human.release(KEY.one);
    const result = await run.result;
    assert.equal(result.code, 0, result.stderr);
    const both = (action: string) => [`${action} down`, `${action} up`];
    assert.deepEqual(await eventsOf('clicked'), [...both('FIRE'), ...both('DUCK'), ...both('AIM')]);
    const checked = await runCli(['session', 'check', join(folder, 'clicked'), '--json']);
    assert.deepEqual((checked.json() as { problems: unknown[] }).problems, []);
  },
);

test('the agent holds its button in the game, is recorded as the agent, and a click takes over', { skip }, async () => {
  const model = join(folder, 'clicker');
  await smallBundle(model, { actions: actionSetOf(NAMES) });
  using human = new SimulatedHuman(stage.display.name);
  using game = await openGame();
  const run = startCli(
    [
      ...['play', '--game', writeGameFile(), '--model', model, '--threshold', 'FIRE=0.001/0.0005,AIM=1,DUCK=1'],
      ...['--view', 'none', '--seconds', '20', '--budget-ms', '5000', '--lease-ms', '5000'],
      ...['--runs', join(folder, 'runs'), '--record', join(folder, 'agent'), '--json'],
    ],
    { env: stage.display.env },
  );
  const isDown = (): boolean => keysAndButtonsDown(stage.eyes).has(LEFT);
  await until('the agent holds the button', isDown, 20_000);
  human.press(LEFT + 2);
  await run.untilSaid('taken-over');
  await until('the agent’s button is up', () => !isDown());
  human.release(LEFT + 2);
  // keys that are still to be read when their window closes may have gone elsewhere, and are dropped
  const text = (): string => readFileSync(join(folder, 'agent_events.jsonl'), 'utf8');
  await until('all edges are recorded', () => text().includes('"event":"keyup","key":"Button.right"'));
  game.destroy();
  const result = await run.result;
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(await eventsOf('agent'), [
    ...['FIRE down by agent', 'AIM down by human', 'FIRE up by agent', 'AIM up by human'],
  ]);
});

test('a recording through the hook is refused where an action is a mouse button', { skip }, async () => {
  using game = await openGame();
  const args = ['record', '--game', writeGameFile(), '--out', folder, '--name', 'hooked', '--keys-from', 'uiohook'];
  const refused = await runCli(args, { env: stage.display.env });
  assertError(refused, 4, 'key-unreachable', /'mouse:left' cannot be recorded through uiohook/);
  assert.equal(game.buttonEvents().length, 0);
});
