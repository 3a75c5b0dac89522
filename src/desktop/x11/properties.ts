/**
 * Window properties: titles, classes, process ids and states, as the ICCCM and the EWMH define them. The result is
 * null for a window that is gone or lacks the property: windows open and close while they are listed.
 */
import type { XConnection } from './connection.js';
import { copyMemory } from '../../system/ffi.js';
import { xlib, type XId } from './xlib.js';

/** The longest property that is read, in units of 4 bytes: 64 KiB. */
const MAX_LENGTH = 16384;

interface Property {
  readonly type: XId;
  /** Bits of an item: 8, 16 or 32. Items of 32 bits take 8 bytes here: Xlib returns them as C longs. */
  readonly format: number;
  readonly bytes: Buffer;
}

/** A property of any type; null when the window is gone or lacks it. One round trip. */
export function readProperty(connection: XConnection, window: XId, name: string): Property | null {
  const type = new BigUint64Array(1);
  const format = new Int32Array(1);
  const items = new BigUint64Array(1);
  const left = new BigUint64Array(1);
  const data = new BigUint64Array(1);
  const property = connection.atom(name);
  connection.attemptReply(() =>
    xlib().getWindowProperty(
      connection.display,
      window,
      property,
      0,
      MAX_LENGTH,
      0,
      0,
      type,
      format,
      items,
      left,
      data,
    ),
  );
  const address = data[0];
  if (address === 0n) return null;
  const itemBytes = format[0] === 32 ? 8 : format[0] / 8;
  const bytes = copyMemory(address, Number(items[0]) * itemBytes);
  xlib().free(address);
  return type[0] === 0n ? null : { type: Number(type[0]), format: format[0], bytes };
}

/** A text property, decoded as UTF-8 where its type says so and as Latin-1 otherwise; null without one. */
function readText(connection: XConnection, window: XId, name: string): string | null {
  const property = readProperty(connection, window, name);
  if (property?.format !== 8) return null;
  return property.bytes.toString(property.type === connection.atom('UTF8_STRING') ? 'utf8' : 'latin1');
}

/** A property of 32-bit items (cardinals, windows, atoms); null without one. */
export function readNumbers(connection: XConnection, window: XId, name: string): number[] | null {
  const property = readProperty(connection, window, name);
  if (property?.format !== 32) return null;
  const count = property.bytes.length / 8;
  return Array.from({ length: count }, (_, i) => Number(property.bytes.readBigUInt64LE(8 * i) & 0xffffffffn));
}

/** The title: _NET_WM_NAME, else WM_NAME; null where the window has neither. */
export function readTitle(connection: XConnection, window: XId): string | null {
  return readText(connection, window, '_NET_WM_NAME') ?? readText(connection, window, 'WM_NAME');
}

/** The class in WM_CLASS ("XTerm"), else its instance ("xterm"); empty where it is not set. */
export function readClass(connection: XConnection, window: XId): string {
  const [instance = '', name = ''] = (readText(connection, window, 'WM_CLASS') ?? '').split('\0');
  return name || instance;
}

/** _NET_WM_PID, as the client set it; null where it did not. */
export function readPid(connection: XConnection, window: XId): number | null {
  return readNumbers(connection, window, '_NET_WM_PID')?.[0] ?? null;
}

/** True while a window manager keeps the window as an icon, or hidden. */
export function isMinimised(connection: XConnection, window: XId): boolean {
  const iconicState = 3; // ICCCM 4.1.3.1
  if (readNumbers(connection, window, 'WM_STATE')?.[0] === iconicState) return true;
  const hidden = connection.atom('_NET_WM_STATE_HIDDEN');
  return readNumbers(connection, window, '_NET_WM_STATE')?.includes(hidden) ?? false;
}
