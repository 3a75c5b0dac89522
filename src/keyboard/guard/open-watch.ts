/**
 * Opens the watch of a guard. On X11 it listens on the very connection that keys are sent on, where there is one: what
 * the server saw before a release has then arrived before it is sent. Presses nothing.
 */
import { monotonicMs } from '../../core/clock.js';
import type { XConnection } from '../../desktop/x11/connection.js';
import { whileServedAlone } from '../../desktop/x11/server-grab.js';
import type { KeyObservation } from '../human-keys.js';
import type { Hello } from './protocol.js';
import type { GuardWatch, GuardWatchListener } from './watched-hands.js';

/**
 * @param sending what keys are sent on; null where a library sends them on a connection of its own
 * @throws UnderstudyError where nothing can be watched
 */
export async function openWatch(
  hello: Hello,
  listener: GuardWatchListener,
  sending: XConnection | null,
): Promise<GuardWatch> {
  const { onLost } = listener;
  const hotKeys = hello.watch?.hotKeys ?? [];
  const onKey = ({ keycode, keysym, down, synthetic, device, atMs }: KeyObservation): void => {
    // a hook has numbers of its own for keys, and cannot tell a hand from a program: hot keys only, by name
    const known = hello.display === null ? hotKeys.find((key) => key.name === keysym)?.keycode : keycode;
    const onPipeClockMs = monotonicMs() - (performance.now() - atMs);
    if (known === undefined) return;
    listener.onKey({
      keycode: known,
      down,
      synthetic: synthetic || hello.display === null,
      device,
      atMs: onPipeClockMs,
    });
  };
  const { display } = hello;
  const watch =
    display === null
      ? await (await import('../uiohook.js')).watchKeysByHook({ onKey })
      : (await import('../human-keys.js')).watchKeys({ display, connection: sending ?? undefined, onKey, onLost });
  const caughtUp = (act: () => void) => {
    watch.catchUp();
    act();
  };
  return {
    poll: () => watch.poll(),
    catchUp: () => watch.catchUp(),
    inHands: () => watch.inHands(),
    // a library's keys would wait behind the grab: for those a last look must do
    alone: (act) => (sending === null ? caughtUp(act) : whileServedAlone(sending, () => caughtUp(act))),
  };
}
