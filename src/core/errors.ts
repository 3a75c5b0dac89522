/**
 * Operating errors: failures that a correct program can meet. Each says what happened, what was expected and what to do
 * next. Code distinguishes them by their code, never by their text. Programmer errors are plain assertions and crash.
 */

/** Exit codes of the command line (documented in docs/cli.md). */
export const EXIT_CODES = {
  done: 0,
  fault: 1,
  usage: 2,
  input: 3,
  environment: 4,
  contract: 5,
  interrupted: 130,
  terminated: 143,
} as const;

/** The kind decides the exit code: wrong usage, bad input, something missing on the machine, a broken contract. */
export type ErrorKind = 'usage' | 'input' | 'environment' | 'contract';

/** Codes in use, by kind; docs/errors.md describes each. A script may rely on them: add, never rename. */
export const ERROR_CODES = {
  usage: ['bad-option', 'bad-threshold', 'bad-rate', 'agent-ambiguous', 'unknown-action', 'unknown-key'],
  input: [
    'file-missing',
    'file-unreadable',
    'bundle-missing',
    'bundle-corrupt',
    'bundle-mismatch',
    'bundle-too-new',
    'image-unreadable',
    'game-file-invalid',
    'cue-invalid',
    'actions-invalid',
    'session-invalid',
    'line-broken',
    'time-unit',
    'run-invalid',
    'session-busy',
    'control-invalid',
    'model-unsupported',
    'model-unreadable',
    'dataset-invalid',
    'checkpoint-mismatch',
    'training-diverged',
    'video-unreadable',
    'training-fights',
    'job-invalid',
  ],
  environment: [
    'no-display',
    'no-terminal',
    'wayland',
    'x11-failed',
    'window-not-found',
    'window-ambiguous',
    'window-closed',
    'launch-failed',
    'screen-failed',
    'step-failed',
    'restart-failed',
    'capture-failed',
    'key-unreachable',
    'keyboard-failed',
    'no-human-device',
    'keyboard-busy',
    'guard-failed',
    'package-missing',
    'browser-missing',
    'browser-failed',
    'port-taken',
    'engine-missing',
    'write-failed',
    'out-of-memory',
    'no-agent',
    'agent-silent',
    'control-failed',
    'queue-failed',
    'store-failed',
    'job-failed',
  ],
  contract: ['contract-broken'],
} as const satisfies Record<ErrorKind, readonly string[]>;

export type ErrorCode = (typeof ERROR_CODES)[ErrorKind][number];

export interface ErrorDetails {
  readonly kind: ErrorKind;
  readonly code: ErrorCode;
  /** What happened, with what was got and what was expected: one or two sentences. */
  readonly message: string;
  /** What to do next: one sentence. */
  readonly next: string;
  /** True where the same call may succeed later (a grab that failed once). Default false. */
  readonly transient?: boolean;
  readonly cause?: unknown;
}

export class UnderstudyError extends Error {
  override readonly name = 'UnderstudyError';
  readonly kind: ErrorKind;
  readonly code: ErrorCode;
  readonly next: string;
  readonly transient: boolean;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? {} : { cause: details.cause });
    this.kind = details.kind;
    this.code = details.code;
    this.next = details.next;
    this.transient = details.transient ?? false;
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** The message of a thrown value, which need not be an Error. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** An option with a value that cannot be used, or that contradicts another one. */
export function badOption(message: string, next: string): UnderstudyError {
  return new UnderstudyError({ kind: 'usage', code: 'bad-option', message, next });
}
