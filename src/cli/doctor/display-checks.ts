/** What the X display offers: each extension that capture and the key guard need, and each mapped key. */
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { bindKeys, keysymOf, type KeysymOfAction } from '../../keyboard/key-map.js';
import { x11Layout } from '../../keyboard/x11-layout.js';
import { hasLibrary, XConnection } from '../../desktop/x11/connection.js';
import { keysDown, xtestVersion } from '../../desktop/x11/xtest.js';
import { xinputVersion } from '../../desktop/x11/xinput2.js';
import { failed, passed, type Check } from './check.js';

/** What is opened of the X11 libraries, and the Debian package that has it. */
const LIBRARIES = [
  ['libX11.so.6', 'libx11-6'],
  ['libXext.so.6', 'libxext6'],
  ['libXcomposite.so.1', 'libxcomposite1'],
  ['libXtst.so.6', 'libxtst6'],
  ['libXi.so.6', 'libxi6'],
] as const;

/** Everything about the display that $DISPLAY names; what is missing where there is none. */
export function checkDisplay(keys: KeysymOfAction): Check[] {
  const missing = LIBRARIES.filter(([library]) => !hasLibrary(library));
  if (missing.length > 0) {
    return missing.map(([library, debian]) => failed(library, 'not installed', `apt install ${debian}`));
  }
  let connection: XConnection;
  try {
    connection = XConnection.open();
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
      ...checkKeys(connection, keys),
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
    version('xi2', xinputVersion(connection), 'a hand cannot be told from the agent'),
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

/** Key by key, so that one unreachable key does not hide the next. */
function checkKeys(connection: XConnection, keys: KeysymOfAction): Check[] {
  const layout = x11Layout(connection);
  return keys.actions.names.map((action) => {
    const name = keysymOf(keys, action);
    const place = layout.find(name);
    if (place.found === 'plain') return passed(`key ${action}`, `${name} is keycode ${place.keycode}`);
    try {
      bindKeys(keys, layout);
      return passed(`key ${action}`, name);
    } catch (error) {
      const next = error instanceof UnderstudyError ? error.next : 'Choose another key with --keys.';
      return failed(`key ${action}`, `${name}: ${messageOf(error)}`, next);
    }
  });
}

function checkNothingHeld(connection: XConnection): Check {
  const down = keysDown(connection).size;
  return down === 0
    ? passed('keys up', 'no key is down', false)
    : failed('keys up', `${down} keys are down now`, 'If no hand holds them: understudy release --all', false);
}
