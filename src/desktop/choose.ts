/**
 * Opens the desktop of this session, or the one that an id names: the only file that knows the platforms. A new
 * platform is a folder beside this file, and a line in each of the two functions.
 */
import { readDesktopId } from './desktop-id.js';
import type { Desktop, DesktopId } from './desktop.js';
import { NATIVE_PLATFORM, NativeDesktop } from './native/desktop.js';
import { WINDOWS_PLATFORM, WindowsDesktop } from './windows/desktop.js';
import { X11Desktop } from './x11/desktop.js';

/**
 * The desktop of this session: the X display that $DISPLAY names, except on Windows and macOS. Opens nothing: where
 * there is no desktop, its first use throws.
 */
export function thisDesktop(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): Desktop {
  if (platform === 'win32') return new WindowsDesktop();
  if (platform === 'darwin') return new NativeDesktop('macOS');
  return new X11Desktop(env.DISPLAY ?? '');
}

/** The desktop that an id names; the id may come from another process. */
export function openDesktop(id: DesktopId): Desktop {
  const { platform, name } = readDesktopId(id);
  if (platform === WINDOWS_PLATFORM) return new WindowsDesktop();
  return platform === NATIVE_PLATFORM ? new NativeDesktop(name) : new X11Desktop(name);
}
