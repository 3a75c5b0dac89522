/**
 * The X Input extension: which keyboards and pointers there are, which keys and buttons are down on each, and raw events
 * with the device that sent them, so that a person's hands can be distinguished from XTEST's. Only listens; presses nothing.
 */
import { UnderstudyError } from '../../core/errors.js';
import { buttonCodesIn, codeOfButton } from './buttons.js';
import type { XConnection } from './connection.js';
import {
  allocateMemory,
  copyMemory,
  freeMemory,
  lazily,
  openLibrary,
  readCString,
  viewMemory,
  type Pointer,
} from '../../system/ffi.js';
import { xlib } from './xlib.js';
import { keycodesIn } from './xtest.js';

/** Uses of a device, from XInput2.h. */
const USES = { 1: 'master-pointer', 2: 'master-keyboard', 3: 'pointer', 4: 'keyboard', 5: 'floating' } as const;

export interface InputDevice {
  readonly id: number;
  readonly name: string;
  readonly use: (typeof USES)[keyof typeof USES];
  /** True for a device of XTEST: programs send its events. */
  readonly synthetic: boolean;
}

/** One key or mouse button going down or up on one device. */
export interface RawKeyEvent {
  /** 8..255, or a button's number (buttons.ts). */
  readonly keycode: number;
  readonly down: boolean;
  /** The device that sent it (the slave). */
  readonly sourceId: number;
  /** The server's clock, ms, 32 bits: it wraps after 49.7 days. */
  readonly serverTimeMs: number;
}

const ALL_DEVICES = 0;
const ALL_MASTER_DEVICES = 1;
const RAW_KEY_PRESS = 13;
const RAW_KEY_RELEASE = 14;
const RAW_BUTTON_PRESS = 15;
const RAW_BUTTON_RELEASE = 16;
const HIERARCHY_CHANGED = 11;
const GENERIC_EVENT = 35;
/** XIKeyRepeat; of a button the same bit means something else. */
const REPEAT_FLAG = 1 << 16;

/** sizeof(XIDeviceInfo): int id; char *name; int use, attachment, enabled, classes; pointer. */
const DEVICE_INFO_BYTES = 40;

const functions = lazily(() => {
  const xi = openLibrary('libXi.so.6');
  return {
    queryVersion: xi.declare('int XIQueryVersion(void *d, void *major, void *minor)'),
    queryDevice: xi.declare('void *XIQueryDevice(void *d, int id, void *count)'),
    freeDeviceInfo: xi.declare('void XIFreeDeviceInfo(void *info)'),
    selectEvents: xi.declare('int XISelectEvents(void *d, unsigned long w, void *masks, int count)'),
    openDevice: xi.declare('void *XOpenDevice(void *d, unsigned long id)'),
    closeDevice: xi.declare('int XCloseDevice(void *d, void *device)'),
    queryDeviceState: xi.declare('void *XQueryDeviceState(void *d, void *device)'),
    freeDeviceState: xi.declare('void XFreeDeviceState(void *state)'),
  };
});

/**
 * The server's version of X Input, "2.2"; null where it has none or one before 2.0. Must be called before any other
 * function here, once for each connection.
 */
export function xinputVersion(connection: XConnection): string | null {
  if (connection.extension('XInputExtension') === null) return null;
  const major = Int32Array.of(2);
  const minor = Int32Array.of(2);
  const status = connection.attemptReply(() => functions().queryVersion(connection.display, major, minor));
  return status === 0 ? `${major[0]}.${minor[0]}` : null;
}

/** @throws UnderstudyError `keyboard-failed` where the server has no X Input 2 */
export function requireXInput2(connection: XConnection): void {
  if (xinputVersion(connection) !== null) return;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: `The X display '${connection.name}' has no X Input 2, without which a person's keys cannot be distinguished from ours.`,
    next: 'Use an X server with the XInputExtension (X.Org 1.9 or newer).',
  });
}

/** All input devices, masters and slaves. Needs {@link requireXInput2} on this connection first. */
export function inputDevices(connection: XConnection): readonly InputDevice[] {
  const count = new Int32Array(1);
  const list = connection.trapReply(() => functions().queryDevice(connection.display, ALL_DEVICES, count));
  if (list === null) return [];
  try {
    const bytes = copyMemory(list, count[0] * DEVICE_INFO_BYTES);
    return Array.from({ length: count[0] }, (_, i) => {
      const at = i * DEVICE_INFO_BYTES;
      const name = readCString(bytes.readBigUInt64LE(at + 8));
      const use = USES[bytes.readInt32LE(at + 16) as keyof typeof USES] ?? 'floating';
      return { id: bytes.readInt32LE(at), name, use, synthetic: /\bXTEST\b/.test(name) };
    });
  } finally {
    functions().freeDeviceInfo(list);
  }
}

/**
 * Keys and buttons that are down on one device, whatever the others hold: what XTEST holds, or a person. One round trip
 * for the state; the device is opened before it and closed after it.
 *
 * @returns null where the device is gone or has neither
 */
export function keysDownOn(connection: XConnection, deviceId: number): Set<number> | null {
  const x = functions();
  return connection.attempt(() => {
    const device = x.openDevice(connection.display, deviceId);
    if (device === null) return null;
    const state = x.queryDeviceState(connection.display, device);
    const keys = state === null ? null : keysInState(state);
    if (state !== null) x.freeDeviceState(state);
    x.closeDevice(connection.display, device);
    return keys;
  });
}

/**
 * Keys and buttons that are down on XTEST's devices ('program') or on all others ('person').
 *
 * @param devices all of the server's; default: as they are now
 */
export function heldBy(
  connection: XConnection,
  holder: 'person' | 'program',
  devices: readonly InputDevice[] = inputDevices(connection),
): Set<number> {
  const held = devices.filter(
    ({ use, synthetic }) => (use === 'keyboard' || use === 'pointer') && synthetic === (holder === 'program'),
  );
  return new Set(held.flatMap(({ id }) => [...(keysDownOn(connection, id) ?? [])]));
}

/** Classes of a device's state, XI.h; each has a short n, then 32 bytes with a bit for each key or button. */
const KEY_CLASS = 0;
const BUTTON_CLASS = 1;

/** XDeviceState: XID, int num_classes, pointer to records of (class, length, ...). */
function keysInState(state: Pointer): Set<number> | null {
  const head = copyMemory(state, 24);
  let address = head.readBigUInt64LE(16);
  let down: Set<number> | null = null;
  for (let i = 0; i < head.readInt32LE(8); i += 1) {
    const [kind, lengthBytes] = copyMemory(address, 2);
    if (kind === KEY_CLASS || kind === BUTTON_CLASS) {
      const bits = copyMemory(address + 4n, 32);
      down = new Set([...(down ?? []), ...(kind === KEY_CLASS ? keycodesIn(bits) : buttonCodesIn(bits[0]))]);
    }
    address += BigInt(lengthBytes);
  }
  return down;
}

/** The keyboard of XTEST's events; null where there is none. */
export function xtestKeyboard(connection: XConnection): InputDevice | null {
  return xtestDevice(connection, 'keyboard');
}

/** XTEST's device of a use: that of the core devices where there are several. */
export function xtestDevice(connection: XConnection, use: 'keyboard' | 'pointer'): InputDevice | null {
  const devices = inputDevices(connection).filter((device) => device.use === use && device.synthetic);
  return devices.find((device) => device.name.startsWith('Virtual core')) ?? devices[0] ?? null;
}

/**
 * Asks for the raw events of all keys and buttons on this connection, and for changes of the devices. Raw events arrive
 * for any focus, on any window and through any grab, and never repeat while a key is held.
 *
 * @throws UnderstudyError `keyboard-failed` without X Input 2
 */
export function selectRawKeys(connection: XConnection): void {
  requireXInput2(connection);
  const bits = [RAW_KEY_PRESS, RAW_KEY_RELEASE, RAW_BUTTON_PRESS, RAW_BUTTON_RELEASE];
  select(connection, ALL_MASTER_DEVICES, bits);
  select(connection, ALL_DEVICES, [HIERARCHY_CHANGED]);
}

/** XIEventMask: int deviceid, int mask_len, unsigned char *mask. */
function select(connection: XConnection, deviceId: number, events: readonly number[]): void {
  const maskBytes = 4;
  const mask = allocateMemory(maskBytes);
  const view = viewMemory(mask, maskBytes);
  for (const event of events) view[event >> 3] |= 1 << (event & 7);
  const record = Buffer.alloc(16);
  record.writeInt32LE(deviceId, 0);
  record.writeInt32LE(maskBytes, 4);
  record.writeBigUInt64LE(mask, 8);
  try {
    connection.trap(() => functions().selectEvents(connection.display, connection.root, record, 1));
  } finally {
    freeMemory(mask);
  }
}

/**
 * Decodes an event from `connection.pollEvent`, after {@link selectRawKeys} on that connection.
 *
 * @param event EVENT_BYTES bytes; its cookie is claimed and freed here
 * @param opcode major opcode of XInputExtension on this connection
 * @returns a key or a button, a change of the devices, or null for any other event
 */
export function decodeXInputEvent(
  connection: XConnection,
  event: Buffer,
  opcode: number,
): RawKeyEvent | 'devices-changed' | null {
  if (event.readInt32LE(0) !== GENERIC_EVENT || event.readInt32LE(32) !== opcode) return null;
  const kind = event.readInt32LE(36);
  if (kind === HIERARCHY_CHANGED) return 'devices-changed';
  if (kind < RAW_KEY_PRESS || kind > RAW_BUTTON_RELEASE) return null;
  if (xlib().getEventData(connection.display, event) === 0) return null;
  try {
    // XIRawEvent: ..., Time time @40, int deviceid @48, int sourceid @52, int detail @56, int flags @60
    const raw = copyMemory(event.readBigUInt64LE(48), 64);
    const isKey = kind <= RAW_KEY_RELEASE;
    if (isKey && (raw.readInt32LE(60) & REPEAT_FLAG) !== 0) return null;
    const keycode = isKey ? raw.readInt32LE(56) : codeOfButton(raw.readInt32LE(56));
    if (keycode === null) return null;
    return {
      keycode,
      down: kind === RAW_KEY_PRESS || kind === RAW_BUTTON_PRESS,
      sourceId: raw.readInt32LE(52),
      serverTimeMs: Number(raw.readBigUInt64LE(40) & 0xffff_ffffn),
    };
  } finally {
    xlib().freeEventData(connection.display, event);
  }
}
