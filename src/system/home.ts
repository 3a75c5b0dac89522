/**
 * The user's folder, where a user may be no more than a number: containers are started with ids that no passwd file knows,
 * and without HOME. `os.homedir()` throws there, and packages that ask it as they load do not load.
 */
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the system knows no home for this user, sets HOME to a folder in the temporary one, for this process and those that
 * it starts. Nothing is made there before it is needed.
 */
export function ensureHome(env: NodeJS.ProcessEnv = process.env): void {
  try {
    homedir();
  } catch {
    env.HOME = join(tmpdir(), `understudy-home-${process.getuid?.() ?? 'user'}`);
  }
}
