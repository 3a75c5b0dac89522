/** An X display as a desktop. Each call opens its own connection, and closes it unless what it returns keeps using it. */
import type { WindowInfo } from '../../capture/game-window.js';
import type { Check } from '../../system/check.js';
import { desktopId } from '../desktop-id.js';
import type { Desktop, DesktopWindow, ReleaseResult } from '../desktop.js';
import type { WindowFaultActs } from '../fault-acts.js';
import type { InjectorKind, KeyInjector, NamedKey } from '../key-injector.js';
import type { KeyLayout } from '../key-layout.js';
import type { KeyMeaning } from '../key-meaning.js';
import type { KeyWatch, KeyWatchRequest } from '../key-watch.js';
import type { OwnWindow } from '../own-window.js';
import { checkCapturePackages } from '../native/package-checks.js';
import { ofAnotherPlatform } from '../of-another-platform.js';
import { openNutJs } from '../native/nut-js.js';
import { watchKeysByHook } from '../native/uiohook.js';
import { checkDisplay } from './checks.js';
import { XConnection } from './connection.js';
import { X11FaultActs } from './fault-acts.js';
import { X11KeyMeaning } from './key-meaning.js';
import { X11GameWindow, listX11Windows, readWindowInfo } from './game-window.js';
import { requireHumanDevice } from './human-device.js';
import { XTestInjector, openXTest } from './injector.js';
import { requireXTest } from './xtest.js';
import { XInputWatch } from './key-watch.js';
import { x11Layout } from './keysyms.js';
import { releaseDown, releaseInjected } from './leftovers.js';
import { lockDisplay } from './lock.js';
import { X11OwnWindow } from './own-window.js';
import { requireOwnDisplayForHook } from './own-display.js';

const X11_PLATFORM = 'x11';

export class X11Desktop implements Desktop {
  readonly id;
  /** ":7"; empty where $DISPLAY is not set, and then nothing can be opened. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly preferredInjector = { kind: 'xtest', why: 'XTEST, the default on X11' } as const;
  readonly injectors = ['xtest', 'nut-js'] as const;
  readonly keySources = ['xi2', 'uiohook'] as const;
  readonly tellsHands = true;

  /** @param display ":7", "host:0" */
  constructor(display: string) {
    this.id = desktopId(X11_PLATFORM, display);
    this.name = display;
    this.environment = { DISPLAY: display };
  }

  isNamed(name: string): boolean {
    return plainDisplay(name) === plainDisplay(this.name);
  }

  listWindows(): WindowInfo[] {
    using connection = this.#connect();
    return listX11Windows(connection);
  }

  windowInfo(id: number): WindowInfo | null {
    using connection = this.#connect();
    return readWindowInfo(connection, id);
  }

  openWindow(id: number): DesktopWindow | null {
    return X11GameWindow.open(id, this.#connect(), this);
  }

  async openInjector(kind: InjectorKind, keys: readonly NamedKey[], gameWindow: number | null): Promise<KeyInjector> {
    if (kind === 'nut-js')
      return await openNutJs(keys, {
        title: `the display '${this.name}'`,
        environment: this.environment,
      });
    if (kind !== 'xtest') throw ofAnotherPlatform('--sink', kind);
    return this.#handOut((connection) => openXTest(connection, keys, gameWindow));
  }

  openLayout(): KeyLayout & Disposable {
    return this.#handOut((connection) => {
      requireXTest(connection); // a restricted connection sees no layout either: that a key is missing would mislead
      return { ...x11Layout(connection), [Symbol.dispose]: () => connection.close() };
    });
  }

  openKeyMeaning(keys: readonly NamedKey[]): KeyMeaning {
    return this.#handOut((connection) => new X11KeyMeaning(connection, keys));
  }

  async watchKeys({ from = 'xi2', beside, onKey, onLost, pollMs }: KeyWatchRequest): Promise<KeyWatch> {
    if (from === 'uiohook') {
      requireOwnDisplayForHook(this.name);
      return await watchKeysByHook({ onKey });
    }
    if (from !== 'xi2') throw ofAnotherPlatform('--keys-from', from);
    const options = { onKey, onLost, pollMs };
    if (beside instanceof XTestInjector) return new XInputWatch(beside.connection, { ...options, shared: true });
    return this.#handOut((connection) => new XInputWatch(connection, { ...options, shared: false }));
  }

  requireHumanDevice(): void {
    using connection = this.#connect();
    requireHumanDevice(connection);
  }

  async lock(agentPid: number): Promise<boolean> {
    await lockDisplay(this.name, agentPid); // its connection stays open until this process ends
    return true;
  }

  releaseLeftovers(keys: readonly NamedKey[]): ReadonlySet<number> {
    using connection = this.#connect();
    return releaseInjected(connection, keys);
  }

  releaseDown(wanted: Parameters<Desktop['releaseDown']>[0]): ReleaseResult {
    using connection = this.#connect();
    return releaseDown(connection, wanted);
  }

  checks(ofKeys: (layout: KeyLayout) => readonly Check[]): Check[] {
    return [...checkDisplay(this.name, ofKeys), ...checkCapturePackages()];
  }

  openOwnWindow(title: string): OwnWindow {
    return this.#handOut((connection) => new X11OwnWindow(connection, title));
  }

  openFaultActs(window: WindowInfo, keycodes: readonly number[]): WindowFaultActs {
    return new X11FaultActs(this.name, window.id, keycodes);
  }

  #connect(): XConnection {
    return XConnection.open(this.name);
  }

  /** The result of `make` closes the connection later; where `make` throws, it is closed now. */
  #handOut<T>(make: (connection: XConnection) => T): T {
    const connection = this.#connect();
    try {
      return make(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
  }
}

/** ":7", "unix:7.0" and "localhost:7" name the same display. */
function plainDisplay(name: string): string {
  const local = /^(?:unix|localhost)?:(\d+)(?:\.\d+)?$/.exec(name);
  return local === null ? name : `:${local[1]}`;
}
