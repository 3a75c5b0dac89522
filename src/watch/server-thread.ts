/**
 * The worker that serves the live page: it handles sockets, encoding and slow viewers, so that they cannot delay the
 * loop. Started only by live-page.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { giveWay } from '../core/give-way.js';
import type { CommandAnswer, PageOrder } from './messages.js';
import { WatchServer } from './server.js';
import {
  errorFields,
  READ,
  VIEWERS,
  type ErrorFields,
  type FromServer,
  type ServerThreadSetup,
  type ToServer,
} from './thread-messages.js';

/** A run that has not carried out a command within this time is stuck, ms. */
const ANSWER_WITHIN_MS = 2000;

const port = parentPort!;
const { port: wanted, control, shared } = workerData as ServerThreadSetup;
const counts = new Int32Array(shared);
const waiting = new Map<number, (answer: CommandAnswer | ErrorFields) => void>();
let commandsSent = 0;

giveWay();
const server = await open();
if (server !== null) {
  port.on('message', (message: ToServer) => {
    Atomics.add(counts, READ, 1);
    void take(server, message);
  });
  send({ kind: 'listening', url: server.url });
}

function send(message: FromServer): void {
  port.postMessage(message);
}

async function open(): Promise<WatchServer | null> {
  try {
    return await WatchServer.listen({
      port: wanted,
      onCommand: control ? command : null,
      onViewers: (viewers) => void Atomics.store(counts, VIEWERS, viewers),
    });
  } catch (error) {
    send({ kind: 'failed', error: fieldsOf(error) });
    return null;
  }
}

async function take(to: WatchServer, message: ToServer): Promise<void> {
  switch (message.kind) {
    case 'state':
      return to.setState(message.state);
    case 'tick':
      return to.add(message.tick);
    case 'picture':
      return to.setPicture(message.picture);
    case 'answered':
      waiting.get(message.id)?.(message.answer);
      return;
    case 'end':
      await to[Symbol.asyncDispose]();
      port.close(); // nothing is left to do, so the thread ends
  }
}

/** Asks the run's thread to carry out a command. */
async function command(order: PageOrder): Promise<CommandAnswer> {
  commandsSent += 1;
  const id = commandsSent;
  const answer = await new Promise<CommandAnswer | ErrorFields>((resolve) => {
    const timer = setTimeout(() => resolve(silent(order)), ANSWER_WITHIN_MS);
    waiting.set(id, (given) => {
      clearTimeout(timer);
      resolve(given);
    });
    send({ kind: 'command', id, order });
  });
  waiting.delete(id);
  if ('code' in answer) throw new UnderstudyError(answer);
  return answer;
}

function silent({ command }: PageOrder): ErrorFields {
  return {
    kind: 'environment',
    code: 'agent-silent',
    message: `The run did not answer '${command}' within ${ANSWER_WITHIN_MS / 1000} s.`,
    next: 'Press the panic key, or run `understudy release`.',
  };
}

function fieldsOf(error: unknown): ErrorFields {
  if (error instanceof UnderstudyError) return errorFields(error);
  const next = 'Play without --watch, and report this.';
  return { kind: 'environment', code: 'control-failed', message: messageOf(error), next };
}
