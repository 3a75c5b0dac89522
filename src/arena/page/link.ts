/// <reference lib="dom" />
/**
 * The page's side of the link: posts, and passes on what the server answers. A post that fails never stops the game;
 * a server that is gone is reported once.
 */
import type { Answer, Posts } from './messages.js';

/** A server that answered nothing for this long is gone, ms. */
const GONE_AFTER_MS = 3000;

export class Link {
  readonly #token: string;
  readonly #onAnswer: (answer: Answer) => void;
  readonly #onGone: () => void;
  #lastAnswerMs = performance.now();
  #gone = false;

  constructor(token: string, onAnswer: (answer: Answer) => void, onGone: () => void) {
    this.#token = token;
    this.#onAnswer = onAnswer;
    this.#onGone = onGone;
  }

  /** @returns true where the server took it */
  async post<K extends keyof Posts>(kind: K, body: Posts[K]): Promise<boolean> {
    try {
      const response = await fetch(this.#address(kind), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(GONE_AFTER_MS),
      });
      this.#lastAnswerMs = performance.now();
      if (!response.ok) {
        console.error(`the server refused a ${kind} post: ${response.status} ${await response.text()}`);
        return false;
      }
      this.#onAnswer((await response.json()) as Answer);
      return true;
    } catch (error) {
      if (!this.#gone && performance.now() - this.#lastAnswerMs > GONE_AFTER_MS) {
        this.#gone = true;
        console.error(`the server is gone: ${String(error)}`);
        this.#onGone();
      }
      return false;
    }
  }

  /** Posts up to three times, until the server takes it. */
  async postSurely<K extends keyof Posts>(kind: K, body: Posts[K]): Promise<void> {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (await this.post(kind, body)) return;
    }
  }

  /** Reports that the first frame is on the screen. */
  postReady(): void {
    void this.post('ready', {
      width: window.innerWidth,
      height: window.innerHeight,
      ratio: window.devicePixelRatio,
      focused: document.hasFocus(),
    });
  }

  /** For a page that is being closed: the browser sends the post afterwards. */
  beacon<K extends keyof Posts>(kind: K, body: Posts[K]): void {
    navigator.sendBeacon(this.#address(kind), new Blob([JSON.stringify(body)], { type: 'application/json' }));
  }

  #address(kind: keyof Posts): string {
    return `/post/${kind}?token=${encodeURIComponent(this.#token)}`;
  }
}
