/** The windows of Windows, found and named, and what the program says of a session of Windows. Under Wine. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { WindowInfo, WindowQuery } from '../../src/capture/game-window.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { until } from '../../testing/until.js';
import { PATIENCE_MS, wineForTests } from '../../testing/windows/wine.js';
import type { Witness } from '../../testing/windows/witness.js';

const shared = wineForTests();

describe('windows of Windows', { skip: shared.skip }, () => {
  let first: Witness;
  let second: Witness;

  before(async () => {
    first = await shared.wine.openWitness('Witness of keys');
    second = await shared.wine.openWitness('Größe 字');
  });

  async function list(): Promise<readonly WindowInfo[]> {
    const result = await shared.wine.run(['windows', '--json']);
    assert.equal(result.code, 0, result.stderr);
    return result.json() as readonly WindowInfo[];
  }

  test('each is listed with its handle, its program, its process, and the size of its inside', async () => {
    const windows = await list();
    assert.equal(windows.length, 2);
    for (const [witness, title] of [
      [first, 'Witness of keys'],
      [second, 'Größe 字'],
    ] as const) {
      const { bounds, ...info } = windows.find(({ id }) => id === witness.id)!;
      const { id, pid } = witness;
      assert.deepEqual(info, { id, pid, title, app: 'witness.exe', visible: true, minimised: false });
      assert.deepEqual([bounds.width, bounds.height], [320, 180]);
    }
  });

  test('a title, an expression, a program, a process and a handle find theirs; several and none are refused', async () => {
    const queries: readonly (readonly [WindowQuery, number | string])[] = [
      [{ window: 'of KEYS' }, first.id],
      [{ window: 'größe' }, second.id],
      [{ window: '/^witness of \\w+$/i' }, first.id],
      [{ window: '/字$/' }, second.id],
      [{ app: 'witness.exe', window: 'keys' }, first.id],
      [{ pid: second.pid }, second.id],
      [{ windowId: first.id }, first.id],
      [{ app: 'Witness' }, 'window-ambiguous'],
      [{ window: 'none such' }, 'window-not-found'],
      [{ pid: first.pid, window: 'größe' }, 'window-not-found'],
      [{ windowId: 4_000_000_001 }, 'window-not-found'],
    ];
    const found = await shared.wine.probe('windows/find-windows', [JSON.stringify(queries.map(([query]) => query))]);
    assert.deepEqual(
      found,
      queries.map(([, expected]) => expected),
    );
  });

  test('a window that is not there is an error that lists those that are', async () => {
    const result = await shared.wine.run(['play', '--window', 'none such', '--seconds', '1']);
    assertError(result, 4, 'window-not-found', /Witness of keys/);
  });

  test("what needs an X display is refused: XTEST's keys and XInput 2's", async () => {
    const game = ['--window-id', `${first.id}`, '--seconds', '1'];
    assertError(
      await shared.wine.run(['play', ...game, '--sink', 'xtest']),
      2,
      'bad-option',
      /--sink xtest needs an X display/,
    );
    const recorded = await shared.wine.run([
      'record',
      ...game,
      ...['--no-video', '--name', 'refused', '--keys-from', 'xi2'],
    ]);
    assertError(recorded, 2, 'bad-option', /--keys-from xi2 needs an X display/);
  });

  test('doctor says what Windows offers, and which keys the game has on its layout', async () => {
    const result = await shared.wine.run(['doctor', '--json']);
    const { checks } = result.json() as {
      checks: readonly { name: string; ok: boolean; found: string; required: boolean }[];
    };
    const of = (name: string) => checks.find((check) => check.name === name);
    for (const name of ['windows', 'scaling', 'rights', 'timers', 'keys up', 'key UP', 'key JUMP'])
      assert.ok(of(name), `${name} is missing`);
    assert.match(of('windows')!.found, /^2 windows/);
    assert.match(of('key UP')!.found, /^Up is keycode 328$/);
    // what is for this machine and does not load under Wine is not a fault of Windows' own functions
    const failing = checks.filter(({ ok, required }) => !ok && required).map(({ name }) => name);
    assert.deepEqual(failing, ['canvas']);
  });

  test("Wine's own game is listed by the name of its program, and can be recorded", async () => {
    await using game = shared.wine.startProgram('winemine');
    let found: WindowInfo | undefined;
    const listsIt = async (): Promise<void> => {
      found = (await list()).find(({ app }) => app === 'winemine.exe');
    };
    await until('its process runs', () => shared.wine.processesWith('winemine').length > 0, PATIENCE_MS);
    for (let tries = 0; tries < 10 && found === undefined; tries += 1) await listsIt();
    assert.ok(found, `not listed: ${game.said}`);
    assert.ok(found.bounds.width > 100 && found.bounds.height > 100);
    const recorded = await shared.wine.run([
      ...['record', '--app', 'winemine', '--no-video', '--name', 'mine', '--seconds', '1', '--json'],
    ]);
    assert.equal(recorded.code, 0, recorded.stderr);
    const { frames } = recorded.json() as { frames: number };
    assert.ok(frames > 0, recorded.stdout);
  });
});
