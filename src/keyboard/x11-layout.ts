/** The layout of an X display, as key-map.ts asks for it. */
import type { XConnection } from '../desktop/x11/connection.js';
import { findKey, plainKeyNames } from '../desktop/x11/keysyms.js';
import type { KeyLayout } from './key-map.js';

/** The current layout of the connection's display; valid while the connection is open. */
export function x11Layout(connection: XConnection): KeyLayout {
  return {
    title: `the keyboard layout of the display '${connection.name}'`,
    find: (name) => findKey(connection, name),
    names: () => plainKeyNames(connection),
  };
}
