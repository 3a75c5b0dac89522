/**
 * Presses keys with nut-js: the default on Windows and macOS. The only file that imports @nut-tree/nut-js, at the first
 * use. On X11 without a display its native part ends the process with a segmentation fault (measured), so a child
 * process tries it first.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type * as Nut from '@nut-tree/nut-js';
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import { UnderstudyError, messageOf } from '../../core/errors.js';
import { reinstallAdvice } from '../../core/installation.js';
import { realKeys, type KeyInjector, type NamedKey } from '../key-injector.js';
import { notOfNutJs, NUT_JS_KEYS } from './nut-js-keys.js';

type NutJs = typeof Nut;

/** Longest time for the probe, ms: it loads 20 MB of native code, which takes long on a slow disk. */
const PROBE_WITHIN_MS = 15_000;

async function load(): Promise<NutJs> {
  try {
    return await import('@nut-tree/nut-js');
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `The npm package @nut-tree/nut-js does not load: ${messageOf(cause)}`,
      next: `${reinstallAdvice()} Or choose another sink with --sink xtest or --dry-run.`,
      cause,
    });
  }
}

/** Uses the display through nut-js and presses nothing. Only for a process that may crash. */
export async function touchDisplay(): Promise<void> {
  await (await load()).mouse.getPosition();
}

/** Where nut-js presses. */
export interface NutJsPlace {
  /** For messages: "the display ':7'". */
  readonly title: string;
  /** What a child process needs in its environment to reach it. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Tries nut-js in a child, then opens it here.
 *
 * @throws UnderstudyError `keyboard-failed` where nut-js cannot work, `key-unreachable` for a key that it does not
 *   know, `package-missing`
 */
export async function openNutJs(keys: readonly NamedKey[], place: NutJsPlace): Promise<KeyInjector> {
  const unknown = realKeys(keys).find((key) => !NUT_JS_KEYS.has(key.name));
  if (unknown !== undefined) throw unreachable(unknown.name);
  await probe(place);
  const nut = await load();
  nut.keyboard.config.autoDelayMs = 0; // its default waits 300 ms before each key
  return new NutJsInjector(
    nut,
    keys.map((key) => nut.Key[NUT_JS_KEYS.get(key.name) as keyof typeof nut.Key]),
  );
}

class NutJsInjector implements KeyInjector {
  readonly #nut: NutJs;
  readonly #keys: readonly number[];
  /** Sends keys one after the other: of several at the same time, nut-js presses only the last (measured). */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(nut: NutJs, keys: readonly number[]) {
    this.#nut = nut;
    this.#keys = keys;
  }

  send(index: number, down: boolean): void {
    const { keyboard } = this.#nut;
    const key = this.#keys[index];
    const act = () => (down ? keyboard.pressKey(key) : keyboard.releaseKey(key));
    // after a failed key too: a release behind it must still be sent
    this.#queue = this.#queue.then(act, (error: unknown) => act().then(() => Promise.reject(asError(error))));
    this.#queue.catch(() => undefined); // reported by settle()
  }

  downNow(): HeldActions | null {
    return null;
  }

  outOfReach(): HeldActions {
    return NONE_HELD; // its keys go where the focus is
  }

  downThroughThis(): HeldActions | null {
    return null;
  }

  async settle(): Promise<void> {
    await this.#queue;
  }

  drain(): Promise<void> {
    return this.settle(); // its native part waits for the server after each key
  }

  close(): void {
    // nut-js has nothing to close
  }
}

/** Runs {@link touchDisplay} in a child. @throws UnderstudyError `keyboard-failed` where that fails */
async function probe({ title, environment }: NutJsPlace): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./nut-js-probe.js', import.meta.url))], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: PROBE_WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(0, 2000);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code === 0) return;
  const reason = said.trim().split('\n')[0] ?? '';
  throw new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message:
      `nut-js cannot reach ${title}: a trial run ` +
      `${signal === null ? `ended with code ${code}` : `died of ${signal}`}${reason === '' ? '' : ` (${reason})`}.`,
    next: 'Run this inside a graphical session with DISPLAY set, or use --dry-run.',
  });
}

function unreachable(name: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'key-unreachable',
    message: `nut-js cannot press '${name}': ${notOfNutJs(name) ?? 'it knows the keys of a US keyboard only'}.`,
    next: 'Choose another key with --keys, or press through XTEST with --sink xtest.',
  });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
