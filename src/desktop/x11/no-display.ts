/** Why an X display cannot be opened, and what to do: it is not there, or it is there and refuses. Opens nothing. */
import { existsSync } from 'node:fs';
import { UnderstudyError } from '../../core/errors.js';

/** Where X servers of this machine listen. */
const SOCKETS = '/tmp/.X11-unix';

/**
 * @param wanted as in $DISPLAY, empty where it is not set
 * @param opens whether the display of this name can be opened
 */
export function noDisplay(
  wanted: string,
  env: NodeJS.ProcessEnv,
  opens: (name: string) => boolean,
  sockets = SOCKETS,
): UnderstudyError {
  const { message, next } = reasonOf(wanted, env, opens, sockets);
  return new UnderstudyError({ kind: 'environment', code: 'no-display', message, next });
}

function reasonOf(
  wanted: string,
  env: NodeJS.ProcessEnv,
  opens: (name: string) => boolean,
  sockets: string,
): { readonly message: string; readonly next: string } {
  const [, display, number, screen] = /^((?:unix)?:(\d+))(\.\d+)?$/.exec(wanted) ?? [];
  const isThere = number !== undefined && existsSync(`${sockets}/X${number}`);
  if (isThere && screen !== undefined && opens(display)) {
    return {
      message: `The X display '${display}' has no screen ${screen.slice(1)}.`,
      next: `Leave the screen out: set DISPLAY to ${display}.`,
    };
  }
  if (isThere) {
    const authority = env.XAUTHORITY ? `$XAUTHORITY is '${env.XAUTHORITY}'` : '$XAUTHORITY is not set';
    return {
      message: `The X display '${wanted}' is there but refuses this connection, or no longer answers (${authority}).`,
      next:
        'Run this as the user of that session, or set XAUTHORITY to its file (echo $XAUTHORITY in a terminal there); ' +
        'that user can also admit this one with xhost +si:localuser:<name>.',
    };
  }
  const what = wanted === '' ? '$DISPLAY is not set.' : `The X display '${wanted}' does not answer.`;
  return {
    message: `${what} A running X11 display is needed, such as ':0'.`,
    next: "Run this inside a graphical session, or set DISPLAY to a display that you may use (try 'xvfb-run -a').",
  };
}
