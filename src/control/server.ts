/**
 * The agent's end of the control socket: takes requests of the same user, bounded in size, number and time, and runs
 * them. Never keeps the process alive, never blocks the loop, never ends anything by itself.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { messageOf, UnderstudyError } from '../core/errors.js';
import type { ControlMethods } from './method-registry.js';
import { CONTROL_VERSION, encodeControl, lineReader, MAX_MESSAGE_BYTES, parseRequest } from './protocol.js';
import { findAgentSockets, hideSocket, listenAt, placeForSocket, type AgentSocket } from './sockets.js';

/** More connections are refused: a person has a few terminals, a page one connection. */
const MAX_CONNECTIONS = 16;
/** A connection that sends nothing for this long is closed, unless it waits for an answer. */
const IDLE_MS = 60_000;
/** Requests of one connection that may wait for their answers. */
const MAX_WAITING = 32;
/** How long closing waits until the last answers are sent. */
const CLOSE_WITHIN_MS = 1000;

export class ControlServer implements AsyncDisposable {
  readonly socket: AgentSocket;
  readonly #server: Server;
  readonly #methods: ControlMethods;
  readonly #connections = new Set<Socket>();
  readonly #running = new Set<Promise<void>>();
  #closed: Promise<void> | null = null;

  private constructor(socket: AgentSocket, methods: ControlMethods) {
    this.socket = socket;
    this.#methods = methods;
    this.#server = createServer((connection) => this.#take(connection));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /**
   * Listens, mode 0600, in the user's runtime folder; removes what killed agents left there.
   *
   * @param run the run folder's own name
   * @throws UnderstudyError `control-failed`, `write-failed` where that is not possible
   */
  static async listen(
    run: string,
    methods: ControlMethods,
    env: NodeJS.ProcessEnv = process.env,
  ): Promise<ControlServer> {
    await findAgentSockets(env);
    const server = new ControlServer(placeForSocket(run, process.pid, env), methods);
    await server.#listen();
    return server;
  }

  async #listen(): Promise<void> {
    try {
      await listenAt(this.#server, this.socket);
      this.#server.on('error', () => undefined); // one connection could not be accepted: the next one may be
      this.#server.unref();
    } catch (cause) {
      this.#server.close();
      throw new UnderstudyError({
        kind: 'environment',
        code: 'control-failed',
        message: `The control socket ${this.socket.path} could not be opened: ${messageOf(cause)}.`,
        next: 'Set XDG_RUNTIME_DIR to a folder of yours in which sockets can be made.',
        cause,
      });
    }
  }

  /** Takes no more requests, waits until pending answers are sent (1 s at most), removes the socket. Never throws. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    hideSocket(this.socket);
    this.#server.close();
    let stopWaiting = (): void => undefined;
    const tooLong = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_WITHIN_MS); // this timer alone keeps the process alive during the wait
      stopWaiting = () => clearTimeout(timer);
    });
    await Promise.race([Promise.allSettled([...this.#running]), tooLong]);
    const ended = [...this.#connections].map((connection) => new Promise<void>((resolve) => connection.end(resolve)));
    await Promise.race([Promise.all(ended), tooLong]);
    stopWaiting();
    for (const connection of this.#connections) connection.destroy();
  }

  #take(connection: Socket): void {
    this.#connections.add(connection);
    connection.unref();
    connection.on('close', () => this.#connections.delete(connection));
    connection.on('error', () => connection.destroy());
    let waiting = 0;
    connection.setTimeout(IDLE_MS, () => {
      if (waiting === 0) connection.destroy();
    });
    const read = lineReader((line) => {
      waiting += 1;
      if (waiting > MAX_WAITING) return void connection.destroy();
      const answered = this.#answer(connection, line).finally(() => {
        waiting -= 1;
        this.#running.delete(answered);
      });
      this.#running.add(answered);
    });
    connection.on('data', (chunk) => {
      if (this.#closed !== null) return;
      try {
        read(chunk);
      } catch (error) {
        // the rest of the line could not be read: say why, and close the connection
        connection.end(encodeControl({ v: CONTROL_VERSION, id: null, ok: false, error: errorFields(error) }));
      }
    });
  }

  async #answer(connection: Socket, line: string): Promise<void> {
    let id: number | null = null;
    let text: string;
    try {
      const request = parseRequest(line);
      id = request.id;
      const result = (await this.#methods.call(request.method, request.params)) ?? null;
      text = encodeControl({ v: CONTROL_VERSION, id, ok: true, result });
      if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES) throw new Error(`an answer of ${text.length} characters`);
    } catch (error) {
      text = encodeControl({ v: CONTROL_VERSION, id, ok: false, error: errorFields(error) });
    }
    if (connection.writable) await new Promise<void>((resolve) => connection.write(text, () => resolve()));
  }
}

function errorFields(error: unknown): { code: string; message: string; next: string } {
  if (error instanceof UnderstudyError) return { code: error.code, message: error.message, next: error.next };
  return { code: 'fault', message: messageOf(error), next: 'Look at the log in the run folder and report it.' };
}
