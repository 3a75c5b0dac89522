/** The keyboard layout of an X display. */
import type { KeyLayout } from '../key-layout.js';
import type { XConnection } from './connection.js';
import { findKey, plainKeyNames } from './keysyms.js';

/** The current layout of the connection's display; valid while the connection is open. */
export function x11Layout(connection: XConnection): KeyLayout {
  return {
    title: `the keyboard layout of the display '${connection.name}'`,
    find: (name) => findKey(connection, name),
    names: () => plainKeyNames(connection),
  };
}
