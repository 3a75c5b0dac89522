/** The connection to a queue's server, and what is looked at before anything is put on it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { messageOf, UnderstudyError } from '../core/errors.js';
import type { QueueAddress } from './address.js';

/** BullMQ's least; https://docs.bullmq.io/guide/redis-tm-compatibility. */
const LEAST_VERSION = '6.2.0';
/** Of each step: to connect, and to say what it is. */
const ANSWER_WITHIN_MS = 5000;
/** A server that is started again is asked this often at the least. */
const MOST_RETRY_MS = 2000;

const SILENT = 'it did not answer in time';

/** What the server says of itself. */
export interface ServerFacts {
  /** "7.0.15" */
  readonly version: string;
  /** `master`, or `slave` for a copy that takes no writes. */
  readonly role: string;
  /** What it does with keys when memory is full; `noeviction` keeps them. */
  readonly eviction: string;
  /** Whether what is written survives its restart: its append-only file, or snapshots alone. */
  readonly persistence: 'append-only' | 'snapshots' | 'none';
  /** Its clock minus ours, ms. */
  readonly clockOffsetMs: number;
  readonly roundTripMs: number;
  readonly memoryBytes: number;
}

export function queueFailed(message: string, next: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({ kind: 'environment', code: 'queue-failed', message, next, cause });
}

/**
 * A connection that outlives restarts of the server: commands wait until it is back.
 *
 * @param onLost called once each time the connection breaks, and with null once it is back
 * @throws UnderstudyError `queue-failed` where there is no server at first, or it cannot hold a queue
 */
export async function connect(address: QueueAddress, onLost?: (reason: string | null) => void): Promise<Redis> {
  requireFit(address, await lookAt(address));
  const client = new Redis(address.url, {
    maxRetriesPerRequest: null,
    enableReadyCheck: true,
    retryStrategy: (attempt) => Math.min(MOST_RETRY_MS, 100 * attempt),
  });
  let isLost = false;
  client.on('error', (error) => {
    if (!isLost) onLost?.(plainReason(error));
    isLost = true;
  });
  client.on('ready', () => {
    if (isLost) onLost?.(null);
    isLost = false;
  });
  return client;
}

/** What people are told when the connection breaks, and with null once it is back. */
export const lostText = ({ shown }: QueueAddress, lost: string | null): string =>
  lost === null ? 'the queue is back' : `the queue at ${shown} is gone (${lost}); waiting for it`;

/** What the server refuses (full memory, a password that was changed) as an error of ours. @throws UnderstudyError `queue-failed` */
export async function orQueueFailed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = plainReason(error);
    if (!/^(ERR|OOM|NOAUTH|NOPERM|WRONGPASS|READONLY|MISCONF|LOADING) /.test(reason)) throw error;
    throw queueFailed(`The server refused: ${reason}`, 'Look at it with `understudy doctor --queue`.', error);
  }
}

/** @throws UnderstudyError `queue-failed` where it cannot be asked */
export async function lookAt(address: QueueAddress): Promise<ServerFacts> {
  const client = new Redis(address.url, {
    lazyConnect: true,
    connectTimeout: ANSWER_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let failure: Error | null = null;
  client.on('error', (error) => (failure = error));
  try {
    await Promise.race([client.connect(), silentAfter(2 * ANSWER_WITHIN_MS)]);
    const facts = await factsOf(client);
    if (failure !== null) throw failure as Error; // such as the number of a database that it does not have
    return facts;
  } catch (error) {
    throw unreachable(address, failure ?? error);
  } finally {
    client.disconnect();
  }
}

/** A server that takes the connection and says nothing. */
async function silentAfter(ms: number): Promise<never> {
  await sleep(ms, undefined, { ref: false });
  throw new Error(SILENT);
}

async function factsOf(client: Redis): Promise<ServerFacts> {
  const info = new Map(
    (await client.info())
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const),
  );
  const beganMs = performance.now();
  const askedMs = Date.now();
  const [seconds, micros] = await client.time();
  const roundTripMs = performance.now() - beganMs;
  const serverMs = Number(seconds) * 1000 + Number(micros) / 1000;
  const isAppending = info.get('aof_enabled') === '1';
  return {
    version: info.get('redis_version') ?? 'unknown',
    role: info.get('role') ?? 'unknown',
    eviction: info.get('maxmemory_policy') ?? 'unknown',
    persistence: isAppending ? 'append-only' : (await hasSnapshots(client)) ? 'snapshots' : 'none',
    clockOffsetMs: serverMs - (askedMs + roundTripMs / 2),
    roundTripMs,
    memoryBytes: Number(info.get('used_memory') ?? 0),
  };
}

/** A server that does not tell its settings is taken to have them. */
async function hasSnapshots(client: Redis): Promise<boolean> {
  try {
    const [, schedule] = await client.config('GET', 'save');
    return schedule !== '';
  } catch {
    return true;
  }
}

/** What a queue needs of a server, and whether it has it. What a server does not tell is taken to be so. */
export function needsOf({ version, role, eviction, roundTripMs }: ServerFacts): readonly ServerNeed[] {
  const keeps = eviction === 'noeviction' || eviction === 'unknown';
  return [
    {
      name: 'server',
      ok: version === 'unknown' || !isOlder(version, LEAST_VERSION),
      found: `Redis ${version}, ${roundTripMs.toFixed(1)} ms away`,
      next: `Use ${LEAST_VERSION} or newer; Debian 12 has one as redis-server.`,
    },
    {
      name: 'writes',
      ok: role === 'master' || role === 'unknown',
      found: role === 'slave' ? 'it is a read-only replica' : 'it takes writes',
      next: 'Give the address of its primary.',
    },
    {
      name: 'eviction',
      ok: keeps,
      found: keeps
        ? 'nothing is removed when its memory is full'
        : `it removes keys when its memory is full (maxmemory-policy ${eviction}): jobs would be lost`,
      next: 'Set it with: redis-cli config set maxmemory-policy noeviction; and in redis.conf, so that it stays.',
    },
  ];
}

export interface ServerNeed {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly next: string;
}

/** @throws UnderstudyError `queue-failed` for a server on which jobs would be lost or cannot be written */
function requireFit({ shown }: QueueAddress, facts: ServerFacts): void {
  const missing = needsOf(facts).find(({ ok }) => !ok);
  if (missing !== undefined)
    throw queueFailed(`The server at ${shown} cannot hold a queue (${missing.name}): ${missing.found}.`, missing.next);
}

function isOlder(version: string, least: string): boolean {
  const [have, need] = [version, least].map((text) => text.split('.').map(Number));
  const at = need.findIndex((part, index) => part !== (have[index] ?? 0));
  return at !== -1 && (have[at] ?? 0) < need[at];
}

function unreachable({ shown }: QueueAddress, error: unknown): UnderstudyError {
  const reason = plainReason(error);
  if (/NOAUTH|WRONGPASS|NOPERM|invalid username-password|Authentication/i.test(reason)) {
    return queueFailed(
      `The server at ${shown} does not let us in: its user or password is another one, or one is needed.`,
      'Give it in the address, as redis://:password@host:6379.',
      error,
    );
  }
  if (/DB index/.test(reason)) {
    const next = 'Give another number at the end of the address, or none; most servers have 0 to 15.';
    return queueFailed(`No queue at ${shown}: ${reason}`, next, error);
  }
  return queueFailed(
    `No queue at ${shown}: ${reason}`,
    'Start one there (redis-server), or look at the address, the firewall and whether TLS (rediss://) is meant.',
    error,
  );
}

/** Never the address, which may hold the password. */
function plainReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const said: Record<string, string> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'there is no such host',
    ETIMEDOUT: SILENT,
    ECONNRESET: 'the connection was cut',
  };
  const message = messageOf(error).replace(/rediss?:\/\/\S+/g, 'the address');
  if (/^Command timed out/.test(message)) return SILENT;
  if (/^Unknown RESP type/.test(message)) return 'what answers there is not Redis';
  return (code === undefined ? undefined : said[code]) ?? message;
}
