/**
 * What a run is given besides its request: what ends it, where its messages go, its observers. A request is plain data;
 * these are live objects of the process.
 */
import type { AgentSocket } from '../control/sockets.js';
import type { TickObserver } from '../core/tick-report.js';
import type { PrivateScreen } from '../screen/private-screen.js';
import type { LiveWatch } from '../watch/live-watch.js';

/** What ends a run from outside. */
export interface RunSignals {
  /** Aborts once the run is to end. */
  readonly signal: AbortSignal;
  /** Aborts it: the run was asked to end, and shuts down cleanly. */
  stop(): void;
}

/** What every run is given. */
export interface RunEnvironment {
  readonly signals: RunSignals;
  /** Text for people, on standard error: standard output is for the summary. */
  readonly say: (text: string) => void;
  /** Called once the run can be reached over its socket; absent: no process waits for that. */
  readonly onServing?: (run: { readonly runDir: string; readonly socket: AgentSocket }) => void;
  /** Further observers of each tick: a bench. */
  readonly observers?: readonly TickObserver[];
  /** The screen that this run has to itself; absent: it is on the desktop of the session. */
  readonly screen?: PrivateScreen;
}

/** The same, with the live page once it is open; null where none is served. */
export interface WatchedEnvironment extends RunEnvironment {
  readonly watch: LiveWatch | null;
}
