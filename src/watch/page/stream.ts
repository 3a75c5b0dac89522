/// <reference lib="dom" />
/**
 * The page's connection: one stream while the page is visible, opened again when it breaks, and the posts. A page in
 * the background closes its stream: browsers allow only a few connections to one server.
 */
import type { CommandAnswer, PageOrder, WatchPicture, WatchUpdate } from '../messages.js';
import { WireReader } from '../wire.js';

/** The pause between two tries, ms. */
const RETRY_MS = 1000;

export type LinkState = 'connecting' | 'live' | 'lost' | 'refused' | 'ended';

export interface StreamListener {
  readonly onUpdate: (update: WatchUpdate) => void;
  readonly onPicture: (picture: WatchPicture) => void;
  readonly onLink: (state: LinkState, reason: string) => void;
}

export class Stream {
  readonly #token: string;
  readonly #listener: StreamListener;
  #viewer = 0;
  #ended = false;
  #connection: AbortController | null = null;

  constructor(token: string, listener: StreamListener) {
    this.#token = token;
    this.#listener = listener;
  }

  /** Watches from now on. */
  start(): void {
    document.addEventListener('visibilitychange', () => this.#follow());
    this.#follow();
  }

  /** The run is over: the stream is not opened again. */
  end(): void {
    this.#ended = true;
  }

  /** Acknowledges a picture as drawn, so that the next ones are sent. */
  seen(picture: number): void {
    if (this.#ended) return;
    // the next acknowledgement makes up for a lost one
    this.#post(`/seen?viewer=${this.#viewer}&picture=${picture}`).catch(() => undefined);
  }

  /** Gives a command. @throws Error with the reason where it was not carried out */
  async command({ command, name }: PageOrder): Promise<CommandAnswer> {
    const about = name === null ? '' : `name=${encodeURIComponent(name)}`;
    const response = await this.#post(`/control/${command}?${about}`);
    if (!response.ok) throw new Error((await response.text()).trim());
    return (await response.json()) as CommandAnswer;
  }

  #follow(): void {
    if (document.hidden) {
      this.#connection?.abort();
      this.#connection = null;
    } else if (this.#connection === null && !this.#ended) {
      this.#connection = new AbortController();
      void this.#watch(this.#connection.signal);
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#ended) {
      try {
        const response = await fetch(`/stream?token=${encodeURIComponent(this.#token)}`, { signal });
        if (response.status === 403) return this.#listener.onLink('refused', await response.text());
        if (!response.ok) throw new Error((await response.text()).trim());
        this.#listener.onLink('live', 'live');
        await this.#read(response.body!);
        if (!this.#ended) this.#listener.onLink('lost', 'the run is gone');
      } catch (error) {
        if (signal.aborted) return;
        this.#listener.onLink('lost', error instanceof TypeError ? 'no answer' : String(error));
      }
      if (!this.#ended) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    const wire = new WireReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const message of wire.read(value)) {
        if (message.kind === 'picture') this.#listener.onPicture(message.picture);
        else {
          this.#viewer = message.update.hello?.viewer ?? this.#viewer;
          this.#listener.onUpdate(message.update);
        }
      }
    }
  }

  #post(path: string): Promise<Response> {
    return fetch(`${path}&token=${encodeURIComponent(this.#token)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
  }
}
