/** `--inside`: a game on a screen of its own, played there and nowhere else; nothing of it is left, however the run ends. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ScreenKind } from '../../src/screen/kinds.js';
import { sendKey } from '../../src/desktop/x11/xtest.js';
import type { RunSummary } from '../../src/runs/summary.js';
import { runCli, startCli, withoutDisplay, type CliResult, type RunningCli } from '../../testing/cli/cli.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { KEY } from '../../testing/display/keycodes.js';
import { KeyWitness } from '../../testing/display/key-witness.js';
import { openWaylandDesktop, type WaylandDesktop } from '../../testing/display/wayland-desktop.js';
import { displayForTests, lacks } from '../../testing/display/x-display.js';
import { writeWindowGame, type WrittenGame } from '../../testing/games/window-game-file.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { folderForTests } from '../../testing/temporary-folder.js';
import { until } from '../../testing/until.js';

const PROGRAMS = { xvfb: ['Xvfb'], xephyr: ['Xvfb', 'Xephyr'], xwayland: ['Xvfb', 'Xwayland', 'weston'] } as const;
const skip = lacks('Xvfb', 'xinput');
const folder = folderForTests('inside');
/** The display around the private screens, where no key may arrive. */
const outer = displayForTests({ unless: skip !== false });
const model = join(folder, 'jumper');
const runtime = join(folder, 'runtime');
let wayland: WaylandDesktop | null = null;

before(async () => {
  if (skip) return;
  mkdirSync(runtime, { mode: 0o700 });
  // holds JUMP from its first full window on, a second after a fight has begun
  await smallBundle(model, { actions: ['JUMP', 'DUCK'] });
  if (!lacks(...PROGRAMS.xwayland)) wayland = await openWaylandDesktop(folder);
});
after(() => wayland?.[Symbol.asyncDispose]());

/** The environment in which a kind is asked for: what would show it, and the outer display in any case. */
function environmentFor(kind: ScreenKind): NodeJS.ProcessEnv {
  const env = { ...outer.env, XDG_RUNTIME_DIR: runtime };
  return kind === 'xwayland' ? { ...env, WAYLAND_DISPLAY: wayland!.env.WAYLAND_DISPLAY } : env;
}

function startPlay(env: NodeJS.ProcessEnv, ...more: string[]): RunningCli {
  const args = ['play', '--model', model, '--threshold', 'JUMP=0.001/0.0005,DUCK=1', '--view', 'none', '--json'];
  const pace = ['--budget-ms', '5000', '--lease-ms', '5000', '--runs', join(folder, 'runs')];
  return startCli([...args, ...pace, ...more], { env });
}

const inGame = (game: WrittenGame, kind: string): string[] => ['--game', game.path, '--allow-launch', '--inside', kind];

/** What the game itself has seen of the key of JUMP. */
const jumps = (game: WrittenGame): boolean[] =>
  game.log().flatMap(({ keycode, down }) => (keycode === KEY.space ? [down!] : []));

const untilJumped = (game: WrittenGame): Promise<void> =>
  until('the game has seen JUMP', () => jumps(game).length > 0, 60_000);

/** Of the processes whose command line has a text. */
function pidsOf(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false; // it has ended
      }
    })
    .map(Number);
}

/** The program of a game file, and its arguments. */
function commandOf({ path }: WrittenGame): string[] {
  const { launch } = JSON.parse(readFileSync(path, 'utf8')) as { launch: { command: string[] } };
  return launch.command;
}

const gameLog = (game: WrittenGame): string => join(dirname(game.path), 'game.jsonl');

interface StartedScreen {
  readonly number: string;
  readonly serverPid: number;
}

/** The private screen, once the run has said that it is there. */
async function screenOf(run: RunningCli): Promise<StartedScreen> {
  let said = '';
  run.child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await run.untilSaid('on a screen of its own');
  const number = /at :(\d+) /.exec(said)![1];
  const [serverPid] = pidsOf(join(runtime, 'understudy', 'screen-'));
  return { number, serverPid };
}

/** Game, server, keeper and authority file are gone. */
async function assertNothingLeft(game: WrittenGame, { serverPid }: StartedScreen): Promise<void> {
  await until('the game has ended', () => pidsOf(gameLog(game)).length === 0, 10_000);
  await until('the server has ended', () => !existsSync(`/proc/${serverPid}`), 10_000);
  await until('its keeper has ended', () => screenFolders().length === 0, 10_000);
}

const screenFolders = (): string[] => {
  const path = join(runtime, 'understudy');
  return existsSync(path) ? readdirSync(path).filter((name) => name.startsWith('screen-')) : [];
};

/** The error of a screen that was lost; what the run had done until then is printed too. */
function assertLost({ code, stderr }: CliResult, says: RegExp): void {
  assert.equal(code, 4, stderr);
  assert.ok(stderr.includes('code      screen-failed (exit 4)'), stderr);
  assert.match(stderr, says);
}

/** How a run can end, and what is seen of it. */
const ENDS: Readonly<
  Record<
    string,
    {
      readonly act: (run: RunningCli, game: WrittenGame, serverPid: number) => void;
      readonly check: (result: CliResult) => void;
    }
  >
> = {
  'Ctrl-C': {
    act: (run) => run.child.kill('SIGINT'),
    check: ({ code, stderr }) => assert.equal(code, 130, stderr),
  },
  'SIGKILL of the daemon': {
    act: (run) => run.child.kill('SIGKILL'),
    check: ({ signal }) => assert.equal(signal, 'SIGKILL'),
  },
  'a game that crashes': {
    act: (_, game) => pidsOf(gameLog(game)).forEach((pid) => process.kill(pid, 'SIGSEGV')),
    check: (result) => {
      assert.equal(result.code, 0, result.stderr);
      assert.equal((result.json() as RunSummary).outcome, 'ended');
      assert.match(result.stderr, /the game was ended by SIGSEGV/);
    },
  },
  'SIGKILL of the server': {
    act: (_, __, serverPid) => process.kill(serverPid, 'SIGKILL'),
    check: (result) => {
      assertLost(result, /The private screen was lost: \w+ was ended by SIGKILL, and the game with it/);
      assert.match(result.stderr, /next\s+Look into .*server\.log/);
    },
  },
};

for (const kind of ['xvfb', 'xephyr', 'xwayland'] as const) {
  const skipKind = skip || lacks(...PROGRAMS[kind]);

  test(
    `${kind}: the game gets its keys, the display around it none, and all ends with the run`,
    { skip: skipKind },
    async () => {
      await using witness = await KeyWitness.on(outer);
      const game = await writeWindowGame(folder, `${kind}-end`, { begins: 'auto', fightMs: 1500 });
      const run = startPlay(environmentFor(kind), ...inGame(game, kind), '--fights', '2');
      const screen = await screenOf(run);
      const result = await run.result;
      assert.equal(result.code, 0, result.stderr);
      const { fights, edgesSent } = result.json() as RunSummary;
      assert.equal(fights.length, 2);
      // the release at the end of the run may come after the game has looked for the last time
      const presses = game.log().filter(({ down }) => down === true);
      assert.equal(2 * presses.length, edgesSent, JSON.stringify(game.log()));
      assert.ok(jumps(game).includes(true));
      assert.deepEqual(await witness.log(), []);
      await assertNothingLeft(game, screen);
    },
  );

  for (const [how, { act, check }] of Object.entries(ENDS)) {
    test(`${kind}: nothing is left after ${how}`, { skip: skipKind }, async () => {
      const game = await writeWindowGame(folder, `${kind}-${how.replace(/\W/g, '-')}`, {
        begins: 'auto',
        fightMs: 60_000,
      });
      const run = startPlay(environmentFor(kind), ...inGame(game, kind));
      const screen = await screenOf(run);
      await untilJumped(game);
      act(run, game, screen.serverPid);
      check(await run.result);
      await assertNothingLeft(game, screen);
    });
  }
}

test('a game that leaves its launcher and its session is ended too', { skip }, async () => {
  const game = await writeWindowGame(folder, 'forks', { begins: 'auto', fightMs: 60_000 });
  const run = startPlay(
    { ...withoutDisplay(), XDG_RUNTIME_DIR: runtime },
    ...['--game', game.path, '--inside', 'auto', '--', 'setsid', '--fork', ...commandOf(game)],
  );
  const screen = await screenOf(run);
  await untilJumped(game);
  run.child.kill('SIGKILL');
  await run.result;
  await assertNothingLeft(game, screen);
});

test('no program without its secret can open the screen', { skip: skip || lacks('xdpyinfo') }, async () => {
  const game = await writeWindowGame(folder, 'secret', { begins: 'auto', fightMs: 60_000 });
  const run = startPlay(environmentFor('xvfb'), ...inGame(game, 'xvfb'));
  const { number } = await screenOf(run);
  const [secret] = screenFolders();
  const opens = (XAUTHORITY: string): number | null =>
    spawnSync('xdpyinfo', ['-display', `:${number}`], { env: { ...process.env, XAUTHORITY } }).status;
  assert.equal(opens(join(runtime, 'understudy', secret, 'authority')), 0);
  assert.equal(opens('/dev/null'), 1);
  run.child.kill('SIGINT');
  await run.result;
});

test('in Xephyr a person at the keyboard takes over', { skip: skip || lacks('Xephyr') }, async () => {
  const game = await writeWindowGame(folder, 'person', { begins: 'auto', fightMs: 60_000 });
  const run = startPlay(environmentFor('xephyr'), ...inGame(game, 'xephyr'));
  await untilJumped(game);
  // the pointer of a display without a window manager is over the window of Xephyr, which gets the keys
  sendKey(outer.eyes, KEY.down, true);
  await until('JUMP is released', () => jumps(game).at(-1) === false, 10_000);
  sendKey(outer.eyes, KEY.down, false);
  const keys = game.log().map(({ keycode }) => keycode);
  assert.ok(keys.includes(KEY.down), "the game gets the person's key");
  run.child.kill('SIGINT');
  const result = await run.result;
  const { releases } = result.json() as RunSummary;
  assert.ok(
    releases.some(({ reason }) => reason === 'takeover'),
    JSON.stringify(releases),
  );
});

test('record sees the person who plays in Xephyr', { skip: skip || lacks('Xephyr') }, async () => {
  const game = await writeWindowGame(folder, 'recorded', { begins: 'auto', fightMs: 60_000 });
  const args = ['record', '--game', game.path, '--inside', 'xephyr', '--name', 'person', '--out', folder, '--json'];
  const run = startCli([...args, '--', ...commandOf(game)], { env: environmentFor('xephyr') });
  await run.untilSaid('in the window:');
  for (const down of [true, false]) {
    sendKey(outer.eyes, KEY.space, down);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  run.child.kill('SIGINT');
  const result = await run.result;
  assert.equal((result.json() as { presses: number }).presses, 1, result.stderr);
});

test('evaluate and bench play on a screen of their own', { skip }, async () => {
  const env = environmentFor('xvfb');
  const game = await writeWindowGame(folder, 'evaluated', { begins: 'auto', fightMs: 500 });
  const runs = ['--runs', join(folder, 'runs'), '--json'];
  const evaluate = await runCli(['evaluate', ...inGame(game, 'auto'), '--fights', '1', '--players', 'idle', ...runs], {
    env,
  });
  assert.equal(evaluate.code, 0, evaluate.stderr);
  assert.match(evaluate.stderr, /Xephyr at|Xvfb at/);
  const bench = ['bench', ...inGame(game, 'xvfb').filter((word) => word !== '--allow-launch'), '--model', model];
  const lax = ['--seconds', '1', '--budget-ms', '5000', '--p99-ms', '5000', '--miss-rate', '1', '--lease-ms', '5000'];
  const measured = await runCli([...bench, ...lax, ...runs, '--', ...commandOf(game)], { env });
  assert.equal(measured.code, 0, measured.stderr);
  await until('no screen is left', () => screenFolders().length === 0);
});

const bare: NodeJS.ProcessEnv = { ...withoutDisplay(), XDG_RUNTIME_DIR: runtime };
const inXvfb = ['play', '--inside', 'xvfb', '--view', 'none', '--runs', join(folder, 'runs')];

test(
  'a game that cannot be started, or opens no window, or two, is an error that names what to do',
  { skip },
  async () => {
    const absent = await runCli([...inXvfb, '--', 'no-such-game'], { env: bare });
    assertError(absent, 4, 'launch-failed', /The game no-such-game could not be started: .*ENOENT/);
    const windowless = await runCli([...inXvfb, '--wait', '0.5', '--', 'sh', '-c', 'echo loading; exec sleep 600'], {
      env: bare,
    });
    assertError(windowless, 4, 'launch-failed', /it runs, but no window that fits opened within 0\.5 s/);
    assert.match(windowless.stderr, /It printed last:\s+loading/);
    const [one, two] = [await writeWindowGame(folder, 'one'), await writeWindowGame(folder, 'two')];
    const commands = [one, two].map(commandOf);
    const both = commands.map((words) => words.map((word) => `'${word}'`).join(' ')).join(' & ');
    const ambiguous = await runCli([...inXvfb, '--', 'sh', '-c', `${both} & wait`], { env: bare });
    assertError(ambiguous, 4, 'window-ambiguous', /2 windows are open:\s+\d+ "the window game"/);
    assert.match(ambiguous.stderr, /next\s+Choose one by its title or its program: --window/);
    await until('no screen is left', () => screenFolders().length === 0);
  },
);

test('a screen that cannot be had is an error that says why, and what else there is', { skip }, async () => {
  const { path: programs } = openPrograms();
  const broken = await runCli([...inXvfb, '--', 'sleep', '1'], { env: { ...bare, PATH: `${programs}:${bare.PATH}` } });
  assertError(broken, 4, 'screen-failed', /The private screen could not be started: Xvfb ended with code 1/);
  assert.match(broken.stderr, /It printed last:\s+Cannot establish any listening sockets/);
  const none = await runCli(['play', '--inside', 'auto', '--', 'sleep', '1'], { env: { ...bare, PATH: '/nowhere' } });
  assertError(none, 4, 'screen-failed', /No X server for a private screen is installed \(looked for Xvfb\)/);
  const unseen = await runCli(['play', '--inside', 'xephyr', '--', 'sleep', '1'], { env: bare });
  assertError(unseen, 4, 'screen-failed', /Xephyr shows a screen in a window of the X11 session, and there is none/);
});

/** A folder with an Xvfb that finds no free display. */
function openPrograms(): { readonly path: string } {
  const path = join(folder, 'programs');
  mkdirSync(path);
  const script = "#!/bin/sh\necho 'Cannot establish any listening sockets' >&2\nexit 1\n";
  writeFileSync(join(path, 'Xvfb'), script, { mode: 0o755 });
  return { path };
}

test('what has no use is refused', async () => {
  const refused = async (says: RegExp, ...args: string[]): Promise<void> =>
    assertError(await runCli(args, { env: bare }), 2, 'bad-option', says);
  await refused(/The command 'xjump -x' has no use without --inside/, 'play', '--', 'xjump', '-x');
  await refused(/--inside xvfb needs a game to start: its screen is empty/, 'play', '--inside', 'xvfb');
  await refused(/--inside xvfb needs a game to start/, 'play', '--inside', 'xvfb', '--window', 'xjump');
  await refused(/--inside-size has no use without --inside/, 'play', '--window', 'x', '--inside-size', '640x480');
  await refused(/--inside has no use for the arena in this process/, 'play', '--arena', '--inside', 'xvfb');
  await refused(
    /--inside 'moon': expected one of auto, xwayland, xephyr, xvfb/,
    'play',
    '--inside',
    'moon',
    '--',
    'xjump',
  );
});

test('a keeper that is killed takes the server along, and the game is ended all the same', { skip }, async () => {
  const game = await writeWindowGame(folder, 'keeper', { begins: 'auto', fightMs: 60_000 });
  const run = startPlay(environmentFor('xvfb'), ...inGame(game, 'xvfb'));
  const screen = await screenOf(run);
  await untilJumped(game);
  const [keeper] = pidsOf('screen/keeper.js');
  process.kill(keeper, 'SIGKILL');
  const result = await run.result;
  assertLost(result, /Xvfb lost its keeper \(SIGKILL\), and the game with it/);
  await assertNothingLeft(game, screen);
});

test('a launcher that leaves nothing behind is an error at once', { skip }, async () => {
  const result = await runCli([...inXvfb, '--', 'true'], { env: bare });
  assertError(
    result,
    4,
    'launch-failed',
    /it ended with code 0 before its window was there, and nothing of it is left/,
  );
});

test('a game file cannot send its game to another display', { skip }, async () => {
  const game = await writeWindowGame(folder, 'elsewhere', { begins: 'auto', fightMs: 1000 });
  const file = JSON.parse(readFileSync(game.path, 'utf8')) as { launch: { env?: Record<string, string> } };
  file.launch.env = { DISPLAY: outer.name };
  writeFileSync(game.path, JSON.stringify(file));
  const result = await startPlay(environmentFor('xvfb'), ...inGame(game, 'xvfb'), '--fights', '1').result;
  assert.equal(result.code, 0, result.stderr);
});

test('auto falls back to Xvfb where the session that is named is gone', { skip: skip || lacks('Xephyr') }, async () => {
  const game = await writeWindowGame(folder, 'gone', { begins: 'auto', fightMs: 1000 });
  const env = { ...environmentFor('xvfb'), DISPLAY: ':4321' };
  const result = await startPlay(env, ...inGame(game, 'auto'), '--fights', '1').result;
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stderr, /Xvfb at :\d+ \(Xephyr could not be started; it is not shown/);
});

test('where logs cannot be kept, and where no person can play, is said', { skip }, async () => {
  writeFileSync(join(folder, 'a-file'), '');
  const unwritable = [...inXvfb.slice(0, -1), join(folder, 'a-file'), '--', 'sleep', '1'];
  assertError(
    await runCli(unwritable, { env: bare }),
    4,
    'write-failed',
    /The folder of logs .*a-file\/screens.* cannot be made/,
  );
  const unseen = await runCli(['record', '--inside', 'auto', '--out', folder, '--name', 'x', '--', 'sleep', '1'], {
    env: bare,
  });
  assertError(unseen, 4, 'screen-failed', /No one can play on Xvfb: it is not shown, and has no keyboard/);
  const command = await runCli(['record', '--inside', 'xephyr', '--name', 'x'], { env: bare });
  assertError(command, 2, 'bad-option', /--inside xephyr needs a game to start/);
  assert.match(command.stderr, /next\s+End the line with the command/);
});
