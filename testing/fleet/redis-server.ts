/** A Redis server of a test's own, on a free port of the loopback interface. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const isThere = spawnSync('redis-server', ['--version']).status === 0;

/** For `skip`: why there is no test, or false. */
export const lacksRedis = isThere ? false : 'redis-server is not installed';

const READY_WITHIN_MS = 20_000;

export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #args: readonly string[];
  #child: ChildProcess | null = null;

  readonly #onStart: (child: ChildProcess) => void;

  private constructor(port: number, args: readonly string[], onStart: (child: ChildProcess) => void) {
    this.port = port;
    this.#args = args;
    this.#onStart = onStart;
  }

  /**
   * @param folder for what it keeps
   * @param options of redis.conf, as `--maxmemory-policy allkeys-lru`
   * @param onStart gets each process of it
   */
  static async start(
    folder: string,
    options: readonly string[] = [],
    onStart: (child: ChildProcess) => void = () => undefined,
  ): Promise<RedisServer> {
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes'];
    const server = new RedisServer(port, [...own, ...options], onStart);
    try {
      await server.run();
      return server;
    } catch (error) {
      await server.end('SIGKILL');
      throw error;
    }
  }

  get address(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, also after {@link end}, with what it kept. */
  async run(): Promise<void> {
    const child = spawn('redis-server', this.#args, { stdio: 'ignore', detached: true });
    this.#child = child;
    this.#onStart(child);
    for (const endMs = performance.now() + READY_WITHIN_MS; performance.now() < endMs; await delay(50)) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with code ${child.exitCode}`);
      if (await answers(this.port)) return;
    }
    throw new Error('redis-server does not answer');
  }

  /** @param signal SIGTERM shuts it down as SHUTDOWN does: what it was told is on the disk */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}

/** That it wants a password is an answer too; that it still loads is none. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [reply] = (await once(socket, 'data')) as [string];
    return /^(\+PONG|-NOAUTH)/.test(reply);
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
