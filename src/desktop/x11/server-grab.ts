/**
 * Makes the X server serve one client alone for a moment: no other client can act between what that client reads and
 * what it does. Keyboards are not clients and still work. All other programs of the display wait during that time.
 */
import type { XConnection } from './connection.js';
import { xlib } from './xlib.js';

/**
 * Runs `act` while no other client is served. Not to be nested. Inside `act`, a request on another connection that
 * waits for its answer never returns.
 */
export function whileServedAlone<T>(connection: XConnection, act: () => T): T {
  connection.assertUsable();
  xlib().grabServer(connection.display);
  try {
    return act();
  } finally {
    if (!connection.lost) {
      xlib().ungrabServer(connection.display);
      xlib().flush(connection.display);
    }
  }
}
