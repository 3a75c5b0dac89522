/** Which kinds of private screen work here: each that this session could show is started, and ended at once. */
import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import { failed, passed, type Check } from '../system/check.js';
import { isShownBy, problemOf, SCREEN_KINDS, SERVERS, type ScreenKind } from './kinds.js';
import { PrivateScreen } from './private-screen.js';

/** @throws the signal's reason when it aborts */
export async function checkScreens(signal: AbortSignal): Promise<Check[]> {
  if (process.platform !== 'linux') return [];
  const checks: Check[] = [];
  const kinds = SCREEN_KINDS.filter((kind) => SERVERS[kind].shownIn === null || isShownBy(kind));
  for (const kind of kinds) checks.push(await checkScreen(kind, signal)); // one after the other: each is the desktop for a moment
  return checks;
}

async function checkScreen(kind: ScreenKind, signal: AbortSignal): Promise<Check> {
  const name = `inside ${kind}`;
  const problem = problemOf(kind);
  if (problem !== null) return failed(name, problem.message, problem.next, false);
  const logs = mkdtempSync(join(tmpdir(), 'understudy-check-'));
  try {
    const fromMs = performance.now();
    await using screen = await PrivateScreen.open({ kind, size: null, logs }, signal);
    return passed(
      name,
      `a private screen starts in ${(performance.now() - fromMs).toFixed(0)} ms (${screen.display})`,
      false,
    );
  } catch (error) {
    if (!(error instanceof UnderstudyError)) throw error;
    return failed(name, error.message, error.next, false);
  } finally {
    rmSync(logs, { recursive: true, force: true });
  }
}
