/**
 * A screen of its own for a game: an X server that this run starts, that only it can open, and that ends with it and
 * takes the game with it. Keys sent there cannot reach any other window of the machine.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { UnderstudyError } from '../core/errors.js';
import { makeRuntimeFolder } from '../system/runtime-folder.js';
import type { KeeperOrder, KeeperWord } from './keeper-protocol.js';
import {
  argsOf,
  chooseKind,
  EVERY_SERVER,
  problemOf,
  screenFailed,
  SERVERS,
  type ChosenKind,
  type ScreenChoice,
  type ScreenSize,
} from './kinds.js';
import { endMarked, markedProcesses, markOf } from './marked-processes.js';

/** A server answers within a tenth of a second; on a starved machine much later. ms */
const READY_WITHIN_MS = 20_000;

/** The keeper waits 3 s for the game and 1 s for the server. ms */
const ENDED_WITHIN_MS = 10_000;

/** Of the server's log, shown in an error. */
const LAST_LINES = 4;

/** The environment of a program that is to open its windows there, and not on the desktop around it. */
const ON_X11 = {
  XDG_SESSION_TYPE: 'x11',
  GDK_BACKEND: 'x11',
  QT_QPA_PLATFORM: 'xcb',
  SDL_VIDEODRIVER: 'x11',
  MOZ_ENABLE_WAYLAND: '0',
};

export interface ScreenRequest {
  readonly kind: ScreenChoice;
  /** px; null: the default, or what the server chooses where it takes none. */
  readonly size: ScreenSize | null;
  /** Folder of the logs of server and game. */
  readonly logs: string;
}

export class PrivateScreen implements AsyncDisposable {
  /** ":7" */
  readonly display: string;
  readonly chosen: ChosenKind;
  /** What a game needs in its environment besides this process's. */
  readonly gameEnvironment: Readonly<Record<string, string>>;
  /** Where the game's output goes. */
  readonly gameLog: string;
  /** Resolves once the screen has ended, with how it did: the rest of a sentence. */
  readonly ended: Promise<string>;
  readonly #keeper: ChildProcess;
  readonly #mark: string;
  readonly #folder: string;
  readonly #restore: () => void;

  private constructor(parts: OpenedKeeper, chosen: ChosenKind, mark: string, logs: string) {
    const { keeper, ready, ended } = parts;
    this.display = ready.display;
    this.chosen = chosen;
    this.gameEnvironment = { ...markOf(mark), DISPLAY: ready.display, XAUTHORITY: ready.authority };
    this.#mark = mark;
    this.#folder = dirname(ready.authority);
    this.gameLog = join(logs, 'game.log');
    this.ended = ended;
    this.#keeper = keeper;
    this.#restore = enter(ready);
  }

  /**
   * Starts the server and makes its screen the desktop of this process, until it is disposed of.
   *
   * @throws UnderstudyError `screen-failed`; the signal's reason when it aborts
   */
  static async open({ kind, size, logs }: ScreenRequest, signal: AbortSignal): Promise<PrivateScreen> {
    const chosen = chooseKind(kind);
    try {
      return await PrivateScreen.#start(chosen, size, logs, signal);
    } catch (error) {
      // a session that is gone may still be named in the environment
      const isShown = SERVERS[chosen.kind].shownIn !== null;
      if (kind !== 'auto' || !isShown || !(error instanceof UnderstudyError) || problemOf('xvfb') !== null) throw error;
      const why = `${SERVERS[chosen.kind].program} could not be started; it is not shown, but --watch shows the game`;
      return await PrivateScreen.#start({ kind: 'xvfb', why }, size, logs, signal);
    }
  }

  /** True while a process of the game, or one that it started, runs. */
  hasGame(): boolean {
    return markedProcesses(this.#mark).length > 0;
  }

  static async #start(
    chosen: ChosenKind,
    size: ScreenSize | null,
    logs: string,
    signal: AbortSignal,
  ): Promise<PrivateScreen> {
    const { program } = SERVERS[chosen.kind];
    const args = argsOf(chosen.kind, size);
    const mark = randomBytes(8).toString('hex');
    const folder = join(makeRuntimeFolder(), `screen-${mark}`);
    mkdirSync(folder, { mode: 0o700 });
    const log = join(logs, 'server.log');
    const parts = await startKeeper({ program, args, folder, log, mark }, signal);
    return new PrivateScreen(parts, chosen, mark, logs);
  }

  /** Ends what is left of the game, then the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#restore();
    this.#keeper.stdin!.end();
    await Promise.race([this.ended, delay(ENDED_WITHIN_MS, undefined, { ref: false })]);
    this.#keeper.kill('SIGKILL'); // no more than a precaution: the kernel ends the server with it
    // the keeper has done both, unless it was killed
    await endMarked(this.#mark, 0);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

interface OpenedKeeper {
  readonly keeper: ChildProcess;
  readonly ready: Extract<KeeperWord, { type: 'ready' }>;
  readonly ended: Promise<string>;
}

async function startKeeper(order: KeeperOrder, signal: AbortSignal): Promise<OpenedKeeper> {
  signal.throwIfAborted();
  const env = { ...process.env };
  delete env.NODE_OPTIONS; // a debugger or loader of the daemon must not start in it
  const log = openSync(order.log, 'a');
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('./keeper.js', import.meta.url))], {
    detached: true, // a session of its own: no Ctrl-C, no SIGHUP of the terminal
    stdio: ['pipe', 'ignore', log, 'pipe'],
    env,
  });
  closeSync(log);
  keeper.stdin!.on('error', () => undefined); // it has ended, and that is noticed
  let how = 'ended';
  const ended = new Promise<string>((resolve) => {
    keeper.once('error', (error) => resolve(`had no keeper: ${error.message}`));
    keeper.once('close', (_, signal) => resolve(signal === null ? how : `lost its keeper (${signal})`));
  });
  const words = createInterface({ input: keeper.stdio[3] as Readable });
  const ready = new Promise<OpenedKeeper['ready']>((resolve) => {
    words.on('line', (line) => {
      const word = JSON.parse(line) as KeeperWord;
      if (word.type === 'ready') resolve(word);
      else how = word.how;
    });
  });
  keeper.stdin!.write(`${JSON.stringify(order)}\n`);
  const within = AbortSignal.any([signal, AbortSignal.timeout(READY_WITHIN_MS)]);
  const late = new Promise<string>((resolve) => {
    within.addEventListener('abort', () => resolve(`did not answer within ${READY_WITHIN_MS / 1000} s`), {
      once: true,
    });
  });
  const first = await Promise.race([ready, ended, late]);
  if (typeof first !== 'string') return { keeper, ready: first, ended };
  keeper.stdin!.end();
  await ended;
  signal.throwIfAborted();
  const said = lastLines(order.log);
  throw screenFailed(
    `The private screen could not be started: ${order.program} ${first}.${said === '' ? '' : ` It printed last:\n${said}`}`,
    `Run \`${[order.program, ...EVERY_SERVER, ...order.args].join(' ')}\` by hand, or use another kind of --inside.`,
  );
}

/** X servers frame what they say with these. */
const EMPTY_LINE = /^\s*(\(EE\))?\s*$/;

/** The last lines of a log that say something; empty where there are none. */
export function lastLines(path: string, most = LAST_LINES): string {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines
      .filter((line) => !EMPTY_LINE.test(line))
      .slice(-most)
      .join('\n');
  } catch {
    return '';
  }
}

/**
 * Makes a display that of this process and of what it starts: packages that capture and press read $DISPLAY themselves.
 *
 * @returns what undoes it
 */
function enter({ display, authority }: Pick<OpenedKeeper['ready'], 'display' | 'authority'>): () => void {
  const wanted: Readonly<Record<string, string | undefined>> = {
    DISPLAY: display,
    XAUTHORITY: authority,
    // a name that is not there: without one, programs look for the usual name and find the desktop around this screen
    WAYLAND_DISPLAY: 'none-on-a-private-screen',
    WAYLAND_SOCKET: undefined,
    ...ON_X11,
  };
  const old = Object.keys(wanted).map((name) => [name, process.env[name]] as const);
  for (const [name, value] of Object.entries(wanted)) set(name, value);
  return () => {
    for (const [name, value] of old) set(name, value);
  };
}

function set(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
