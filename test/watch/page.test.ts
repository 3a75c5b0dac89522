/** The live page in a real Chromium beside a real run: it shows what the tick log has. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { TICK_STEPS } from '../../src/core/tick-report.js';
import { startCli, withoutDisplay } from '../../testing/cli/cli.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { openPage, overflowOf, untilShown, untilTick, watchUrlOf } from '../../testing/watch/watch-page.js';
import { lacks } from '../../testing/display/x-display.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const skip = lacks('chromium');
const folder = folderForTests('watch');

/** A line of ticks.jsonl. */
interface LoggedTick {
  readonly slot: number;
  readonly outcome: string;
  readonly gate?: string;
  readonly latenessMs: number;
  readonly latencyMs: number | null;
  readonly stageMs: Readonly<Record<string, number | undefined>>;
  readonly held: readonly string[];
  readonly ready: boolean;
  readonly probabilities: readonly number[] | null;
}

/** What the page shows, all of it of one drawing. */
interface Shown {
  readonly slot: string;
  readonly outcome: string;
  readonly times: Readonly<Record<string, string>>;
  readonly keys: readonly { readonly held: string; readonly probability: string }[];
  readonly rows: readonly (readonly string[])[];
  readonly strips: readonly number[];
}

const READ_PAGE = `(() => {
  const text = (selector, root = document) => root.querySelector(selector).textContent;
  const times = {};
  for (const row of document.querySelectorAll('[data-time]')) times[row.dataset.time] = text('td', row);
  return {
    slot: text('[data-count="slot"]'), outcome: text('[data-count="outcome"]'), times,
    keys: [...document.querySelectorAll('[data-action]')].map((row) =>
      ({ held: text('.lamp.agent', row), probability: text('.probability', row) })),
    rows: [...document.querySelectorAll('#tick-table tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent)),
    strips: [...document.querySelectorAll('.strip canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value, i) => i % 4 === 3 && value > 0).length;
    }),
  };
})()`;

const ms = (value: number | null | undefined): string => value?.toFixed(3) ?? '-';

function expectedRow(tick: LoggedTick): string[] {
  return [
    ...[String(tick.slot), tick.outcome, ms(tick.latenessMs), ms(tick.latencyMs)],
    ...TICK_STEPS.map((stage) => ms(tick.stageMs[stage])),
    ...[tick.held.join(' ') || '-', 'n/a'],
    ...STUDY_ACTIONS.names.map((_, index) => tick.probabilities?.[index].toFixed(3) ?? '-'),
    tick.gate ?? '-',
  ];
}

test(
  'the page shows what the tick log has, takes commands from the keyboard, and fits 1280 and 390 px',
  { skip },
  async (t) => {
    await smallBundle(join(folder, 'model'));
    const run = startCli(
      [
        'play',
        '--arena',
        '--model',
        join(folder, 'model'),
        '--fights',
        '50',
        '--watch-control',
        '--view',
        'none',
      ].concat([...['--runs', join(folder, 'runs'), '--budget-ms', '1000', '--json']]),
      { env: withoutDisplay() },
    );
    t.after(() => void run.child.kill('SIGKILL'));
    await using opened = await openPage(await watchUrlOf(run));
    const { page, errors } = opened;
    await untilTick(page, 25);
    await page.evaluate(`document.querySelector('details').open = true`);
    // a page that was opened late, on a busy machine, knows only what came since
    await untilShown(page, `document.querySelectorAll('#tick-table tbody tr').length === 20`);
    const snapshots: Shown[] = [];
    for (let i = 1; i <= 4; i += 1) {
      snapshots.push(await page.evaluate<Shown>(READ_PAGE));
      await untilTick(page, Number(snapshots.at(-1)!.slot) + 3);
    }
    assert.equal(await overflowOf(page), 0);
    const [colour, gray] = await Promise.all(['colour', 'gray'].map((id) => page.locator(`#${id}`).screenshot()));
    assert.ok(colour.length > 500 && gray.length > 500, 'there are pictures');

    // the keyboard alone: to the first button, and on to Pause
    await page.locator('[data-command="arm"]').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await untilShown(page, `document.querySelector('.chip').textContent === 'paused'`);
    await untilShown(page, `document.querySelector('#gate').textContent.startsWith('arming: paused')`);
    await untilShown(page, `document.querySelector('#gate-list').textContent.includes('arming: paused')`);
    await page.getByRole('button', { name: 'Arm' }).click();
    await untilShown(page, `document.querySelector('.chip').textContent === 'armed'`);
    await page.getByRole('button', { name: 'Panic' }).click();
    await untilShown(page, `document.querySelector('.chip').textContent === 'panicked'`);

    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'Arm' }).click();
    await untilTick(page, Number(snapshots.at(-1)!.slot) + 10);
    assert.equal(await overflowOf(page), 0);
    const boxes = await page.evaluate<number[]>(
      `[...document.querySelectorAll('canvas, button, section')].map((part) => part.getBoundingClientRect().right)`,
    );
    assert.ok(Math.max(...boxes) <= 390, `something reaches ${Math.max(...boxes)} px`);

    assert.deepEqual(errors, []);
    run.child.kill('SIGINT');
    const { runDir } = (await run.result).json() as { runDir: string };
    await untilShown(page, `document.querySelector('#link').textContent === 'the run is over'`);

    const lines = readFileSync(join(runDir, 'ticks.jsonl'), 'utf8').trimEnd().split('\n');
    const logged = new Map(lines.map((line) => JSON.parse(line) as LoggedTick).map((tick) => [tick.slot, tick]));
    for (const shown of snapshots) {
      const tick = logged.get(Number(shown.slot))!;
      assert.equal(shown.outcome, tick.outcome);
      for (const stage of TICK_STEPS)
        assert.equal(shown.times[stage], ms(tick.stageMs[stage]), `${stage} of ${shown.slot}`);
      assert.equal(shown.times['latency'], ms(tick.latencyMs));
      assert.equal(shown.times['lateness'], ms(tick.latenessMs));
      assert.deepEqual(
        shown.keys,
        STUDY_ACTIONS.names.map((action, index) => ({
          held: tick.held.includes(action) ? 'held' : '-',
          probability: tick.ready ? tick.probabilities![index].toFixed(3) : '-',
        })),
      );
      assert.equal(shown.rows.length, 20);
      for (const row of shown.rows) assert.deepEqual(row, expectedRow(logged.get(Number(row[0]))!));
      assert.ok(
        shown.strips.every((painted) => painted > 0),
        `strips with something on them: ${shown.strips.join(' ')}`,
      );
    }
  },
);

test('an address without its token says what to do, in words', { skip }, async (t) => {
  await smallBundle(join(folder, 'other'));
  const run = startCli(
    ['play', '--arena', '--model', join(folder, 'other'), '--watch', '--view', 'none', '--runs', join(folder, 'runs')],
    { env: withoutDisplay() },
  );
  t.after(() => void run.child.kill('SIGKILL'));
  const url = await watchUrlOf(run);
  await using opened = await openPage(new URL('/', url).href);
  assert.match((await opened.page.textContent('body'))!, /wrong token: open the address that understudy printed/);
  await opened.page.goto(url);
  await untilTick(opened.page, 3);
  assert.equal(await opened.page.isVisible('#controls'), false, 'read-only');
  run.child.kill('SIGINT');
  assert.equal((await run.result).code, 130);
});
