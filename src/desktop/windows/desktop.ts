/** A session of Windows as a desktop, through Windows' own functions. Tested under Wine. */
import type { WindowInfo } from '../../capture/game-window.js';
import type { Check } from '../../system/check.js';
import { desktopId } from '../desktop-id.js';
import type { Desktop, DesktopWindow, ReleaseResult } from '../desktop.js';
import type { InjectorKind, KeyInjector, NamedKey } from '../key-injector.js';
import type { KeyLayout } from '../key-layout.js';
import type { KeyMeaning } from '../key-meaning.js';
import type { KeyWatch, KeyWatchRequest } from '../key-watch.js';
import { ofAnotherPlatform } from '../of-another-platform.js';
import type { OwnWindow } from '../own-window.js';
import { openNutJs } from '../native/nut-js.js';
import { checkCapturePackages } from '../native/package-checks.js';
import { watchKeysByHook } from '../native/uiohook.js';
import { checkWindowsDesktop } from './checks.js';
import { WindowsGameWindow } from './game-window.js';
import { openSendInput, SendInputInjector } from './injector.js';
import { WindowsKeyMeaning } from './key-meaning.js';
import { watchByHook } from './key-watch.js';
import { windowsLayout } from './layout.js';
import { releaseDown, releaseKeys } from './leftovers.js';
import { lockKeys } from './lock.js';
import { WindowsOwnWindow } from './own-window.js';
import { prepareProcess } from './surroundings.js';
import { listWindows, readWindow } from './windows.js';

export const WINDOWS_PLATFORM = 'windows';

export class WindowsDesktop implements Desktop {
  readonly id = desktopId(WINDOWS_PLATFORM, '');
  readonly name = 'Windows';
  readonly environment = {};
  readonly preferredInjector = { kind: 'send-input', why: 'SendInput, the default on Windows' } as const;
  readonly injectors = ['send-input', 'nut-js'] as const;
  readonly keySources = ['windows-hook', 'uiohook'] as const;
  readonly tellsHands = true;

  isNamed(name: string): boolean {
    return name === this.name;
  }

  listWindows(): WindowInfo[] {
    prepareProcess();
    return listWindows();
  }

  windowInfo(id: number): WindowInfo | null {
    prepareProcess();
    return readWindow(BigInt(id));
  }

  openWindow(id: number): DesktopWindow | null {
    prepareProcess();
    return WindowsGameWindow.open(id, this);
  }

  async openInjector(kind: InjectorKind, keys: readonly NamedKey[], gameWindow: number | null): Promise<KeyInjector> {
    prepareProcess();
    if (kind === 'xtest') throw ofAnotherPlatform('--sink', kind);
    if (kind === 'nut-js') return await openNutJs(keys, { title: 'Windows', environment: this.environment });
    return openSendInput(keys, gameWindow);
  }

  openLayout(): KeyLayout & Disposable {
    return { ...windowsLayout(), [Symbol.dispose]: () => undefined };
  }

  openKeyMeaning(keys: readonly NamedKey[]): KeyMeaning {
    return new WindowsKeyMeaning(keys);
  }

  async watchKeys({ from = 'windows-hook', beside, ...listener }: KeyWatchRequest): Promise<KeyWatch> {
    if (from === 'xi2') throw ofAnotherPlatform('--keys-from', from);
    if (from === 'uiohook') return await watchKeysByHook(listener);
    return await watchByHook({ ...listener, beside: beside instanceof SendInputInjector ? beside : null });
  }

  requireHumanDevice(): void {
    // Windows lists keyboards that are not attached, too: every key that no program sent counts as a person's
  }

  async lock(agentPid: number): Promise<boolean> {
    await lockKeys(agentPid);
    return true;
  }

  releaseLeftovers(keys: readonly NamedKey[]): ReadonlySet<number> {
    return releaseKeys(keys);
  }

  releaseDown(wanted: Parameters<Desktop['releaseDown']>[0]): ReleaseResult {
    return releaseDown(wanted);
  }

  checks(ofKeys: (layout: KeyLayout) => readonly Check[]): Check[] {
    return [...checkWindowsDesktop(ofKeys), ...checkCapturePackages()];
  }

  openOwnWindow(title: string): OwnWindow {
    prepareProcess();
    return new WindowsOwnWindow(title);
  }
}
