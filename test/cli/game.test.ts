import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readGameFile } from '../../src/games/game-file.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { PROJECT_ROOT, runCli, type CliResult } from '../../testing/cli/cli.js';
import { KEY } from '../../testing/display/keycodes.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { drawGame, GAME_HEIGHT, GAME_WIDTH } from '../../testing/games/drawn-game.js';
import { RECORDED, recordGame } from '../../testing/games/recorded-game.js';
import { readImage } from '../../src/vision/image-file.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { until } from '../../testing/until.js';

const folder = folderForTests('game-verbs');
let session = '';

before(async () => {
  session = await recordGame(folder, 'drawn');
});

function gameFile(name: string): string {
  const path = join(folder, name, 'game.json');
  mkdirSync(join(folder, name), { recursive: true });
  const document = { $schema: './x.json', name: 'Drawn', window: { title: 'drawn game' }, rateHz: 10 };
  writeFileSync(path, JSON.stringify({ ...document, actions: [{ name: 'FIRE', key: 'z' }] }));
  return path;
}

/** The number of the left button among keycodes. */
const LEFT_BUTTON = 257;

const cue = (game: string, name: string, ...options: string[]): Promise<CliResult> =>
  runCli(['game', 'cue', game, name, ...options, '--json']);

interface Check {
  readonly fights: { fromSeconds: number; toSeconds: number; outcome: string; meters: Record<string, number> }[];
  readonly cues: Record<string, { seenPercent: number }>;
  readonly notes: string[];
  readonly samples: unknown[];
  readonly figures: string[];
  readonly window: object;
}

test('cues and meters are taken from a recording, and the fights in it are found within two frames', async () => {
  const game = gameFile('taken');
  const from = (seconds: number): string[] => ['--session', session, '--at', String(seconds)];
  assert.equal((await cue(game, 'fighting', ...from(1.5), '--region', '12,10,84,26')).code, 0);
  assert.equal((await cue(game, 'lost', ...from(2.8), '--region', '220,180,200,60')).code, 0);
  assert.equal((await cue(game, 'won', ...from(6.3), '--region', '0.34375,0.375,0.3125,0.125')).code, 0);
  assert.equal((await cue(game, 'health', ...from(1.5), '--region', '120,12,150,12', '--bar', 'left')).code, 0);
  // 12385 at 4.0 s, and 12396 to 12399: each digit that the recording's last numbers need
  const region = ['--region', '480,8,140,32'];
  for (const [seconds, reads] of [
    [4.0, '12385'],
    [5.9, '12404'],
  ] as const) {
    const taken = await cue(game, 'score', ...from(seconds), ...region, '--reads', reads);
    assert.equal(taken.code, 0, taken.stderr);
  }
  const written = readGameFile(game);
  assert.equal(written.name, 'Drawn');
  assert.deepEqual(written.cues.lost?.of, { width: GAME_WIDTH, height: GAME_HEIGHT });
  assert.ok(existsSync(written.cues.won!.picture));

  const out = join(folder, 'check');
  const run = await runCli(['game', 'check', game, '--session', session, '--out', out, '--json']);
  assert.equal(run.code, 0, run.stderr);
  const check = run.json() as Check;
  assert.deepEqual(
    check.fights.map(({ outcome }) => outcome),
    ['lost', 'won'],
  );
  const truth = [RECORDED.fight, RECORDED.lost, RECORDED.second, RECORDED.won];
  const found = check.fights.flatMap(({ fromSeconds, toSeconds }) => [10 * fromSeconds, 10 * toSeconds]);
  for (const [index, frame] of truth.entries()) assert.ok(Math.abs(found[index] - frame) <= 2, `${found.join()}`);
  assert.equal(check.fights[1].meters['score'], 12_345 + RECORDED.won - 1);
  assert.ok(Math.abs(check.fights[0].meters['health'] - (1 - 19 / 25)) < 0.05);
  assert.ok(check.notes.some((note) => /colours of the bar 'health' were learned. .*"full": "#/.test(note)));
  assert.equal(check.samples.length, RECORDED.end);
  assert.deepEqual(check.figures, [join(out, 'game-check.svg'), join(out, 'game-check.png')]);
  assert.match(readFileSync(check.figures[0], 'utf8'), /fighting/);
});

test('a cue of the scene instead of a panel flickers, and one that never comes is not seen: both are said', async () => {
  const game = gameFile('wrong');
  await cue(game, 'fighting', '--session', session, '--at', '1.5', '--region', '300,300,120,80');
  await cue(game, 'won', '--session', session, '--at', '6.3', '--region', '220,180,200,60');
  const run = await runCli(['game', 'check', game, '--session', session, '--seconds', '4', '--json']);
  const { notes } = run.json() as Check;
  assert.match(notes.join('\n'), /1 of 1 fights are shorter than 1 s: the cue flickers\./);
  assert.match(notes.join('\n'), /The cue 'won' was never seen: its best match was 0\.\d\d, and it counts from 0\.8/);
});

test('without a region the whole picture is written, to read its pixels off', async () => {
  const game = gameFile('whole');
  const run = await cue(game, 'fighting', '--session', session);
  assert.deepEqual((run.json() as { pictures: string[] }).pictures, [join(folder, 'whole', 'window.png')]);
  assert.match(run.stderr, /640x480 pixels/);
  assert.ok(existsSync(join(folder, 'whole', 'window.png')));
  assert.deepEqual(readGameFile(game).cues, {});
});

test('what cannot be a cue is refused before anything is written', async () => {
  const game = gameFile('refused');
  const written = readFileSync(game, 'utf8');
  const at = ['--session', session, '--at', '1.5'];
  assertError(
    await cue(game, 'fighting', ...at, '--region', '600,10,84,26'),
    2,
    'bad-option',
    /not within the picture/,
  );
  assertError(await cue(game, 'fighting', ...at, '--region', '600,10'), 2, 'bad-option', /--region/);
  assertError(await cue(game, 'fighting', ...at, '--region', '482,9,100,5'), 3, 'cue-invalid', /one gray/);
  assertError(await cue(game, 'fighting', ...at, '--region', '12,10,5,5'), 3, 'cue-invalid', /too small/);
  assertError(await cue(game, 'victory', ...at, '--region', '12,10,84,26'), 2, 'bad-option', /fighting, won, lost/);
  assertError(await cue(game, 'won', ...at, '--region', '12,10,84,26', '--bar', 'left'), 2, 'bad-option', /meters/);
  assertError(await cue(game, 'score', ...at, '--region', '480,8,140,32', '--reads', '12'), 3, 'cue-invalid', /digits/);
  assertError(await cue(game, 'score', ...at, '--reads', '12'), 2, 'bad-option', /no region yet/);
  assertError(await cue(game, 'won', '--session', session, '--window', 'x'), 2, 'bad-option', /leave/i);
  assertError(await cue(join(folder, 'none.json'), 'won', ...at), 3, 'file-missing', /game new/);
  assert.equal(readFileSync(game, 'utf8'), written);
});

test('game new without a terminal says what else can be done', async () => {
  assertError(await runCli(['game', 'new']), 4, 'no-terminal', /game cue/);
});

test('a cue that was taken from a window is seen in it, also when the window has grown', async (t) => {
  if (lacks('Xvfb')) return t.skip(String(lacks('Xvfb')));
  await using display = await openDisplay();
  const { env } = display;
  using window = await openTestWindow({
    display: display.name,
    title: 'a drawn game',
    width: GAME_WIDTH,
    height: GAME_HEIGHT,
  });
  // at depth 24 the fourth byte means nothing, and most games leave it at 0
  window.paintPixels((await drawGame()).pixels.map((value, place) => (place % 4 === 3 ? 0 : value)));
  const game = gameFile('window');
  const taken = await runCli(['game', 'cue', game, 'fighting', '--region', '12,10,84,26', '--json'], { env });
  assert.equal(taken.code, 0, taken.stderr);
  const [cuePicture] = (taken.json() as { pictures: string[] }).pictures;
  const { pixels } = await readImage(cuePicture);
  assert.ok(
    pixels.every((value, place) => place % 4 !== 3 || value === 255),
    'a viewer shows the picture, whatever alpha the window has',
  );
  await window.resize(800, 600);
  window.paintPixels((await drawGame({ scale: 1.25, seed: 3 })).pixels);
  const run = await runCli(['game', 'check', game, '--seconds', '0.5', '--json'], { env });
  const check = run.json() as Check;
  assert.equal(check.cues['fighting'].seenPercent, 100, run.stderr);
  assert.deepEqual(check.window, { width: 800, height: 600 });
  assert.ok(check.notes.some((note) => /640x480, and this one is 800x600/.test(note)));
});

test('game new asks in a terminal, hears the keys in the game’s window, and ends with a rehearsal', async (t) => {
  if (lacks('Xvfb', 'script')) return t.skip(String(lacks('Xvfb', 'script')));
  await using display = await openDisplay();
  using human = new SimulatedHuman(display.name);
  using window = await openTestWindow({
    display: display.name,
    title: 'a drawn game',
    width: GAME_WIDTH,
    height: GAME_HEIGHT,
  });
  const [play, menu] = [await drawGame(), await drawGame({ panel: false })];
  window.paintPixels(play.pixels);
  window.takeFocus();
  window.pointAt(300, 200);
  const out = join(folder, 'asked');
  const command = `${process.execPath} ${join(PROJECT_ROOT, 'bin', 'understudy.js')} game new --out ${out}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...display.env, TERM: 'dumb' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const closed = once(child, 'close');
  t.after(() => child.kill()); // of a test that failed
  /** Waits for a question that was not answered yet, then answers. */
  const answer = async (question: string, act: string | (() => void)): Promise<void> => {
    await until(`it asks: ${question}\n${shown}`, () => shown.includes(question), 20_000);
    shown = shown.slice(shown.indexOf(question) + question.length);
    if (typeof act === 'string') child.stdin.write(`${act}\n`);
    else act();
  };
  await answer('Which window is the game?', '');
  await answer('What is the game called?', 'Drawn');
  await answer('Name of action 1', 'two words');
  await answer('expected a letter, then', () => undefined);
  await answer('Name of action 1', 'UP');
  await answer('Key of UP', () => {
    for (const code of [LEFT_BUTTON, KEY.up]) {
      human.press(code); // the click brings a person to the game, and is not the key
      human.release(code);
    }
  });
  await answer('UP: Up', () => undefined);
  await answer('Name of action 2', 'SLOW');
  await answer('Key of SLOW', 'x');
  await answer('Name of action 3', '-');
  await answer('SLOW is taken back', () => undefined);
  await answer('Name of action 2', 'DOWN');
  await answer('Key of DOWN', 'code:ArrowUp');
  await answer('is the key of UP already', () => undefined);
  await answer('Key of DOWN', 'esc');
  await answer("'esc' is not the name of a key. Did you mean Escape?", () => undefined);
  await answer('Key of DOWN', 'code:KeyX');
  await answer('Name of action 3', '');
  await answer('Pairs that are never held together, as LEFT/RIGHT UP/DOWN [UP/DOWN]', '');
  await answer('Ticks a second [10]', '20');
  await answer('The part that matters', '0,48,641,432');
  await answer('The region 0,48,641,432 is not within the picture', () => undefined);
  await answer('The part that matters', '0,48,640,432');
  await answer("The cue 'fighting'", () => undefined);
  await answer('press Enter here', '1');
  await answer('looking in 1 s', () => undefined);
  await answer('Where is it', '12,10,84,26');
  await answer('Now a menu or a title, where it must not be seen', () => undefined);
  await answer('press Enter here', '');
  await answer('Seen there too: its best match is 1.00, and it counts from 0.8', () => undefined);
  await answer('press Enter here', '');
  await answer('Where is it', '12,10,84,26');
  await answer('Now a menu or a title', () => window.paintPixels(menu.pixels));
  await answer('press Enter here', '');
  await answer('Not seen there', () => window.paintPixels(play.pixels));
  await answer("The cue 'won'", () => undefined);
  await answer('press Enter here', '-');
  await answer("The cue 'lost'", () => undefined);
  await answer('press Enter here', '-');
  await answer('A rehearsal', () => undefined);
  await closed;
  assert.match(shown, /fighting\s+100 %/);
  const game = readGameFile(join(out, 'game.json'));
  assert.deepEqual(game.keys, { UP: 'Up', DOWN: 'code:KeyX' });
  assert.deepEqual(game.actions.rules().opposing, [['UP', 'DOWN']]);
  assert.deepEqual([game.name, game.rateHz, game.window.title], ['Drawn', 20, 'a drawn game']);
  assert.deepEqual(game.crop, { left: 0, top: 0.1, width: 1, height: 0.9 });
  assert.ok(game.cues.fighting !== undefined && game.cues.won === undefined);
});
