/**
 * The worker that serves the live page: sockets, encoding and slow viewers are its business, so that none of them is the
 * loop's. Started by live-page.ts and by nothing else.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { giveWay } from '../core/give-way.js';
import type { CommandAnswer, WatchCommand } from './messages.js';
import { WatchServer } from './server.js';
import {
  READ,
  VIEWERS,
  type ErrorFields,
  type FromServer,
  type ServerThreadSetup,
  type ToServer,
} from './thread-messages.js';

/** A run that has not carried out an order by then is stuck, ms. */
const ANSWER_WITHIN_MS = 2000;

const port = parentPort!;
const { port: wanted, control, shared } = workerData as ServerThreadSetup;
const counts = new Int32Array(shared);
const waiting = new Map<number, (answer: CommandAnswer | ErrorFields) => void>();
let ordersGiven = 0;

giveWay();
const server = await open();
if (server !== null) {
  port.on('message', (message: ToServer) => {
    Atomics.add(counts, READ, 1);
    void take(server, message);
  });
  tell({ kind: 'listening', url: server.url });
}

function tell(message: FromServer): void {
  port.postMessage(message);
}

async function open(): Promise<WatchServer | null> {
  try {
    return await WatchServer.listen({
      port: wanted,
      onCommand: control ? order : null,
      onViewers: (viewers) => void Atomics.store(counts, VIEWERS, viewers),
    });
  } catch (error) {
    tell({ kind: 'failed', error: fieldsOf(error) });
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
      port.close(); // nothing is left to do: the thread ends
  }
}

/** Asks the run's thread. */
async function order(command: WatchCommand): Promise<CommandAnswer> {
  ordersGiven += 1;
  const id = ordersGiven;
  const answer = await new Promise<CommandAnswer | ErrorFields>((resolve) => {
    const timer = setTimeout(() => resolve(silent(command)), ANSWER_WITHIN_MS);
    waiting.set(id, (given) => {
      clearTimeout(timer);
      resolve(given);
    });
    tell({ kind: 'command', id, command });
  });
  waiting.delete(id);
  if ('code' in answer) throw new UnderstudyError(answer);
  return answer;
}

function silent(command: WatchCommand): ErrorFields {
  return {
    kind: 'environment',
    code: 'agent-silent',
    message: `The run did not answer '${command}' within ${ANSWER_WITHIN_MS / 1000} s.`,
    next: 'Press the panic key, or run `understudy release`.',
  };
}

function fieldsOf(error: unknown): ErrorFields {
  if (error instanceof UnderstudyError) {
    const { kind, code, message, next } = error;
    return { kind, code, message, next };
  }
  const next = 'Play without --watch, and report this.';
  return { kind: 'environment', code: 'control-failed', message: messageOf(error), next };
}
