/**
 * Where answers go. With --json one document is the last line of standard output and everything for people goes to
 * standard error; without it people's text is the output.
 */

export interface Output {
  /** Text for people. */
  say(text: string): void;
  /** The answer: the document with --json, the text otherwise. */
  answer(document: unknown, text: string): void;
}

export function makeOutput(json: boolean): Output {
  return {
    say: (text) => void (json ? process.stderr : process.stdout).write(`${text}\n`),
    answer: (document, text) => {
      if (!json) process.stdout.write(`${text}\n`);
      else {
        process.stderr.write(`${text}\n`);
        process.stdout.write(`${JSON.stringify(document)}\n`);
      }
    },
  };
}

/** Text for people that is never part of the answer. */
export const sayOnError = (text: string): void => void process.stderr.write(`${text}\n`);
