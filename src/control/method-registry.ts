/**
 * The requests that a running agent answers: an open list of named methods, each with a schema of its parameters. The
 * parts of a run add theirs; the server runs them. Knows nothing of sockets.
 */
import type { z } from 'zod';
import { UnderstudyError } from '../core/errors.js';
import { ownFile } from '../core/project-root.js';
import { METHOD_NAME } from './protocol.js';

type Handler = (params: Readonly<Record<string, unknown>>) => Promise<unknown>;

export class ControlMethods {
  readonly #handlers = new Map<string, Handler>();

  /**
   * Adds a method.
   *
   * @param name as in {@link METHOD_NAME}; not yet taken
   * @param params what it takes; a strict object, so that a misspelt name is an error
   * @param run answers a JSON value or a promise of one; an UnderstudyError is sent to the caller
   */
  add<Schema extends z.ZodType>(name: string, params: Schema, run: (params: z.infer<Schema>) => unknown): void {
    if (!METHOD_NAME.test(name) || this.#handlers.has(name)) throw new Error(`the method '${name}' cannot be added`);
    this.#handlers.set(name, async (given) => {
      const parsed = params.safeParse(given);
      if (!parsed.success) {
        const [{ path, message }] = parsed.error.issues;
        throw refused(
          `${name}: ${path.join('.') || 'the parameters'}: ${message}`,
          `See ${ownFile('docs/control.md')}.`,
        );
      }
      return await run(parsed.data);
    });
  }

  /** In the order in which they were added. */
  get names(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  /** @throws UnderstudyError `control-invalid` for an unknown method or wrong parameters; what the method throws */
  async call(name: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    const handler = this.#handlers.get(name);
    if (handler === undefined) {
      throw refused(`there is no method '${name}'`, `It knows ${this.names.join(', ')}.`);
    }
    return await handler(params);
  }
}

function refused(what: string, next: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'control-invalid',
    message: `The agent was asked: ${what}.`,
    next,
  });
}
