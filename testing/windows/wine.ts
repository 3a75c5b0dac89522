/**
 * The product under Wine: a display, a Wine prefix and a folder of its own for a file of tests, in which Node for Windows
 * runs the program as it is compiled here. scripts/wine.js prepares the folder that UNDERSTUDY_WINE names.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { CliResult } from '../cli/cli.js';
import { PROJECT_ROOT } from '../cli/cli.js';
import { end, lacks, openDisplay, type TestDisplay } from '../display/x-display.js';
import { openFolder, type TemporaryFolder } from '../temporary-folder.js';
import { until } from '../until.js';
import { compileWitness, Witness } from './witness.js';

/** What scripts/wine.js has prepared. */
interface Prepared {
  readonly node: string;
  readonly packages: string;
  readonly prefix: string;
}

/** On a machine that does other work, Windows' Node takes seconds to start. ms */
export const PATIENCE_MS = 60_000;

function prepared(): Prepared | string {
  const cache = process.env.UNDERSTUDY_WINE;
  const how = 'node scripts/wine.js prepares it';
  if (!cache) return `needs Wine with Node for Windows (${how}, and UNDERSTUDY_WINE names its folder)`;
  const lock = createHash('sha256').update(readFileSync(join(PROJECT_ROOT, 'package-lock.json')));
  const file = join(cache, `ready-${lock.digest('hex').slice(0, 16)}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Prepared;
  return `needs Node for Windows with the packages of this checkout in ${cache} (${how})`;
}

/** The skip reason where Wine was not prepared, or false. */
export function lacksWine(): string | false {
  const programs = lacks('Xvfb', 'openbox', 'xdotool', 'wine', 'wineserver', 'x86_64-w64-mingw32-gcc');
  if (programs) return programs;
  const found = prepared();
  return typeof found === 'string' ? found : false;
}

/** A path as Windows' programs take it: Wine shows the whole machine as drive Z. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}

/** A Windows program that runs. */
export interface WineRun {
  /** Its process on Linux, to be sent signals: it ends the Windows process, or stops it. */
  readonly pid: number;
  /** What it has said on standard error so far. */
  readonly said: string;
  /** What it has printed on standard output so far. */
  readonly printed: string;
  readonly result: Promise<CliResult>;
  /** Resolves once standard error has this text; fails when the program ends without it. */
  untilSaid(text: string): Promise<void>;
  /** Kills it and waits until it is gone. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** For all tests of a file: opened before them, closed after. Call it once, outside the tests. */
export function wineForTests(options: WineOptions = {}): { readonly skip: string | false; readonly wine: Wine } {
  const skip = lacksWine();
  let wine: Wine | null = null;
  before(async () => {
    if (!skip) wine = await Wine.open(options);
  });
  after(() => wine?.[Symbol.asyncDispose]());
  return {
    skip,
    get wine() {
      if (wine === null) throw new Error('Wine is opened before the first test, not outside the tests');
      return wine;
    },
  };
}

export interface WineOptions {
  /** As setxkbmap calls it; default "us". */
  readonly layout?: string;
}

export class Wine implements AsyncDisposable {
  readonly display: TestDisplay;
  readonly #prepared: Prepared;
  readonly #folder: TemporaryFolder;
  readonly #env: NodeJS.ProcessEnv;
  readonly #children = new Set<ChildProcess>();
  #files = 0;

  private constructor(display: TestDisplay, found: Prepared) {
    this.display = display;
    this.#prepared = found;
    this.#folder = openFolder('wine');
    this.#env = {
      ...display.env,
      WINEPREFIX: join(this.#folder.path, 'prefix'),
      WINEDEBUG: '-all',
      WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe=',
      LC_ALL: 'C.UTF-8', // in which arguments and file names are read
    };
  }

  static async open({ layout = 'us' }: WineOptions = {}): Promise<Wine> {
    const found = prepared();
    if (typeof found === 'string') throw new Error(found);
    const display = await openDisplay({ windowManager: true, size: '1280x800' });
    spawnSync('setxkbmap', [layout], { env: display.env }); // Wine reads the layout when it starts
    const wine = new Wine(display, found);
    wine.#fillFolder();
    // kept while no program runs, since one that starts again takes seconds; not without end, where the tests are killed
    spawnSync('wineserver', ['-p60'], { env: wine.#env, stdio: 'ignore' });
    return wine;
  }

  /** Where programs run: the product, what it writes, and the tests' own files. */
  get folder(): string {
    return join(this.#folder.path, 'product');
  }

  /** The registry and the user's folders are copied, and what no program changes is shared. */
  #fillFolder(): void {
    const { path } = this.#folder;
    const { prefix, packages } = this.#prepared;
    mkdirSync(join(path, 'prefix'));
    for (const name of readdirSync(prefix).filter((each) => each !== 'drive_c' && each !== 'wineserver'))
      cpSync(join(prefix, name), join(path, 'prefix', name), { recursive: true, verbatimSymlinks: true });
    mkdirSync(join(path, 'prefix', 'drive_c'));
    for (const name of readdirSync(join(prefix, 'drive_c'))) {
      const [from, to] = [join(prefix, 'drive_c', name), join(path, 'prefix', 'drive_c', name)];
      if (name === 'users') cpSync(from, to, { recursive: true, verbatimSymlinks: true });
      else symlinkSync(from, to);
    }
    mkdirSync(this.folder);
    for (const name of ['dist', 'bin', 'games', 'models', 'package.json'])
      symlinkSync(join(PROJECT_ROOT, name), join(this.folder, name));
    symlinkSync(join(packages, 'node_modules'), join(this.folder, 'node_modules'));
    compileWitness(this.folder);
  }

  /** A name for a file that no other has, in the folder. */
  newFile(name: string): string {
    this.#files += 1;
    return join(this.folder, `${this.#files}-${name}`);
  }

  /** Starts a program of Windows. Its streams are files: Windows' Node cannot write to a pipe of Linux. */
  startProgram(program: string, args: readonly string[] = []): WineRun {
    const [out, err] = [this.newFile('out'), this.newFile('err')];
    const files = [openSync(out, 'w'), openSync(err, 'w')];
    const child = spawn('wine', [program, ...args], {
      env: this.#env,
      cwd: this.folder,
      stdio: ['ignore', files[0], files[1]],
    });
    for (const file of files) closeSync(file);
    this.#children.add(child);
    const said = () => readFileSync(err, 'utf8');
    const result = once(child, 'exit').then(([code, signal]: unknown[]): CliResult => {
      this.#children.delete(child);
      const [stdout, stderr] = [readFileSync(out, 'utf8'), said()];
      const json = () => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as unknown;
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr, json };
    });
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    return {
      pid: child.pid!,
      get said() {
        return said();
      },
      get printed() {
        return readFileSync(out, 'utf8');
      },
      result,
      async untilSaid(text) {
        await until(
          `'${text}' is said, or the program has ended`,
          () => said().includes(text) || hasEnded(),
          PATIENCE_MS,
        );
        if (!said().includes(text)) throw new Error(`the program ended without saying '${text}':\n${said()}`);
      },
      [Symbol.asyncDispose]: () => end(child),
    };
  }

  /** Starts a verb. */
  start(args: readonly string[]): WineRun {
    return this.startProgram(this.#prepared.node, ['bin/understudy.js', ...args]);
  }

  /** Runs a verb to its end. */
  async run(args: readonly string[]): Promise<CliResult> {
    return (await this.#finished(this.start(args))).result;
  }

  /** Starts a program of testing/, in Windows' Node. @param name "windows/frames-probe" */
  startProbe(name: string, args: readonly string[] = []): WineRun {
    return this.startProgram(this.#prepared.node, [`dist/testing/${name}.js`, ...args]);
  }

  /** Runs it to its end. @returns what it printed as its last line, parsed as JSON */
  async probe(name: string, args: readonly string[] = []): Promise<unknown> {
    const result = await (await this.#finished(this.startProbe(name, args))).result;
    if (result.code !== 0) throw new Error(`${name} ended with ${result.code}:\n${result.stderr}`);
    return result.json();
  }

  async #finished(run: WineRun): Promise<WineRun> {
    const timer = setTimeout(() => process.kill(run.pid, 'SIGKILL'), 2 * PATIENCE_MS);
    await run.result;
    clearTimeout(timer);
    return run;
  }

  /** Opens a window that logs the keys that reach it, and waits until it is there. */
  async openWitness(title = 'Witness', ...colour: readonly 'red'[]): Promise<Witness> {
    const log = this.newFile('witness');
    const run = this.startProgram('witness.exe', [windowsPath(log), title, ...colour]);
    const witness = new Witness(run, log);
    await until(`the window '${title}' is open`, () => witness.isOpen, PATIENCE_MS);
    return witness;
  }

  /** Linux' process ids of those of this Wine whose command line has this text: `guard\main.js`. */
  processesWith(text: string): number[] {
    return readdirSync('/proc').flatMap((id) => {
      if (!/^\d+$/.test(id)) return [];
      try {
        if (!readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(text)) return [];
        const isOurs = readFileSync(`/proc/${id}/environ`, 'utf8').includes(`WINEPREFIX=${this.#env.WINEPREFIX}\0`);
        return isOurs && !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, 'utf8')) ? [Number(id)] : [];
      } catch {
        return []; // it has ended, or is another user's
      }
    });
  }

  /** A person at the keyboard: xdotool's keys are to Wine what a keyboard's are. */
  xdotool(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('xdotool', args, { env: this.display.env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`xdotool ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const options = { env: this.#env, stdio: 'ignore', timeout: PATIENCE_MS } as const;
    for (const child of this.#children) await end(child);
    spawnSync('wineserver', ['-k'], options);
    spawnSync('wineserver', ['-w'], options);
    await this.display[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}
