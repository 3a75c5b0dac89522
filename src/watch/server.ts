/**
 * Serves the live page on loopback: the page, one stream for each viewer, and, where allowed, the commands that the
 * user gives there. Knows no run: it shows what it is given. Viewers, requests and memory are bounded.
 *
 *     await using server = await WatchServer.listen({ port: 0, onCommand: null });
 *     server.setState(state);
 *     server.add(tick);
 *     console.log(server.url);
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { readBody } from '../loopback/body.js';
import {
  answerHeaders,
  closeServer,
  isOwnName,
  isToken,
  listenOnLoopback,
  LOOPBACK,
  makeToken,
  portOf,
  send,
} from '../loopback/loopback.js';
import { Board } from './board.js';
import {
  RECORDING_COMMANDS,
  WATCH_COMMANDS,
  type CommandAnswer,
  type PageOrder,
  type WatchPicture,
  type WatchState,
  type WatchTick,
} from './messages.js';
import { collectPageFiles, PAGE_PATH, type PageFile } from './page-files.js';
import { Viewer, type ViewerEncoding } from './viewer.js';
import { encodePicture, encodeUpdate } from './wire.js';

/** What the page may load: files of this server only. No inline script, no inline style. */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The most pages at the same time: a user has only a few open. */
export const MAX_VIEWERS = 16;
/** The shortest time between two updates to viewers, ms. */
const PUMP_EVERY_MS = 50;
/** A viewer whose connection accepts nothing for this long is dropped, ms. */
const STUCK_AFTER_MS = 15_000;
/** How long the end waits for data that viewers have not received yet, ms. */
const END_WITHIN_MS = 300;
const COMMANDS = [...WATCH_COMMANDS, ...RECORDING_COMMANDS];
/** Posts carry everything in their address, so their bodies are small. */
const MAX_BODY_BYTES = 1024;

export interface WatchServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Carries out a command; null: the page is read-only. Rejects with an UnderstudyError where there is no run to command. */
  readonly onCommand: ((order: PageOrder) => Promise<CommandAnswer>) | null;
  /** Called with the number of pages that watch, whenever it changes. */
  readonly onViewers?: (viewers: number) => void;
  /** Monotonic, ms; default performance.now. */
  readonly nowMs?: () => number;
}

/** How long pages are answered after the end of their streams, ms: a request within this machine takes a few. */
const LAST_ANSWERS_MS = 150;

export class WatchServer implements AsyncDisposable {
  readonly #options: WatchServerOptions;
  readonly #nowMs: () => number;
  readonly #http: Server;
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #token = makeToken();
  readonly #board = new Board();
  readonly #viewers = new Set<Viewer>();
  #viewerCount = 0;
  #timer: NodeJS.Timeout | null = null;
  #pumpedAtMs = Number.NEGATIVE_INFINITY;
  #closed: Promise<void> | null = null;

  private constructor(options: WatchServerOptions, files: ReadonlyMap<string, PageFile>) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#files = files;
    this.#http = createServer((request, response) => void this.#answer(request, response));
    this.#http.requestTimeout = 10_000;
    this.#http.maxConnections = 8 * MAX_VIEWERS;
  }

  /** @throws UnderstudyError `port-taken`, `package-missing` */
  static async listen(options: WatchServerOptions): Promise<WatchServer> {
    const server = new WatchServer(options, await collectPageFiles());
    await listenOnLoopback(server.#http, options.port, '--watch-port');
    return server;
  }

  get port(): number {
    return portOf(this.#http);
  }

  /** The page's address, token included: it allows anyone who has it to watch and, where allowed, to give commands. */
  get url(): string {
    return `http://${LOOPBACK}:${this.port}${PAGE_PATH}?token=${this.#token}`;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  setState(state: WatchState): void {
    this.#board.setState(state);
    this.#schedule();
  }

  add(tick: WatchTick): void {
    this.#board.add(tick);
    this.#schedule();
  }

  setPicture(picture: WatchPicture): void {
    this.#board.setPicture(picture);
    this.#schedule();
  }

  /** Sends what is left, ends every stream, and stops listening. Idempotent. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#pump();
    const viewers = [...this.#viewers];
    await Promise.all(viewers.map((viewer) => viewer.end(END_WITHIN_MS)));
    // a page that drew the last picture may be about to say so: a refused connection would be an error in its console
    if (viewers.length > 0) await delay(LAST_ANSWERS_MS);
    await closeServer(this.#http);
  }

  #schedule(): void {
    if (this.#timer !== null || this.#closed !== null || this.#viewers.size === 0) return;
    const waitMs = Math.max(0, this.#pumpedAtMs + PUMP_EVERY_MS - this.#nowMs());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#pump();
    }, waitMs);
  }

  #pump(): void {
    this.#pumpedAtMs = this.#nowMs();
    const encoding = sharedEncoding(this.#board);
    for (const viewer of this.#viewers) {
      viewer.pump(this.#board, encoding, this.#pumpedAtMs);
      if (viewer.stuckMs(this.#pumpedAtMs) > STUCK_AFTER_MS) viewer.destroy();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, reason: string): void =>
      send(response, CONTENT_POLICY, status, 'text/plain', `${reason}\n`);
    try {
      if (!isOwnName(request, this.port)) return refuse(403, 'not this host');
      const url = new URL(request.url ?? '/', `http://${LOOPBACK}`);
      const file = this.#files.get(url.pathname);
      const isPage = url.pathname === PAGE_PATH;
      // code and style are public; what a run does needs the token
      if (file === undefined || isPage) {
        if (!isToken(url.searchParams.get('token'), this.#token)) {
          return refuse(403, 'wrong token: open the address that understudy printed, with everything after the ?');
        }
      }
      if (request.method === 'POST') return await this.#takePost(request, response, url, refuse);
      if (request.method !== 'GET') return refuse(405, 'GET or POST only');
      if (file !== undefined) return send(response, CONTENT_POLICY, 200, file.type, file.body);
      if (url.pathname === '/stream') return this.#openStream(response, refuse);
      return refuse(404, 'no such file');
    } catch (error) {
      // after a broken connection or request line there may be no one left to answer
      if (!response.headersSent) refuse(400, messageOf(error));
    }
  }

  #openStream(response: ServerResponse, refuse: (status: number, reason: string) => void): void {
    if (this.#viewers.size >= MAX_VIEWERS) return refuse(503, `${MAX_VIEWERS} pages watch already: close one`);
    if (this.#closed !== null) return refuse(503, 'the run is over');
    response.writeHead(200, answerHeaders(CONTENT_POLICY, 'application/octet-stream'));
    this.#viewerCount += 1;
    const viewer = new Viewer(this.#viewerCount, response, this.#options.onCommand !== null);
    this.#viewers.add(viewer);
    response.on('drain', () => this.#schedule());
    response.on('error', () => response.destroy());
    response.on('close', () => {
      this.#viewers.delete(viewer);
      this.#options.onViewers?.(this.#viewers.size);
    });
    this.#options.onViewers?.(this.#viewers.size);
    viewer.pump(this.#board, sharedEncoding(this.#board), this.#nowMs());
  }

  async #takePost(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    refuse: (status: number, reason: string) => void,
  ): Promise<void> {
    // a browser sends the origin of the page that posts; other programs use the control socket
    if (request.headers.origin === undefined) return refuse(403, 'no origin');
    if (!request.headers['content-type']?.startsWith('application/json')) return refuse(415, 'JSON only');
    if ((await readBody(request, MAX_BODY_BYTES)) === null) return refuse(413, `more than ${MAX_BODY_BYTES} bytes`);
    if (url.pathname === '/seen') {
      this.#noteSeen(Number(url.searchParams.get('viewer')), Number(url.searchParams.get('picture')));
      return send(response, CONTENT_POLICY, 200, 'application/json', '{}');
    }
    const command = COMMANDS.find((name) => url.pathname === `/control/${name}`);
    if (command === undefined) return refuse(404, 'no such command');
    if (this.#options.onCommand === null) return refuse(403, 'read-only: start with --watch-control to give commands');
    try {
      const answer = await this.#options.onCommand({ command, name: url.searchParams.get('name') });
      send(response, CONTENT_POLICY, 200, 'application/json', JSON.stringify(answer));
    } catch (error) {
      if (!(error instanceof UnderstudyError)) throw error;
      refuse(409, error.message);
    }
  }

  #noteSeen(id: number, picture: number): void {
    for (const viewer of this.#viewers) {
      if (viewer.id !== id) continue;
      viewer.seen(picture);
      this.#schedule();
    }
  }
}

/** Encodes each message once for all viewers that need the same. */
function sharedEncoding(board: Board): ViewerEncoding {
  const updates = new Map<string, Uint8Array>();
  let picture: Uint8Array | null = null;
  return {
    update: (update) => {
      const key = update.hello ? null : `${update.state !== undefined} ${update.ticks.length} ${update.dropped}`;
      const bytes = (key === null ? undefined : updates.get(key)) ?? encodeUpdate(update);
      if (key !== null) updates.set(key, bytes);
      return bytes;
    },
    picture: () => (picture ??= encodePicture(board.picture!)),
  };
}
