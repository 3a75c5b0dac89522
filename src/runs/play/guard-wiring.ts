/** Passes the key guard's events to the arming, the takeover gate, the run's log and its summary. */
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import type { Arming } from '../../agent/arming.js';
import type { TakeoverGate } from '../../agent/gates/takeover.js';
import type { GuardEvent } from '../../keyboard/guard-events.js';
import type { AgentRun } from '../agent-run.js';

export interface GuardWiringOptions {
  readonly arming: Arming;
  readonly takeover: TakeoverGate;
  readonly say: (text: string) => void;
  /** For messages: the key that arms. */
  readonly armKey: string;
}

/** The part of a run that receives the guard's events. */
type NotedRun = Pick<AgentRun, 'event' | 'notes'>;

export class GuardWiring {
  readonly #options: GuardWiringOptions;
  /** Events that came before the run had its folder. */
  readonly #early: GuardEvent[] = [];
  #run: NotedRun | null = null;
  #hands: HeldActions = NONE_HELD;

  constructor(options: GuardWiringOptions) {
    this.#options = options;
  }

  /** The mapped keys that a person holds. */
  get hands(): HeldActions {
    return this.#hands;
  }

  /** Starts passing events to the run; earlier events are delivered first. */
  attach(run: NotedRun): void {
    this.#run = run;
    for (const event of this.#early.splice(0)) this.onEvent(event);
  }

  onEvent(event: GuardEvent): void {
    const run = this.#run;
    if (run === null) {
      this.#early.push(event);
      return;
    }
    const { arming, takeover, say, armKey } = this.#options;
    switch (event.kind) {
      case 'released':
        run.notes.releaseByGuard(event);
        break;
      case 'hands':
        this.#hands = event.hands;
        takeover.handsHold(event.hands);
        break;
      case 'modifiers':
        takeover.modifiersHold(event.keys);
        break;
      case 'stopped':
        this.#stop(event.why, event.key);
        break;
      case 'arm-key':
        run.event('arm key', { key: event.key });
        arming.arm('key');
        break;
      case 'refused':
        run.notes.refusal(event.reason, event.keys);
        break;
      case 'lost':
        run.event('key guard lost', { message: event.message });
        say(event.message);
        arming.disarm(`the key guard was lost (${armKey} arms it again)`, 'guard');
        break;
      case 'restarted':
        run.event('key guard started again', { guardPid: event.guardPid, attempt: event.attempt });
        say(`the key guard runs again; ${armKey} arms the agent`);
        break;
      case 'fault':
        run.event('key guard lost', { message: event.message });
        break;
      case 'warning':
        run.event('key guard', { warning: event.message });
        say(`note: ${event.message}`);
        break;
    }
  }

  #stop(why: 'takeover' | 'panic' | 'paused', key: string): void {
    const { arming } = this.#options;
    switch (why) {
      case 'takeover':
        arming.takeOver(`a person pressed ${key}`);
        break;
      case 'panic':
        arming.panic(`the panic key ${key} was pressed`);
        break;
      case 'paused':
        // one key for both: it pauses, and it resumes
        if (!arming.resume('key')) arming.pause('key', `the pause key ${key} was pressed`);
        break;
    }
  }
}
