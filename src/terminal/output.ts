/**
 * Where answers go. With --json one document is the last line of standard output and everything for people goes to
 * standard error; without it people's text is the output.
 */
import { visibleJson } from '../core/visible-text.js';
import { terminalText } from './terminal-text.js';

export interface Output {
  /** Text for people. */
  say(text: string): void;
  /** The answer: the document with --json, the text otherwise. */
  answer(document: unknown, text: string): void;
}

export function makeOutput(json: boolean): Output {
  return {
    say: (text) => show(text, json ? process.stderr : process.stdout),
    answer: (document, text) => {
      if (!json) show(text, process.stdout);
      else {
        show(text, process.stderr);
        process.stdout.write(`${visibleJson(JSON.stringify(document))}\n`);
      }
    },
  };
}

/** Text for people that is never part of the answer. */
export const sayOnError = (text: string): void => show(text, process.stderr);

function show(text: string, stream: NodeJS.WriteStream): void {
  stream.write(`${terminalText(text, stream)}\n`);
}
