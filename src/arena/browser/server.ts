/**
 * Serves the arena's page on loopback and takes what it posts. Reachable from this machine only, under its own name
 * only; posts need the token in the page's address. Never reads a path that a request names.
 *
 *     await using server = await startArenaServer({ seed: 1, level: 'normal' });
 *     console.log(server.url);
 *     const fight = await server.nextOutcome(signal);
 */
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../../core/errors.js';
import { readBody } from '../../loopback/body.js';
import {
  closeServer,
  isOwnName,
  isToken,
  listenOnLoopback,
  LOOPBACK,
  makeToken,
  portOf,
  send as sendWith,
} from '../../loopback/loopback.js';
import { collectPageModules } from '../../loopback/page-modules.js';
import { replay } from '../replay.js';
import { PAGE_HTML } from '../page/html.js';
import type {
  Answer,
  BorderPost,
  ClosedPost,
  FightChoice,
  FightPost,
  FlashPost,
  KeyCounts,
  ProgressPost,
  ReadyPost,
} from '../page/messages.js';
import { writePageOptions, type PageOptions } from '../page/page-options.js';
import { MAX_BODY_BYTES, POST_SCHEMAS } from './posts.js';

/** Where the page starts. Given as a URL relative to this module, so that tools which look for dead code find it. */
const ENTRY = new URL('../page/main.js', import.meta.url);

/** Fights that are kept until a caller asks for them; older ones are dropped. */
const MAX_WAITING_FIGHTS = 100;

/** What the page may load: itself and nothing from anywhere else. */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** By default a person begins the fight, in a window that the program did not open, at 60 pictures a second. */
export interface ArenaServerOptions
  extends FightChoice, Partial<Pick<PageOptions, 'begin' | 'own' | 'drawHz' | 'flash'>> {
  /** 0 or absent takes any free port. */
  readonly port?: number;
}

/** A fight as the page posted it. */
export interface PlayedFight extends FightPost {
  /** True where its inputs, played again here, lead to the same state hash and outcome. */
  readonly reproduced: boolean;
}

interface ArenaEvents {
  ready: [ReadyPost];
  progress: [ProgressPost];
  fight: [PlayedFight];
  /** A fight begins or ends; in sequence, each once. */
  border: [BorderPost];
  flash: [FlashPost];
  /** The window was closed, or the page is being loaded again. */
  closed: [ClosedPost];
  /** A post was refused: status and reason. */
  refused: [number, string];
}

const NO_KEYS: KeyCounts = { presses: 0, releases: 0, repeats: 0, other: 0 };

export class ArenaServer implements AsyncDisposable {
  /** What the page posts, as it arrives; listeners get checked values only. */
  readonly events = new EventEmitter<ArenaEvents>();
  readonly #http: Server;
  readonly #options: ArenaServerOptions;
  readonly #modules: ReadonlyMap<string, Buffer>;
  readonly #token = makeToken();
  #fights: PlayedFight[] = [];
  #ready: ReadyPost | null = null;
  #progress: ProgressPost | null = null;
  #border: BorderPost | null = null;
  #keys = NO_KEYS;
  #command: Answer['command'] = null;
  #commandsGiven = 0;
  #closing: Promise<void> | null = null;

  /** Use {@link startArenaServer}. */
  constructor(options: ArenaServerOptions, modules: ReadonlyMap<string, Buffer>) {
    this.#options = options;
    this.#modules = modules;
    this.#http = createServer((request, response) => void this.#answer(request, response));
    this.#http.requestTimeout = 10_000;
  }

  async listen(): Promise<void> {
    await listenOnLoopback(this.#http, this.#options.port ?? 0, '--port');
  }

  get port(): number {
    return portOf(this.#http);
  }

  /** The page's address with its token: any program that has it may post. */
  get url(): string {
    const { seed, level, begin = 'key', own = false, drawHz = 60, flash = null } = this.#options;
    const query = writePageOptions({ seed, level, begin, own, drawHz, flash, token: this.#token });
    return `http://${LOOPBACK}:${this.port}/?${query}`;
  }

  /** The newest progress, or null before the first. */
  get progress(): ProgressPost | null {
    return this.#progress;
  }

  /** The newest border of a fight, or null before the first. */
  get border(): BorderPost | null {
    return this.#border;
  }

  /** Keys that the page has seen since it was loaded, as of its newest post. */
  get keyCounts(): KeyCounts {
    return this.#keys;
  }

  /** Resolves once the page's first frame is on the screen, at once if it is; rejects when `signal` aborts. */
  async untilReady(signal?: AbortSignal): Promise<ReadyPost> {
    while (this.#ready === null) await once(this.events, 'ready', signal ? { signal } : {});
    return this.#ready;
  }

  /** Makes the page begin this fight, whatever it does now, within 0.5 s (0.1 s with begin `command`). */
  begin(choice: FightChoice): void {
    this.#commandsGiven += 1;
    this.#command = { number: this.#commandsGiven, begin: { seed: choice.seed, level: choice.level } };
  }

  /** The next fight that ended and was not returned yet; rejects when `signal` aborts. */
  async nextOutcome(signal?: AbortSignal): Promise<PlayedFight> {
    for (;;) {
      const fight = this.#fights.shift();
      if (fight !== undefined) return fight;
      await once(this.events, 'fight', signal ? { signal } : {});
    }
  }

  /** Resolves with the first counts for which `enough` is true; rejects when `signal` aborts. */
  async untilKeys(enough: (counts: KeyCounts) => boolean, signal?: AbortSignal): Promise<KeyCounts> {
    while (!enough(this.#keys)) await once(this.events, 'progress', signal ? { signal } : {});
    return this.#keys;
  }

  /** Idempotent. Cuts open connections: the page notices within 3 s. */
  close(): Promise<void> {
    this.#closing ??= closeServer(this.#http);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (!isOwnName(request, this.port)) return send(response, 403, 'text/plain', 'not this host');
      const url = new URL(request.url ?? '/', `http://${LOOPBACK}`);
      if (url.pathname.startsWith('/post/')) return await this.#takePost(request, response, url);
      if (request.method !== 'GET') return send(response, 405, 'text/plain', 'GET only');
      if (url.pathname === '/') return send(response, 200, 'text/html; charset=utf-8', PAGE_HTML);
      const code = this.#modules.get(url.pathname);
      if (code === undefined) return send(response, 404, 'text/plain', 'no such file');
      return send(response, 200, 'text/javascript; charset=utf-8', code);
    } catch (error) {
      // a broken connection or request line: an answer is tried, though it may reach no one
      if (!response.headersSent) send(response, 400, 'text/plain', messageOf(error));
    }
  }

  async #takePost(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const refuse = (status: number, reason: string): void => {
      send(response, status, 'text/plain', reason);
      this.events.emit('refused', status, reason);
    };
    if (request.method !== 'POST') return refuse(405, 'POST only');
    if (!isToken(url.searchParams.get('token'), this.#token)) return refuse(403, 'wrong token');
    const kind = url.pathname.slice('/post/'.length);
    if (!Object.hasOwn(POST_SCHEMAS, kind)) return refuse(404, 'no such post');
    if (!request.headers['content-type']?.startsWith('application/json')) return refuse(415, 'JSON only');
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === null) return refuse(413, `more than ${MAX_BODY_BYTES} bytes`);
    let value: unknown;
    try {
      value = JSON.parse(body.toString('utf8'));
    } catch {
      return refuse(400, 'not JSON');
    }
    const reason = this.#take(kind as keyof typeof POST_SCHEMAS, value);
    if (reason !== null) return refuse(400, reason);
    send(response, 200, 'application/json', JSON.stringify({ command: this.#command } satisfies Answer));
  }

  /** @returns why the value was refused, or null */
  #take(kind: keyof typeof POST_SCHEMAS, value: unknown): string | null {
    const checked = POST_SCHEMAS[kind].safeParse(value);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      return `${kind}: ${issue.path.join('.')}: ${issue.message}`;
    }
    this.#receive(kind, checked.data);
    return null;
  }

  #receive(kind: keyof typeof POST_SCHEMAS, post: unknown): void {
    switch (kind) {
      case 'ready':
        this.#ready = post as ReadyPost;
        this.#border = null; // a page that was loaded again counts from 1 again
        this.events.emit('ready', this.#ready);
        break;
      case 'progress':
        this.#progress = post as ProgressPost;
        this.#keys = this.#progress.keys;
        if (this.#command !== null && this.#progress.command >= this.#command.number) this.#command = null;
        this.events.emit('progress', this.#progress);
        break;
      case 'fight': {
        const fight = { ...(post as FightPost), reproduced: isReproduced(post as FightPost) };
        this.#keys = fight.keys;
        this.#fights = [...this.#fights, fight].slice(-MAX_WAITING_FIGHTS);
        this.events.emit('fight', fight);
        break;
      }
      case 'border': {
        const border = post as BorderPost;
        if (border.number <= (this.#border?.number ?? 0)) break;
        this.#border = border;
        this.events.emit('border', border);
        break;
      }
      case 'flash':
        this.events.emit('flash', post as FlashPost);
        break;
      case 'closed':
        this.#keys = (post as ClosedPost).keys;
        this.events.emit('closed', post as ClosedPost);
        break;
    }
  }
}

/**
 * Starts the server.
 *
 * @throws UnderstudyError `port-taken` where the port cannot be had
 */
export async function startArenaServer(options: ArenaServerOptions): Promise<ArenaServer> {
  const server = new ArenaServer(options, await collectPageModules(ENTRY, 'arena'));
  await server.listen();
  return server;
}

/** Plays the posted inputs again and compares the result with the post. Takes a few ms. */
function isReproduced(post: FightPost): boolean {
  const { stateHash, summary } = replay(post.inputs, post.seed, post.level);
  return stateHash === post.stateHash && summary.outcome === post.outcome;
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  sendWith(response, CONTENT_POLICY, status, type, body);
}
