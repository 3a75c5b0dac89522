/** A game whose cues mark its fights: in every verb that records a window, without a hot key. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { checkSession } from '../../src/session/check.js';
import { readSession } from '../../src/session/session.js';
import { writeImage } from '../../src/vision/image-file.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli } from '../../testing/cli/cli.js';
import { openTestWindow, patternPixel } from '../../testing/display/test-window.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { until } from '../../testing/until.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const SIZE = { width: 320, height: 180 };
const folder = folderForTests('record-cues');
const game = join(folder, 'game.json');
const model = join(folder, 'model');

/** A fight is on while the window shows the pattern: its cue is a part of it. */
before(async () => {
  const box = { left: 40, top: 20, width: 32, height: 24 };
  const pixels = new Uint8Array(4 * box.width * box.height);
  for (let place = 0; place < box.width * box.height; place += 1) {
    const [x, y] = [box.left + (place % box.width), box.top + Math.floor(place / box.width)];
    pixels.set([...patternPixel(x, y), 255], 4 * place);
  }
  await writeImage(join(folder, 'cue.png'), { width: box.width, height: box.height, pixels });
  const region = {
    ...{ left: (box.left - 4) / SIZE.width, top: (box.top - 4) / SIZE.height },
    ...{ width: (box.width + 8) / SIZE.width, height: (box.height + 8) / SIZE.height },
  };
  const meters = {
    bar: {
      kind: 'bar',
      region: { left: 0, top: 0.9, width: 1, height: 0.1 },
      from: 'left',
      full: '#404040',
      empty: '#000000',
    },
  };
  const cues = { fighting: { picture: 'cue.png', region, of: SIZE } };
  writeFileSync(game, JSON.stringify({ name: 'Pattern', window: { title: 'cued' }, cues, meters }));
  await smallBundle(model);
});

const RECORDING = {
  record: (name: string) => ['record', '--game', game, '--out', folder, '--name', name],
  shadow: (name: string) => ['shadow', '--game', game, '--out', folder, '--name', name, '--model', model],
  play: (name: string) => [
    ...['play', '--game', game, '--record', join(folder, name), '--model', model, '--dry-run', '--view', 'none'],
  ],
} as const;

for (const [verb, command] of Object.entries(RECORDING)) {
  test(`${verb}: a fight begins when its cue is seen and ends when it is gone, without a hot key`, async (t) => {
    const lacking = lacks('Xvfb', 'xinput');
    if (lacking) return t.skip(lacking);
    await using display = await openDisplay();
    using window = await openTestWindow({ display: display.name, title: 'cued', ...SIZE });
    window.takeFocus();
    const more = verb === 'record' ? [] : ['--runs', join(folder, 'runs'), '--budget-ms', '5000'];
    const run = startCli([...command(verb), ...more], { env: display.env });
    t.after(() => void run.child.kill('SIGKILL'));
    await run.untilSaid('recording ');
    const log = join(folder, `${verb}_events.jsonl`);
    const markers = (): string[] =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .split('\n')
            .filter((line) => line.includes('"marker"'))
        : [];
    for (const fight of [1, 2]) {
      window.paintPattern();
      await until('the fight is marked', () => markers().length === 2 * fight - 1);
      window.paint(0x404040);
      await until('its end is marked', () => markers().length === 2 * fight);
    }
    run.child.kill('SIGINT');
    assert.equal((await run.result).code, 130);
    const session = await readSession(join(folder, verb));
    assert.deepEqual(
      session.fights.map(({ outcome }) => outcome),
      ['ended', 'ended'],
    );
    assert.equal(session.header?.game, 'Pattern');
    assert.ok(session.meters.length > 0);
    assert.deepEqual(
      (await checkSession(session)).problems.filter(({ code }) => code !== 'gap'),
      [],
    );
  });
}

test('a cue that shows nothing is refused before anything is recorded', async (t) => {
  if (lacks('Xvfb')) return t.skip(String(lacks('Xvfb')));
  await using display = await openDisplay();
  using window = await openTestWindow({ display: display.name, title: 'cued', ...SIZE });
  window.takeFocus();
  await writeImage(join(folder, 'plain.png'), { width: 16, height: 16, pixels: new Uint8Array(1024).fill(90) });
  const written = JSON.parse(readFileSync(game, 'utf8')) as { cues: { fighting: object } };
  const bad = { ...written, cues: { fighting: { ...written.cues.fighting, picture: 'plain.png' } } };
  writeFileSync(join(folder, 'bad.json'), JSON.stringify(bad));
  const env = { env: display.env };
  const record = ['record', '--game', join(folder, 'bad.json'), '--out', folder, '--name', 'never'];
  assertError(await runCli(record, env), 3, 'cue-invalid', /plain\.png/);
  assert.equal(existsSync(join(folder, 'never_events.jsonl')), false);
});

test('session mark is refused with its reasons', async () => {
  const mark = (...args: string[]) => runCli(['session', 'mark', ...args]);
  assertError(await mark(join(folder, 'absent'), '--game', game), 3, 'file-missing', /absent/);
  assertError(await mark('x', '--game', 'no-such-game'), 3, 'file-missing', /no-such-game/);
  assert.equal((await mark('x')).code, 2, 'without a game');
});
