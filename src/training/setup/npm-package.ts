/**
 * Where the npm package of the training engine lies, and its fetching: TensorFlow.js is no dependency of playing, so an
 * installed program gets it into the user's cache, at the versions and hashes of training-engine/package-lock.json. A
 * checkout has it in node_modules. Runs no package's script.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { PROJECT_ROOT } from '../../core/project-root.js';
import { canRun, runCommand } from './command.js';
import { attemptFolder, cacheRoot } from './places.js';

const NAME = '@tensorflow/tfjs-node-gpu';
/** The manifest and the lock file of what is fetched; they ship with the program. */
const RECIPE = join(PROJECT_ROOT, 'training-engine');

/** What the packages of the lock file amount to, measured on Linux: compressed, and unpacked. */
const FETCHED_MB = 75;
const KEPT_MB = 300;

/** Version of the npm package that this program works with, pinned. */
export function packageVersion(): string {
  const { dependencies } = JSON.parse(readFileSync(join(RECIPE, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return dependencies[NAME];
}

/** The folder in the cache that holds the package's node_modules; complete or absent. */
const cachedFolder = (root: string): string => join(root, `tfjs-${packageVersion()}`);

function isPinned(folder: string): boolean {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return version === packageVersion();
  } catch {
    return false;
  }
}

/** Folder of the npm package whose native part is set up: the checkout's, else the cache's; null where there is none. */
export function findPackage(root: string = cacheRoot()): string | null {
  const places = [PROJECT_ROOT, cachedFolder(root)].map((place) => join(place, 'node_modules', NAME));
  return places.find(isPinned) ?? null;
}

/**
 * As {@link findPackage}.
 *
 * @throws UnderstudyError `engine-missing` where there is none
 */
export function packageFolder(root: string = cacheRoot()): string {
  const folder = findPackage(root);
  if (folder !== null) return folder;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'engine-missing',
    message: 'The training engine is not set up: training needs TensorFlow.js, playing does not.',
    next: 'Run `understudy setup training`; for tiny models `understudy setup training --engine cpu` and --engine cpu are enough.',
  });
}

function failed(message: string, next: string): UnderstudyError {
  return new UnderstudyError({ kind: 'environment', code: 'engine-missing', message, next });
}

/**
 * Fetches the npm package where there is none.
 *
 * @param say gets what is fetched and how large it is, before it is fetched
 * @returns false where it was there already
 * @throws UnderstudyError `engine-missing` where npm is missing or the registry does not answer
 */
export async function fetchPackage(
  root: string,
  say: (message: string) => void,
  signal?: AbortSignal,
): Promise<boolean> {
  if (findPackage(root) !== null) return false;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  if (!(await canRun(npm, '--version'))) {
    throw failed(
      'Setting up the training engine needs npm, which does not run here.',
      'Install npm (it comes with Node.js), see that it is on the PATH, and run `understudy setup training` again.',
    );
  }
  say(
    `Fetching TensorFlow.js ${packageVersion()} from npm's registry: ${FETCHED_MB} MB, ${KEPT_MB} MB unpacked in ${cachedFolder(root)}.`,
  );
  const attempt = attemptFolder(root);
  rmSync(attempt, { recursive: true, force: true });
  mkdirSync(attempt, { recursive: true });
  try {
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(RECIPE, file), join(attempt, file));
    await npmInstall(npm, attempt, signal);
    rmSync(cachedFolder(root), { recursive: true, force: true }); // of another version than it says, if it is there
    renameSync(attempt, cachedFolder(root));
  } finally {
    rmSync(attempt, { recursive: true, force: true });
  }
  return true;
}

/** npm compares each package with the lock file's hash; what it has fetched before it takes from its own cache. */
async function npmInstall(npm: string, folder: string, signal?: AbortSignal): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel', 'error'];
  const result = await runCommand(npm, ['ci', '--ignore-scripts', '--prefer-offline', ...quiet], {
    cwd: folder,
    env: withoutNpmSettings(process.env),
    signal,
  });
  if (result.status === 0 && existsSync(join(folder, 'node_modules', NAME))) return;
  throw failed(
    `The training engine could not be fetched with npm: ${reasonIn(result.tail)}`,
    'See that npm reaches its registry (`npm ping`), then run `understudy setup training` again.',
  );
}

/** The one line of npm's report that says why: it also prints a stack, its settings and where its log lies. */
function reasonIn(report: string): string {
  const lines = report.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
  const telling = [/failed, reason:/, /^(FetchError|Error)/, /^E[A-Z]+/, /^code /].map((form) =>
    lines.find((line) => form.test(line)),
  );
  return telling.find((line) => line !== undefined) ?? (lines[0] || 'it ended without a message');
}

/** Under `npm run` or `npx` npm hands its own settings down, such as the prefix: they are not meant for this folder. */
function withoutNpmSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const meant =
    /^npm_config_(registry|cache|userconfig|globalconfig|cafile|ca|proxy|https_proxy|noproxy|strict_ssl|fetch_\w+)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || meant.test(name)));
}
