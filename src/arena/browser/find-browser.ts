/** Finds an installed Chromium, Chrome or a browser built on it. Downloads nothing. */
import { join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { isProgram, programPath } from '../../core/program-path.js';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'brave-browser',
];

const MAC_PATHS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/** Relative to each of the folders where Windows installs programs. */
const WINDOWS_PATHS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * Path of the program: $CHROME_PATH where it is set, else the first one installed.
 *
 * @throws UnderstudyError `browser-missing`
 */
export function findBrowser(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = env.CHROME_PATH;
  if (chosen !== undefined && chosen !== '') {
    if (isProgram(chosen)) return chosen;
    throw missing(`CHROME_PATH names '${chosen}', which is not a program that can be run`);
  }
  const found = candidates(env, platform).find(isProgram);
  if (found === undefined) throw missing('No Chromium or Chrome was found on this machine');
  return found;
}

function candidates(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA];
    return WINDOWS_PATHS.flatMap((path) => roots.filter((root) => root !== undefined).map((root) => join(root, path)));
  }
  const onPath = NAMES.map((name) => programPath(name, env)).filter((path) => path !== null);
  return platform === 'darwin' ? [...MAC_PATHS, ...onPath] : onPath;
}

function missing(what: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'browser-missing',
    message: `${what}; a window of the arena's own needs one.`,
    next: "Install Chromium (Debian and Ubuntu: 'apt install chromium') or Chrome, or set CHROME_PATH to its program.",
  });
}
