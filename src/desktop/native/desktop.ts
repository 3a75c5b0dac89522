/**
 * macOS as a desktop, through npm packages that contain the platform's code. They offer less than an X
 * server: a person's keys cannot be distinguished from a program's, and the keys that are down cannot be read.
 */
import type { WindowInfo } from '../../capture/game-window.js';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { reinstallAdvice } from '../../core/installation.js';
import { failed, passed, type Check } from '../../system/check.js';
import { desktopId } from '../desktop-id.js';
import type { Desktop, DesktopWindow, ReleaseResult } from '../desktop.js';
import type { InjectorKind, KeyInjector, NamedKey } from '../key-injector.js';
import type { KeyLayout } from '../key-layout.js';
import type { KeyWatch, KeyWatchRequest } from '../key-watch.js';
import { ofAnotherPlatform } from '../of-another-platform.js';
import { NativeGameWindow, findNativeWindow, listNativeWindows } from './game-window.js';
import { nutJsLayout } from './nut-js-keys.js';
import { openNutJs } from './nut-js.js';
import { checkCapturePackages } from './package-checks.js';
import { watchKeysByHook } from './uiohook.js';

export const NATIVE_PLATFORM = 'native';

export class NativeDesktop implements Desktop {
  readonly id;
  readonly name: string;
  readonly environment = {};
  readonly preferredInjector: Desktop['preferredInjector'];
  readonly injectors = ['nut-js'] as const;
  readonly keySources = ['uiohook'] as const;
  readonly tellsHands = false;

  /** @param name 'macOS' */
  constructor(name: string) {
    this.id = desktopId(NATIVE_PLATFORM, name);
    this.name = name;
    this.preferredInjector = { kind: 'nut-js', why: `nut-js, the default on ${name}` };
  }

  isNamed(name: string): boolean {
    return name === this.name;
  }

  listWindows(): WindowInfo[] {
    return listNativeWindows();
  }

  windowInfo(id: number): WindowInfo | null {
    return findNativeWindow(id);
  }

  openWindow(id: number): DesktopWindow | null {
    const info = findNativeWindow(id);
    return info === null ? null : new NativeGameWindow(info, this);
  }

  async openInjector(kind: InjectorKind, keys: readonly NamedKey[]): Promise<KeyInjector> {
    if (kind !== 'nut-js') throw ofAnotherPlatform('--sink', kind);
    return await openNutJs(keys, { title: 'a display', environment: this.environment });
  }

  openLayout(): KeyLayout & Disposable {
    return { ...nutJsLayout(), [Symbol.dispose]: () => undefined };
  }

  async watchKeys({ from = 'uiohook', onKey }: KeyWatchRequest): Promise<KeyWatch> {
    if (from !== 'uiohook') throw ofAnotherPlatform('--keys-from', from);
    return await watchKeysByHook({ onKey });
  }

  requireHumanDevice(): void {
    // keyboards cannot be listed: every key counts as a person's
  }

  lock(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** Releases all of the keys, since nut-js cannot say which are down: releasing a key that is up does nothing. */
  async releaseLeftovers(keys: readonly NamedKey[]): Promise<ReadonlySet<number>> {
    const injector = await openNutJs(keys, { title: 'a display', environment: this.environment });
    for (const index of keys.keys()) injector.send(index, false);
    await injector.settle();
    return new Set(keys.map(({ keycode }) => keycode));
  }

  releaseDown(): ReleaseResult {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'keyboard-failed',
      message: `On ${this.name} it cannot be determined which keys are down.`,
      next: 'Press and release the key by hand: it is then up for the system.',
    });
  }

  checks(ofKeys: (layout: KeyLayout) => readonly Check[]): Check[] {
    return [checkWindows(), ...ofKeys(nutJsLayout()), ...checkCapturePackages()];
  }
}

function checkWindows(): Check {
  try {
    return passed('windows', `${listNativeWindows().length} windows can be seen`);
  } catch (error) {
    const next = error instanceof UnderstudyError ? error.next : reinstallAdvice();
    return failed('windows', messageOf(error), next);
  }
}
