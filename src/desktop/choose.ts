/**
 * Which desktop this is, and which one an id names: the only file that knows the platforms. A new one is a folder beside
 * this file, and a line in each of the two functions.
 */
import { readDesktopId } from './desktop-id.js';
import type { Desktop, DesktopId } from './desktop.js';
import { NATIVE_PLATFORM, NativeDesktop } from './native/desktop.js';
import { X11Desktop } from './x11/desktop.js';

/**
 * The desktop of this session: what $DISPLAY names, except on Windows and macOS, which have one of their own. Opens
 * nothing: where there is none, its first use says so.
 */
export function thisDesktop(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): Desktop {
  if (platform === 'win32') return new NativeDesktop('Windows');
  if (platform === 'darwin') return new NativeDesktop('macOS');
  return new X11Desktop(env.DISPLAY ?? '');
}

/** The desktop that an id names, in whatever process the id was made. */
export function openDesktop(id: DesktopId): Desktop {
  const { platform, name } = readDesktopId(id);
  return platform === NATIVE_PLATFORM ? new NativeDesktop(name) : new X11Desktop(name);
}
