/** A desktop in memory: one window that flickers, keys that are entries of a list, a lock that can be taken. */
import type { CaptureOffer } from '../../src/capture/backend.js';
import type { WindowInfo } from '../../src/capture/game-window.js';
import { desktopId } from '../../src/desktop/desktop-id.js';
import type { Desktop, DesktopWindow, ReleaseResult } from '../../src/desktop/desktop.js';
import type { NamedKey } from '../../src/desktop/key-injector.js';
import type { KeyLayout } from '../../src/desktop/key-layout.js';
import type { KeyObservation, KeyWatch, KeyWatchRequest } from '../../src/desktop/key-watch.js';
import type { Check } from '../../src/system/check.js';
import { PaperKeyboard } from '../agent/guard-stage.js';

const NAMES = ['Up', 'Down', 'Left', 'Right', 'space', 'f', 'd', 'F8', 'F9', 'F12'];

const WINDOW: WindowInfo = {
  id: 5,
  title: 'a game on paper',
  app: 'paper',
  pid: null,
  bounds: { x: 0, y: 0, width: 4, height: 2 },
  visible: true,
  minimised: false,
};

export class PaperDesktop implements Desktop {
  readonly id = desktopId('paper', 'one');
  readonly name = 'paper one';
  readonly environment = { PAPER: 'one' };
  readonly preferredInjector = { kind: 'nut-js', why: 'a pencil, the default on paper' } as const;
  readonly injectors = ['nut-js'] as const;
  readonly keySources = ['uiohook'] as const;
  readonly tellsHands = false;
  readonly keyboard = new PaperKeyboard();
  /** The calls that change something, in sequence. */
  readonly asked: string[] = [];
  #onKey: KeyWatchRequest['onKey'] = () => undefined;

  isNamed(name: string): boolean {
    return name === this.name;
  }

  listWindows(): WindowInfo[] {
    return [WINDOW];
  }

  windowInfo(): null {
    return null;
  }

  openWindow(id: number): DesktopWindow | null {
    return id === WINDOW.id ? new PaperWindow(this) : null;
  }

  openInjector(kind: string, keys: readonly NamedKey[]): Promise<PaperKeyboard> {
    this.asked.push(`${kind} for ${keys.length} keys`);
    return Promise.resolve(this.keyboard);
  }

  openLayout(): KeyLayout & Disposable {
    return {
      title: 'a layout on paper',
      find: (name) => {
        const at = NAMES.indexOf(name);
        return at === -1 ? { found: 'unknown' } : { found: 'plain', keycode: at };
      },
      names: () => NAMES,
      [Symbol.dispose]: () => undefined,
    };
  }

  watchKeys({ onKey, from, beside }: KeyWatchRequest): Promise<KeyWatch> {
    this.#onKey = onKey;
    this.asked.push(`watch from ${from ?? 'the best'}${beside === this.keyboard ? ' beside the keyboard' : ''}`);
    return Promise.resolve({
      poll: () => undefined,
      catchUp: () => undefined,
      alone: (act) => act(),
      keysDown: () => [],
      inHands: () => null,
      [Symbol.dispose]: () => undefined,
    });
  }

  /** A key goes down, as a hook would see it. */
  see(keysym: string): void {
    const key: KeyObservation = {
      keycode: 900,
      keysym,
      down: true,
      synthetic: null,
      device: 'a hook',
      atMs: performance.now(),
      atUnixMs: Date.now(),
    };
    this.#onKey(key);
  }

  requireHumanDevice(): void {}

  lock(agentPid: number): Promise<boolean> {
    this.asked.push(`lock for ${agentPid}`);
    return Promise.resolve(true);
  }

  releaseLeftovers(keys: readonly NamedKey[]): Promise<ReadonlySet<number>> {
    this.asked.push(`release ${keys.map(({ name }) => name).join(' ')}`);
    return Promise.resolve(new Set(keys.map(({ keycode }) => keycode)));
  }

  releaseDown(wanted: Parameters<Desktop['releaseDown']>[0]): ReleaseResult {
    const keycodes = wanted({ layout: this.openLayout(), lockOwner: null });
    const names = keycodes === 'all' ? NAMES : keycodes.map((keycode) => NAMES[keycode]);
    return { released: names, stillDown: [] };
  }

  checks(ofKeys: (layout: KeyLayout) => readonly Check[]): Check[] {
    return [...ofKeys(this.openLayout())];
  }
}

class PaperWindow implements DesktopWindow {
  readonly info = WINDOW;
  readonly desktop: PaperDesktop;
  readonly captures: CaptureOffer = {
    backends: [
      {
        adapter: 'node-screenshots',
        open: () => ({
          source: { next: () => Promise.resolve(null), [Symbol.asyncDispose]: () => Promise.resolve() },
          reachedRateHz: () => 60,
        }),
      },
    ],
    why: 'paper is flat',
  };

  constructor(desktop: PaperDesktop) {
    this.desktop = desktop;
  }

  refresh(): WindowInfo {
    return this.info;
  }

  readonly isKeyboardGrabbed = false;

  hasPointer(): boolean {
    return true;
  }

  hasFocus(): boolean {
    return true;
  }

  isAlive(): boolean {
    return true;
  }

  activate(): Promise<boolean> {
    return Promise.resolve(true);
  }

  [Symbol.dispose](): void {}
}
