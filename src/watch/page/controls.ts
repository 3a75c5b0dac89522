/// <reference lib="dom" />
/** The buttons that arm, pause and stop the agent: shown only where the run takes commands from the page. */
import { WATCH_COMMANDS } from '../messages.js';
import { part, write } from './dom.js';
import type { Stream } from './stream.js';

/** Shows or hides them. */
export function showControls(isAllowed: boolean): void {
  part('controls').hidden = !isAllowed;
}

/** Makes them send commands to the stream's server. */
export function wireControls(stream: Stream): void {
  const answer = part('answer');
  for (const command of WATCH_COMMANDS) {
    const button = part('controls').querySelector<HTMLButtonElement>(`[data-command="${command}"]`)!;
    button.addEventListener('click', () => {
      write(answer, `${command} ...`);
      stream.command(command).then(
        ({ changed, arming }) => write(answer, changed ? `${arming.state}` : `no change: ${arming.state}`),
        (error: unknown) => write(answer, `${command}: ${error instanceof Error ? error.message : String(error)}`),
      );
    });
  }
}
