/** What an X display offers: each extension that capture and the key guard need, and whether a key is down. */
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { failed, passed, type Check } from '../../system/check.js';
import { hasLibrary, LIBRARY_PACKAGES, type PackagedLibrary } from '../../system/ffi.js';
import type { KeyLayout } from '../key-layout.js';
import { assertColours } from './backing.js';
import { XConnection } from './connection.js';
import { x11Layout } from './keysyms.js';
import { survivesLostServer } from './x-errors.js';
import { xinputVersion } from './xinput2.js';
import { readAttributes } from './windows.js';
import { keysAndButtonsDown, RESTRICTED_ADVICE, xtestVersion } from './xtest.js';

/**
 * All checks of the display with this name, or what is missing where it cannot be opened.
 *
 * @param ofKeys checks the keys of its layout
 */
export function checkDisplay(name: string, ofKeys: (layout: KeyLayout) => readonly Check[]): Check[] {
  const libraries = (Object.keys(LIBRARY_PACKAGES) as PackagedLibrary[]).filter((library) =>
    library.startsWith('libX'),
  );
  const missing = libraries.filter((library) => !hasLibrary(library));
  if (missing.length > 0) {
    return missing.map((library) => failed(library, 'not installed', `apt install ${LIBRARY_PACKAGES[library]}`));
  }
  let connection: XConnection;
  try {
    connection = XConnection.open(name);
  } catch (error) {
    const next = error instanceof UnderstudyError ? error.next : 'Start an X session.';
    const wayland = error instanceof UnderstudyError && error.code === 'wayland';
    return [failed(wayland ? 'wayland' : 'display', messageOf(error), next)];
  }
  try {
    return [
      passed('display', `X11 at ${connection.name}`),
      ...checkSession(),
      ...checkExtensions(connection),
      checkColours(connection),
      checkLostServer(),
      ...ofKeys(x11Layout(connection)),
      checkNothingHeld(connection),
    ];
  } finally {
    connection.close();
  }
}

function checkSession(): Check[] {
  if (process.env.WAYLAND_DISPLAY === undefined) return [];
  const found = 'a Wayland session with XWayland: only windows of X11 programs can be seen and played';
  return [failed('wayland', found, 'Start the game as an X11 program, or log in to an X11 session.', false)];
}

function checkExtensions(connection: XConnection): Check[] {
  const version = (name: string, found: string | null, use: string): Check =>
    found === null
      ? failed(name, `the X server lacks it: ${use}`, RESTRICTED_ADVICE)
      : passed(name, `version ${found}`);
  const present = (name: string, extension: string, use: string, required: boolean): Check =>
    connection.extension(extension) === null
      ? failed(name, `the X server lacks it: ${use}`, 'Use a local X server, not one over the network.', required)
      : passed(name, 'present', required);
  return [
    version('xtest', xtestVersion(connection), 'no key can be pressed'),
    version('xi2', xinputVersion(connection), "a person's keys cannot be distinguished from the agent's"),
    present('mit-shm', 'MIT-SHM', 'frames take several times as long', false),
    present('xcomposite', 'Composite', 'a covered window gives black pixels', true),
  ];
}

/** Asks of the screen what the first grab asks of the game window, which most often has the screen's colours. */
function checkColours(connection: XConnection): Check {
  const screen = readAttributes(connection, connection.root);
  try {
    if (screen !== null) assertColours(screen, 'The screen');
    return passed('colours', `${screen?.depth ?? 24} bits, 8 a colour`);
  } catch (error) {
    const next = error instanceof UnderstudyError ? error.next : '';
    return failed('colours', messageOf(error), next);
  }
}

function checkLostServer(): Check {
  return survivesLostServer()
    ? passed('libx11', 'a lost display ends no process')
    : failed(
        'libx11',
        'older than 1.8.4: a lost display ends the process at once; the key guard still ends with it',
        'Install libX11 1.8.4 or newer (Debian 12 has it).',
        false,
      );
}

function checkNothingHeld(connection: XConnection): Check {
  const down = keysAndButtonsDown(connection).size;
  return down === 0
    ? passed('keys up', 'no key and no mouse button is down', false)
    : failed(
        'keys up',
        `${down} keys or mouse buttons are down now`,
        'If no person holds them: understudy release --all',
        false,
      );
}
