/** The `session` verbs as functions from names to plain data; the command line prints what they return. */
import type { SessionCheck } from './check.js';
import { checkSession } from './check.js';
import type { ReadOptions } from './event-log.js';
import type { SessionInfo } from './info.js';
import { describeSession } from './info.js';
import type { LabelRule } from './labels.js';
import type { Session } from './session.js';
import { readSession } from './session.js';
import type { SessionStatistics } from './statistics.js';
import { sessionStatistics } from './statistics.js';

/** `session info`. @throws UnderstudyError as readSession */
export async function sessionInfo(name: string, options: ReadOptions = {}): Promise<SessionInfo> {
  return describeSession(await readSession(name, options));
}

/**
 * `session check`: broken lines are problems with their place here, not errors.
 *
 * @throws UnderstudyError `file-missing`, `file-unreadable`; `session-invalid` for an empty session or a newer format
 */
export async function sessionCheck(name: string, options: Omit<ReadOptions, 'lenient'> = {}): Promise<SessionCheck> {
  return checkSession(await readSession(name, { ...options, lenient: true }));
}

/** `session stats`, over all named sessions as one. @throws UnderstudyError as readSession and joinSessions */
export async function sessionStats(
  names: readonly string[],
  options: ReadOptions & { readonly labels?: LabelRule } = {},
): Promise<SessionStatistics> {
  const sessions: Session[] = [];
  for (const name of names) sessions.push(await readSession(name, options));
  return sessionStatistics(sessions, options.labels ?? 'at-frame');
}

/** `session repair`. */
export { repairSession as sessionRepair } from './repair.js';

/** `session import`. */
export { importSession as sessionImport } from './import.js';
