/** What an X display offers: each extension that capture and the key guard need, and whether a key is down. */
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { failed, passed, type Check } from '../../system/check.js';
import type { KeyLayout } from '../key-layout.js';
import { hasLibrary, XConnection } from './connection.js';
import { x11Layout } from './layout.js';
import { xinputVersion } from './xinput2.js';
import { keysDown, xtestVersion } from './xtest.js';

/** The X11 libraries in use, and the Debian package that contains each. */
const LIBRARIES = [
  ['libX11.so.6', 'libx11-6'],
  ['libXext.so.6', 'libxext6'],
  ['libXcomposite.so.1', 'libxcomposite1'],
  ['libXtst.so.6', 'libxtst6'],
  ['libXi.so.6', 'libxi6'],
] as const;

/**
 * All checks of the display with this name, or what is missing where it cannot be opened.
 *
 * @param ofKeys checks the keys of its layout
 */
export function checkDisplay(name: string, ofKeys: (layout: KeyLayout) => readonly Check[]): Check[] {
  const missing = LIBRARIES.filter(([library]) => !hasLibrary(library));
  if (missing.length > 0) {
    return missing.map(([library, debian]) => failed(library, 'not installed', `apt install ${debian}`));
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
      ? failed(name, `the X server lacks it: ${use}`, 'Use an X server that has it (Xorg, Xvfb and XWayland do).')
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

function checkLostServer(): Check {
  return XConnection.survivesLostServer()
    ? passed('libx11', 'a lost display ends no process')
    : failed(
        'libx11',
        'older than 1.8.4: a lost display ends the process at once; the key guard still ends with it',
        'Install libX11 1.8.4 or newer (Debian 12 has it).',
        false,
      );
}

function checkNothingHeld(connection: XConnection): Check {
  const down = keysDown(connection).size;
  return down === 0
    ? passed('keys up', 'no key is down', false)
    : failed('keys up', `${down} keys are down now`, 'If no person holds them: understudy release --all', false);
}
