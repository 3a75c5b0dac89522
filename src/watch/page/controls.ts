/// <reference lib="dom" />
/** The buttons that arm, pause and stop the agent: shown only where the run takes commands from the page. */
import { WATCH_COMMANDS, type CommandAnswer, type PageOrder } from '../messages.js';
import { part, write } from './dom.js';
import type { Stream } from './stream.js';

/** Shows or hides them. */
export function showControls(isAllowed: boolean): void {
  part('controls').hidden = !isAllowed;
}

/** Makes them send commands to the stream's server. */
export function wireControls(stream: Stream): void {
  for (const command of WATCH_COMMANDS) {
    const button = part('controls').querySelector<HTMLButtonElement>(`[data-command="${command}"]`)!;
    const order = { command, name: null };
    button.addEventListener('click', () => void give(stream, order, part('answer'), textOf));
  }
}

/** Gives a command and shows the answer, or why there is none. */
export async function give(
  stream: Stream,
  order: PageOrder,
  place: HTMLElement,
  words: (answer: CommandAnswer) => string,
): Promise<void> {
  write(place, `${order.command} ...`);
  try {
    write(place, words(await stream.command(order)));
  } catch (error) {
    write(place, `${order.command}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function textOf(answer: CommandAnswer): string {
  if (!('arming' in answer)) return '';
  return answer.changed ? answer.arming.state : `no change: ${answer.arming.state}`;
}
