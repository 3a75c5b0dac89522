/** Whether a display has a keyboard that a person can play on: shadow has nobody to watch without one. */
import { UnderstudyError } from '../../core/errors.js';
import { XConnection } from '../../desktop/x11/connection.js';
import { inputDevices, requireXInput2 } from '../../desktop/x11/xinput2.js';

/** @throws UnderstudyError `no-human-device`; `no-display`, `keyboard-failed` as X Input does */
export function requireHumanDevice(display: string): void {
  using connection = XConnection.open(display);
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
    message: `No person can be watched on ${display}: expected a keyboard that is not XTEST's, and there is ${there}${loose}.`,
    next:
      'Plug a keyboard in, or attach the one there is (`xinput list`, `xinput enable`). A remote desktop that types through ' +
      'XTEST looks like a program: use one with a keyboard of its own, such as a VNC server, or give --keys-from uiohook.',
  });
}
