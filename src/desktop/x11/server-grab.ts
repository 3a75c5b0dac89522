/**
 * A moment in which the X server serves one client alone: nobody can get between what that client looks at and what it
 * does about it. Keyboards are no clients and go on. Everything on the display stands still meanwhile.
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
 * Runs `act` while no other client is served. Not to be nested. A request on another connection inside of `act` that
 * waits for its answer waits for ever.
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
