/**
 * Makes the X server serve one client alone for a moment: no other client can act between what that client reads and
 * what it does. Keyboards are not clients and still work. All other programs of the display wait during that time.
 */
import type { XConnection } from './connection.js';
import { openLibrary } from '../../system/ffi.js';
import { xlib, type DisplayPointer } from './xlib.js';

function declareAll() {
  const x = openLibrary('libX11.so.6');
  return {
    grabServer: x.declare<(d: DisplayPointer) => number>('int XGrabServer(void *d)'),
    ungrabServer: x.declare<(d: DisplayPointer) => number>('int XUngrabServer(void *d)'),
  };
}

let declared: ReturnType<typeof declareAll> | undefined;

/**
 * Runs `act` while no other client is served. Not to be nested. Inside `act`, a request on another connection that
 * waits for its answer never returns.
 */
export function whileServedAlone<T>(connection: XConnection, act: () => T): T {
  declared ??= declareAll();
  connection.assertUsable();
  declared.grabServer(connection.display);
  try {
    return act();
  } finally {
    if (!connection.lost) {
      declared.ungrabServer(connection.display);
      xlib().flush(connection.display);
    }
  }
}
