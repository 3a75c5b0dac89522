/**
 * The window tree: attributes, children, positions on the screen, and what the window manager knows. Read-only except
 * for {@link activateWindow}. The result is null for a window that is gone.
 */
import type { XConnection } from './connection.js';
import { copyMemory } from '../../system/ffi.js';
import { readNumbers } from './properties.js';
import { xlib, type XId } from './xlib.js';

/** The parts of XGetWindowAttributes that are used. */
export interface WindowAttributes {
  /** px, without the border. */
  readonly width: number;
  /** px, without the border. */
  readonly height: number;
  /** px; most often 0. */
  readonly borderWidth: number;
  /** Bits of colour: 24, or 32 with alpha. */
  readonly depth: number;
  /** `Visual *` */
  readonly visual: bigint;
  /** False for windows that only take input and have no pixels. */
  readonly drawable: boolean;
  /** True where it and all its ancestors are mapped: it has pixels. */
  readonly viewable: boolean;
  /** True where the window manager leaves it alone: menus, and some games over the whole screen. */
  readonly overrideRedirect: boolean;
}

/** sizeof(XWindowAttributes) on a 64-bit machine; offsets below from X11/Xlib.h. */
const ATTRIBUTE_BYTES = 136;
const INPUT_ONLY = 2;
const IS_VIEWABLE = 2;

/** Two round trips. */
export function readAttributes(connection: XConnection, window: XId): WindowAttributes | null {
  const bytes = Buffer.alloc(ATTRIBUTE_BYTES);
  const status = connection.attemptReply(() => xlib().getWindowAttributes(connection.display, window, bytes));
  if (!status) return null;
  return {
    width: bytes.readInt32LE(8),
    height: bytes.readInt32LE(12),
    borderWidth: bytes.readInt32LE(16),
    depth: bytes.readInt32LE(20),
    visual: bytes.readBigUInt64LE(24),
    drawable: bytes.readInt32LE(40) !== INPUT_ONLY,
    viewable: bytes.readInt32LE(92) === IS_VIEWABLE,
    overrideRedirect: bytes.readInt32LE(120) !== 0,
  };
}

/** Masks of a visual's colours: 0xff0000, 0xff00, 0xff where a pixel is B, G, R, x in memory. */
export function readColourMasks(visual: bigint): {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
} {
  const bytes = copyMemory(visual, 48);
  const mask = (offset: number) => Number(bytes.readBigUInt64LE(offset));
  return { red: mask(24), green: mask(32), blue: mask(40) };
}

/** Parent (0 for the root) and children, bottom first. One round trip. */
export function readTree(
  connection: XConnection,
  window: XId,
): { readonly parent: XId; readonly children: readonly XId[] } | null {
  const root = new BigUint64Array(1);
  const parent = new BigUint64Array(1);
  const list = new BigUint64Array(1);
  const count = new Uint32Array(1);
  const status = connection.attemptReply(() => xlib().queryTree(connection.display, window, root, parent, list, count));
  if (!status) return null;
  const children: XId[] = [];
  if (list[0] !== 0n) {
    const bytes = copyMemory(list[0], count[0] * 8);
    for (let i = 0; i < count[0]; i += 1) children.push(Number(bytes.readBigUInt64LE(8 * i)));
    xlib().free(list[0]);
  }
  return { parent: Number(parent[0]), children };
}

/** The window's ancestors, its parent first, the root left out. Empty for a window that is gone. */
export function readAncestors(connection: XConnection, window: XId): XId[] {
  const ancestors: XId[] = [];
  for (let at = window; ;) {
    const parent = readTree(connection, at)?.parent ?? 0;
    if (parent === 0 || parent === connection.root) return ancestors;
    ancestors.push(parent);
    at = parent;
  }
}

/** Where the window's upper left pixel is on the screen, px. One round trip. */
export function readPosition(connection: XConnection, window: XId): { readonly x: number; readonly y: number } | null {
  const x = new Int32Array(1);
  const y = new Int32Array(1);
  const child = new BigUint64Array(1);
  const status = connection.attemptReply(() =>
    xlib().translateCoordinates(connection.display, window, connection.root, 0, 0, x, y, child),
  );
  return status ? { x: x[0], y: y[0] } : null;
}

/** The running window manager's check window, or null without one (EWMH: a property left behind does not count). */
export function readWindowManager(connection: XConnection): XId | null {
  const check = readNumbers(connection, connection.root, '_NET_SUPPORTING_WM_CHECK')?.[0];
  if (check === undefined) return null;
  return readNumbers(connection, check, '_NET_SUPPORTING_WM_CHECK')?.[0] === check ? check : null;
}

/**
 * Asks for the window to be raised and focused: asks a window manager that supports it (_NET_ACTIVE_WINDOW, as a pager,
 * so that it is not refused as focus stealing), and the server otherwise.
 */
export function activateWindow(connection: XConnection, window: XId): void {
  const active = connection.atom('_NET_ACTIVE_WINDOW');
  const managed =
    readWindowManager(connection) !== null &&
    (readNumbers(connection, connection.root, '_NET_SUPPORTED')?.includes(active) ?? false);
  if (managed) askManager(connection, window, active);
  else takeFocus(connection, window);
}

function askManager(connection: XConnection, window: XId, message: XId): void {
  const event = Buffer.alloc(192);
  event.writeInt32LE(33, 0); // ClientMessage
  event.writeBigUInt64LE(BigInt(window), 32);
  event.writeBigUInt64LE(BigInt(message), 40);
  event.writeInt32LE(32, 48); // format: 32-bit items
  event.writeBigInt64LE(2n, 56); // source indication: a pager, acting for the user
  const substructureMask = (1 << 19) | (1 << 20); // SubstructureNotify | SubstructureRedirect
  connection.trap(() => xlib().sendEvent(connection.display, connection.root, 0, substructureMask, event));
}

function takeFocus(connection: XConnection, window: XId): void {
  const revertToParent = 2;
  // an unmapped window cannot take the focus (BadMatch); hasFocus() then says so
  connection.attempt(() => {
    xlib().raiseWindow(connection.display, window);
    xlib().setInputFocus(connection.display, window, revertToParent, 0);
  });
}
