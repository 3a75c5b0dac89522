/** --watch through the program: beside a person, in a bench, over a replay, and where it cannot run. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { isHeld } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { readSession } from '../../src/session/session.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli, withoutDisplay } from '../../testing/cli/cli.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { watchStream } from '../../testing/watch/watch-client.js';
import { openPage, overflowOf, untilShown, untilTick, watchUrlOf } from '../../testing/watch/watch-page.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { KEY } from '../../testing/display/keycodes.js';

const folder = folderForTests('watch-cli');
const model = join(folder, 'model');
const runs = join(folder, 'runs');
before(() => smallBundle(model));

test('in shadow the page shows what the person holds and the scores, and has no buttons', async (t) => {
  const lacking = lacks('Xvfb', 'chromium');
  if (lacking) return t.skip(lacking);
  await using display = await openDisplay();
  using human = new SimulatedHuman(display.name);
  using game = await openTestWindow({ display: display.name, title: 'watched', width: 320, height: 180 });
  game.takeFocus();
  const run = startCli(
    ['shadow', '--window', 'watched', '--model', model, '--watch', '--out', folder, '--name', 'w', '--runs', runs],
    { env: display.env },
  );
  t.after(() => void run.child.kill('SIGKILL'));
  await using opened = await openPage(await watchUrlOf(run));
  const { page, errors } = opened;
  await untilTick(page, 3);
  human.press(KEY.left);
  await untilShown(page, `document.querySelector('[data-action="LEFT"] .human').textContent === 'held'`);
  assert.equal(await page.textContent('.chip'), 'only watches');
  await untilShown(page, `!document.querySelector('#scores').hidden`);
  await untilShown(page, `/over [1-9]\\d* frames/.test(document.querySelector('#score-note').textContent)`);
  human.release(KEY.left);
  await untilShown(page, `document.querySelector('[data-action="LEFT"] .human').textContent === '-'`);
  assert.equal(await page.isVisible('#controls'), false);
  assert.deepEqual(errors, []);
  run.child.kill('SIGINT');
  await run.result;
  await untilShown(page, `document.querySelector('#link').textContent === 'the run is over'`);
});

test('a recording is named, started, marked and stopped from its page; keys typed there are in no recording', async (t) => {
  const lacking = lacks('Xvfb', 'chromium');
  if (lacking) return t.skip(lacking);
  await using display = await openDisplay();
  using human = new SimulatedHuman(display.name);
  using game = await openTestWindow({ display: display.name, title: 'recorded', width: 320, height: 180 });
  using other = await openTestWindow({ display: display.name, title: 'typing', width: 200, height: 100, x: 900 });
  const run = startCli(['record', '--window', 'recorded', '--watch', '--out', folder, '--json'], { env: display.env });
  t.after(() => void run.child.kill('SIGKILL'));
  await using opened = await openPage(await watchUrlOf(run));
  const { page, errors } = opened;
  const phase = (text: string): Promise<void> =>
    untilShown(page, `document.querySelector('#phase').textContent === '${text}'`);
  await phase('not recording');
  assert.match(await page.inputValue('#name'), /^session-/);
  other.takeFocus();
  human.press(KEY.f);
  human.release(KEY.f);
  await page.fill('#name', '../elsewhere');
  await page.locator('#name-form button').click();
  await untilShown(page, `document.querySelector('#recorder-answer').textContent.includes('expected 1 to 100')`);
  await page.fill('#name', 'from the page');
  await page.press('#name', 'Enter');
  await phase('paused');
  game.takeFocus();
  await phase('recording');
  await page.locator('[data-command="fight-start"]').click();
  await phase('in a fight');
  human.press(KEY.left);
  await untilShown(page, `document.querySelector('[data-action="LEFT"] .human').textContent === 'held'`);
  await untilShown(page, `document.querySelector('[data-fact="last key"]').textContent === 'Key.left'`);
  human.release(KEY.left);
  human.press(KEY.nine); // a hot key ends what a button began
  human.release(KEY.nine);
  await phase('recording');
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    assert.equal(await overflowOf(page), 0);
  }
  await page.locator('[data-command="stop"]').click();
  const result = await run.result;
  assert.equal(result.code, 0, result.stderr);
  await untilShown(page, `document.querySelector('#link').textContent === 'the recording is over'`);
  // the refused name is an answer with its status, which the browser notes as well
  assert.deepEqual(
    errors.filter((error) => !error.includes('409')),
    [],
  );
  const session = await readSession(join(folder, 'from the page'));
  assert.equal(session.fights.length, 1);
  assert.deepEqual(
    session.events.map(({ key }) => key),
    ['Key.left', 'Key.left'],
  );
});

test('a recording whose page waits for a name is ended by a signal, and leaves nothing', async (t) => {
  const lacking = lacks('Xvfb');
  if (lacking) return t.skip(lacking);
  await using display = await openDisplay();
  using game = await openTestWindow({ display: display.name, title: 'waiting', width: 320, height: 180 });
  const run = startCli(['record', '--window', 'waiting', '--watch', '--out', join(folder, 'none')], {
    env: display.env,
  });
  await run.untilSaid('asks for the name');
  run.child.kill('SIGINT');
  const { code, stderr } = await run.result;
  assert.equal(code, 130, stderr);
  assert.equal(existsSync(join(folder, 'none')), false);
  game.destroy();
});

test("while the agent plays a window, the page distinguishes a person's keys from its own", async (t) => {
  const lacking = lacks('Xvfb');
  if (lacking) return t.skip(lacking);
  await using display = await openDisplay();
  using human = new SimulatedHuman(display.name);
  using game = await openTestWindow({ display: display.name, title: 'watched', width: 320, height: 180 });
  game.takeFocus();
  const run = startCli(
    ['play', '--window', 'watched', '--model', model, '--watch', '--view', 'none', '--runs', runs, '--any-rate'],
    { env: display.env },
  );
  t.after(() => void run.child.kill('SIGKILL'));
  using viewer = await watchStream(await watchUrlOf(run));
  await viewer.until(() => viewer.updates.some(({ ticks }) => ticks.length > 0));
  human.press(KEY.left);
  await viewer.until(() => viewer.updates.at(-1)?.ticks.at(-1)?.human === STUDY_ACTIONS.holding('LEFT'));
  await viewer.until(() => viewer.updates.some(({ state }) => state?.arming?.state === 'taken-over'));
  const last = viewer.updates.at(-1)!.ticks.at(-1)!;
  assert.equal(isHeld(last.held, 2), false, 'the agent holds nothing of it');
  human.release(KEY.left);
  await viewer.until(() => viewer.updates.at(-1)?.ticks.at(-1)?.human === 0);
  run.child.kill('SIGINT');
  await run.result;
  await viewer.ended;
});

test('a bench is watched too, and another terminal can ask where', async (t) => {
  const run = startCli(
    ['bench', '--arena', '--model', model, '--seconds', '30', '--watch', '--runs', runs, '--budget-ms', '1000'],
    { env: { ...withoutDisplay(), XDG_RUNTIME_DIR: folder } },
  );
  t.after(() => void run.child.kill('SIGKILL'));
  const url = await watchUrlOf(run);
  using viewer = await watchStream(url);
  await viewer.until(() => viewer.updates.flatMap(({ ticks }) => ticks).length > 3);
  const status = await runCli(['status', '--json'], { env: { ...withoutDisplay(), XDG_RUNTIME_DIR: folder } });
  assert.equal((status.json() as { watch: string }).watch, url, status.stderr);
  run.child.kill('SIGINT');
  await run.result;
  assert.equal(viewer.updates.findLast(({ state }) => state)?.state?.ended, true);
});

test('a taken port, and buttons where nothing acts, are errors with their codes', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const env = withoutDisplay();
  const play = ['play', '--arena', '--model', model, '--runs', runs];
  assertError(
    await runCli([...play, '--watch-port', String(port)], { env }),
    4,
    'port-taken',
    /another program listens/,
  );
  other.close();
  assertError(await runCli(['shadow', '--window', 'x', '--watch-control'], { env }), 2, 'bad-option', /shadow/);
  assertError(await runCli(['play', '--session', 'x', '--watch-control'], { env }), 2, 'bad-option', /session/);
  assertError(await runCli([...play, '--watch-port', '70000'], { env }), 2, 'bad-option', /65535/);
});
