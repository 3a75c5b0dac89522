/**
 * What a run answers over its control socket, from its start until none of its keys is down. Other parts add their
 * methods to {@link RunControl.methods}. Never ends the process and never touches a key by itself.
 */
import { z } from 'zod';
import type { Arming, ArmingState } from '../agent/arming.js';
import { ControlMethods } from '../control/method-registry.js';
import { ControlServer } from '../control/server.js';
import type { AgentSocket } from '../control/sockets.js';

const noParams = z.strictObject({});

/** What `pause`, `resume`, `arm` and `disarm` answer. */
export interface ArmingAnswer {
  readonly run: string;
  readonly state: ArmingState;
  /** False where it was in that state already, or its state needs another order (docs/control.md has the table). */
  readonly changed: boolean;
  readonly reason: string | null;
}

/** What `stop` answers, once no key is down. */
export interface StopAnswer {
  readonly run: string;
  readonly outcome: string;
  readonly runDir: string;
  readonly edgesSent: number;
}

export interface RunControlParts {
  readonly status: () => object;
  /** Whether it is meant to act; null where a run cannot be paused. */
  readonly arming: Arming | null;
  /** Ends the run as a signal would, without setting an exit code. */
  readonly stop: () => void;
}

export class RunControl implements AsyncDisposable {
  readonly methods = new ControlMethods();
  readonly #run: string;
  #server: ControlServer | null = null;
  #settle: (answer: StopAnswer) => void = () => undefined;
  readonly #settled = new Promise<StopAnswer>((resolve) => (this.#settle = resolve));

  /** @param run the run folder's own name */
  constructor(run: string, { status, arming, stop }: RunControlParts) {
    this.#run = run;
    this.methods.add('status', noParams, status);
    this.methods.add('stop', noParams, () => {
      stop();
      return this.#settled;
    });
    if (arming !== null) this.#addArming(arming);
    this.methods.add('memory', noParams, memoryOfProcess);
    this.methods.add('methods', noParams, () => ({ methods: this.methods.names }));
  }

  /** Starts listening; a second call has no effect. @throws UnderstudyError `control-failed`, `write-failed` */
  async serve(): Promise<AgentSocket> {
    this.#server ??= await ControlServer.listen(this.#run, this.methods);
    return this.#server.socket;
  }

  /** To be called once no key of the run is down: answers all `stop` requests. */
  settle(answer: Omit<StopAnswer, 'run'>): void {
    this.#settle({ run: this.#run, ...answer });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  #addArming(arming: Arming): void {
    const method = (name: string, act: () => boolean): void => {
      this.methods.add(name, noParams, (): ArmingAnswer => {
        const changed = act();
        return { run: this.#run, state: arming.state, changed, reason: arming.status.reason };
      });
    };
    method('pause', () => arming.pause('control'));
    method('resume', () => arming.resume('control'));
    method('arm', () => arming.arm('control'));
    method('disarm', () => arming.disarm('it was disarmed from another terminal', 'control'));
  }
}

/** Bytes; after a garbage collection where Node was started with --expose-gc. */
function memoryOfProcess(): object {
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return {
    collected: collect !== undefined,
    rssBytes: rss,
    heapUsedBytes: heapUsed,
    externalBytes: external,
    arrayBuffersBytes: arrayBuffers,
  };
}
