/** Checks that a display has a keyboard that a person can play on: without one, shadow mode has no keys to watch. */
import { UnderstudyError } from '../../core/errors.js';
import type { XConnection } from './connection.js';
import { inputDevices, requireXInput2 } from './xinput2.js';

/** @throws UnderstudyError `no-human-device`; `keyboard-failed` as X Input does */
export function requireHumanDevice(connection: XConnection): void {
  requireXInput2(connection);
  const devices = inputDevices(connection);
  const keyboards = devices.filter(({ use }) => use === 'keyboard');
  if (keyboards.some(({ synthetic }) => !synthetic)) return;
  const there = keyboards.map(({ name }) => `'${name}'`).join(', ') || 'no keyboard at all';
  const floating = devices.filter(({ use }) => use === 'floating').map(({ name }) => `'${name}'`);
  const loose = floating.length === 0 ? '' : ` (attached to no master: ${floating.join(', ')})`;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'no-human-device',
    message: `No person can be watched on ${connection.name}: expected a keyboard that is not XTEST's, and there is ${there}${loose}.`,
    next:
      'Plug a keyboard in, or attach the one there is (`xinput list`, `xinput enable`). A remote desktop that types through ' +
      'XTEST looks like a program: use one with a separate keyboard, such as a VNC server, or give --keys-from uiohook.',
  });
}
