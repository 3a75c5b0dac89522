/** The `session` verbs as functions from names to plain data; the command line prints what they return. */
import type { SessionCheck } from './check.js';
import { checkSession } from './check.js';
import type { ReadOptions } from './event-log.js';
import type { SessionInfo } from './info.js';
import { describeSession } from './info.js';
import type { LabelRule } from './labels.js';
import type { Notice } from './notices.js';
import type { Session } from './session.js';
import { readSession } from './session.js';
import type { SessionStatistics } from './statistics.js';
import { sessionStatistics } from './statistics.js';

/** How sessions are read, and where notices go. */
export interface CommandOptions extends ReadOptions {
  /** Called for each notice, in the order of the sessions and of their files. */
  readonly onNotice?: (notice: Notice) => void;
}

/** `session info`. @throws UnderstudyError as readSession */
export async function sessionInfo(name: string, options: CommandOptions = {}): Promise<SessionInfo> {
  return describeSession(await readAndNotify(name, options));
}

/**
 * `session check`: broken lines are problems with a place here, not errors.
 *
 * @throws UnderstudyError `file-missing`, `file-unreadable`; `session-invalid` for an empty session or a newer format
 */
export async function sessionCheck(name: string, options: Omit<ReadOptions, 'lenient'> = {}): Promise<SessionCheck> {
  return checkSession(await readSession(name, { ...options, lenient: true }));
}

/** `session stats`, over all named sessions as one. @throws UnderstudyError as readSession and joinSessions */
export async function sessionStats(
  names: readonly string[],
  options: CommandOptions & { readonly labels?: LabelRule } = {},
): Promise<SessionStatistics> {
  const sessions: Session[] = [];
  for (const name of names) sessions.push(await readAndNotify(name, options));
  return sessionStatistics(sessions, options.labels ?? 'at-frame');
}

async function readAndNotify(name: string, options: CommandOptions): Promise<Session> {
  const session = await readSession(name, options);
  for (const notice of session.notices) options.onNotice?.(notice);
  return session;
}

/** `session repair`. */
export { repairSession as sessionRepair } from './repair.js';

/** `session import`. */
export { importSession as sessionImport } from './import.js';
