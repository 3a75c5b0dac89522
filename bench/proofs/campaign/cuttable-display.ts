/**
 * Another way to an X display: a socket whose connections can all be cut while the server and its keys stay as they are.
 * A crashed session, a full descriptor table or a killed tunnel does the same to every client at once.
 */
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** Above the numbers that Xvfb picks by itself. */
const FIRST_NUMBER = 400;

export class CuttableDisplay implements AsyncDisposable {
  /** As in $DISPLAY. */
  readonly name: string;
  readonly #server: Server;
  readonly #path: string;
  readonly #open = new Set<Socket>();

  private constructor(number: number, path: string, server: Server) {
    this.name = `:${number}`;
    this.#path = path;
    this.#server = server;
  }

  /** @param display the real one, ":7" */
  static async to(display: string): Promise<CuttableDisplay> {
    const real = Number(/^:(\d+)/.exec(display)?.[1]);
    const number = FIRST_NUMBER + real;
    const path = `/tmp/.X11-unix/X${number}`;
    const server = createServer((client) => made.#join(client, connect(`/tmp/.X11-unix/X${real}`)));
    const made = new CuttableDisplay(number, path, server);
    rmSync(path, { force: true });
    server.listen(path);
    await once(server, 'listening');
    return made;
  }

  /** Breaks every connection; new ones are taken. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
    rmSync(this.#path, { force: true });
  }

  #join(client: Socket, server: Socket): void {
    for (const [from, to] of [
      [client, server],
      [server, client],
    ]) {
      this.#open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#open.delete(from);
        to.destroy();
      });
    }
  }
}
