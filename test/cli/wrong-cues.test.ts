/** Cues that are wrong, in the verbs that follow fights by them, on a real window: it is said, with what to do. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readSession } from '../../src/session/session.js';
import { runCli, type CliResult } from '../../testing/cli/cli.js';
import { displayWithBundle } from '../../testing/display/display-with-bundle.js';
import { lacks } from '../../testing/display/x-display.js';
import { GAME_HEIGHT, GAME_WIDTH, regionOf } from '../../testing/games/drawn-game.js';
import type { WindowGameOptions } from '../../testing/games/window-game.js';
import { writeWindowGame, type WrittenGame } from '../../testing/games/window-game-file.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { until } from '../../testing/until.js';

const stage = displayWithBundle('wrong-cues');
const { folder } = stage;
const skip = lacks('Xvfb', 'xinput');

/** A part of the game as a cue; its picture lies beside each game file. */
const cueOf = (part: 'fighting' | 'won' | 'lost'): object => ({
  picture: `${part}.png`,
  region: regionOf(part, 6),
  of: { width: GAME_WIDTH, height: GAME_HEIGHT },
});

interface Wrong {
  readonly game: Partial<WindowGameOptions>;
  /** Undefined: those that fit the game. */
  readonly cues?: Readonly<Record<string, object>>;
  /** Outcomes of the fights in a recording; `all`: of each fight that it saw. */
  readonly recorded: readonly (string | undefined)[] | 'all';
  readonly says: readonly RegExp[];
}

/** Fights follow each other; without a jump each is lost. */
const CASES: Readonly<Record<string, Wrong>> = {
  'of something else': {
    ...{ game: {}, cues: { fighting: cueOf('won'), lost: cueOf('lost') }, recorded: [] },
    says: [/'fighting' was never seen: its best match was -?0\.\d\d/, /take it again/, /No fight was seen/],
  },
  'that is in the menus too': {
    ...{ game: { panelInMenus: true }, cues: { fighting: cueOf('fighting') }, recorded: [undefined] },
    says: [
      /'fighting' was seen in every picture, so menus would count as fights\. If a menu was shown too, take it again/,
    ],
  },
  'of which two are seen at once': {
    ...{ game: {}, cues: { fighting: cueOf('fighting'), lost: cueOf('fighting') }, recorded: [] },
    says: [/'fighting' and 'lost' are seen together in \d\d % .* Take 'lost' again/, /No fight was seen/],
  },
  'taken in a window of twice the size': {
    ...{ game: { scale: 0.5 }, recorded: 'all' },
    says: [/'fighting' was taken in a window of 640x480, and this one is 320x240: it is scaled/],
  },
  'taken in a window of half the size': {
    ...{ game: { scale: 2 }, recorded: 'all' },
    says: [/'lost' was taken in a window of 640x480, and this one is 1280x960: it is scaled/],
  },
};

function written(name: string, { game, cues }: Wrong): Promise<WrittenGame> {
  const changed = cues === undefined ? {} : { cues };
  return writeWindowGame(folder, name, { begins: 'auto', ...game }, { ...changed, restart: undefined });
}

/** Starts the game itself, as a person would, until the end of the test. */
async function start(t: TestContext, game: WrittenGame): Promise<void> {
  const { launch } = JSON.parse(readFileSync(game.path, 'utf8')) as { launch: { command: string[] } };
  const [program, ...args] = launch.command;
  const child = spawn(program, args, { env: stage.display.env, stdio: 'inherit' });
  const closed = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await closed; // with its window, which fits the next game too
  });
  await until('the game has begun', () => game.log().length > 0, 30_000);
}

function assertSaid({ stderr }: Pick<CliResult, 'stderr'>, says: readonly RegExp[]): void {
  for (const part of says) assert.match(stderr, part);
}

for (const [what, wrong] of Object.entries(CASES)) {
  test(`a cue ${what}: a recording says what happened to its fights`, { skip }, async (t) => {
    const name = what.replaceAll(' ', '-');
    const game = await written(name, wrong);
    await start(t, game);
    const session = join(folder, `${name}-session`);
    const record = ['record', '--game', game.path, '--out', folder, '--name', `${name}-session`, '--seconds', '5'];
    const result = await runCli([...record, '--wait', '30', '--json'], { env: stage.display.env });
    assert.equal(result.code, 0, result.stderr);
    assertSaid(result, wrong.says);
    const outcomes = (await readSession(session)).fights.map(({ outcome }) => outcome);
    if (wrong.recorded === 'all')
      assert.ok(outcomes.filter((outcome) => outcome === 'lost').length >= 1, `${outcomes.join()}`);
    else assert.deepEqual(outcomes, wrong.recorded, result.stderr);
    const advice = `understudy session mark ${session} --game ${game.path}`;
    assert.equal(result.stderr.includes(advice), outcomes.length === 0, result.stderr);

    const check = await runCli(['game', 'check', game.path, '--session', session, '--json'], {
      env: stage.display.env,
    });
    assert.equal(check.code, 0, check.stderr);
    assertSaid({ stderr: (check.json() as { notes: string[] }).notes.join('\n') }, wrong.says);
  });
}

test(
  'a game whose fights are never seen presses nothing, and says so while it plays and at its end',
  { skip },
  async () => {
    const game = await written('unseen', CASES['of something else']);
    const model = join(folder, 'jumper');
    await smallBundle(model, { actions: ['JUMP', 'DUCK'] });
    const play = [
      'play',
      '--game',
      game.path,
      '--model',
      model,
      '--threshold',
      'JUMP=0.001/0.0005,DUCK=1',
      '--activate',
    ];
    const more = ['--view', 'none', '--budget-ms', '5000', '--runs', join(folder, 'runs'), '--json'];
    const limits = ['--fights', '1', '--seconds', '12', '--allow-launch'];
    const result = await runCli([...play, ...more, ...limits], { env: stage.display.env });
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual((result.json() as { fights: unknown[] }).fights, []);
    assert.deepEqual(
      game.log().filter(({ keycode }) => keycode !== undefined),
      [],
      'no key has reached the game',
    );
    assert.match(
      result.stderr,
      /no fight was seen for 10 s, and without one nothing is pressed\nnote: The cue 'fighting'/,
    );
    assert.equal(result.stderr.match(/note: No fight was seen\./g)?.length, 2, result.stderr);
  },
);
