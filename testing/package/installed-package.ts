/**
 * The package as a user gets it: packed from this checkout, and installed with npm into a prefix of its own, with a home
 * of its own, so that no setting of this checkout or this user takes part.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../cli/cli.js';

/** npm's own settings and this user's are left out; how the registry is reached (address, proxies, certificates) is kept. */
function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  const own = /^(npm_|XDG_|INIT_CWD$|NODE$|NODE_PATH$|DISPLAY$|WAYLAND_DISPLAY$|UNDERSTUDY_|ONNXRUNTIME_)/i;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  // what earlier runs on this machine fetched is taken from npm's cache: it holds the registry's files, no settings
  const setting = (name: string): string =>
    spawnSync('npm', ['config', 'get', name], { encoding: 'utf8', cwd: '/' }).stdout.trim();
  const reached = { npm_config_cache: setting('cache'), npm_config_registry: setting('registry') };
  return { ...Object.fromEntries(kept), ...reached, HOME: home, TMPDIR: join(home, 'tmp') };
}

/** A skip reason where no registry of npm answers, or false. */
export function lacksRegistry(): string | false {
  // asks for a package, in the environment of the install: mirrors need not answer a ping
  const asked = ['view', 'commander', 'version', '--prefer-online', '--fetch-retries', '1', '--fetch-timeout', '20000'];
  const { status } = spawnSync('npm', asked, { cwd: '/', env: { ...cleanEnvironment(tmpdir()), TMPDIR: tmpdir() } });
  return status === 0 ? false : 'no npm registry answers here';
}

export interface InstalledPackage {
  /** The installed program's folder. */
  readonly root: string;
  /** The program's file on the PATH of its user. */
  readonly bin: string;
  /** Where commands are run: a folder with nothing in it, and the environment of a user without settings. */
  readonly place: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };
  /** Paths in the packed file, without its first folder. */
  readonly packed: readonly string[];
  /** What npm printed at the install: scripts of packages among it. */
  readonly installLog: string;
}

function mustRun(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return `${stdout}${stderr}`;
  throw new Error(`${program} ${args.join(' ')} ended with ${status ?? String(error)}:\n${stdout}\n${stderr}`);
}

/**
 * Packs with the binaries of this platform only and installs the result.
 *
 * @param folder empty; gets the packed file, the prefix, the home and the folder that commands run in
 * @throws Error with npm's output where packing or installing fails
 */
export function installPackage(folder: string): InstalledPackage {
  const [home, prefix, cwd, packs] = ['home', 'prefix', 'cwd', 'packed'].map((name) => join(folder, name));
  for (const path of [home, join(home, 'tmp'), prefix, cwd, packs]) mkdirSync(path);
  const env = cleanEnvironment(home);
  const platform = { UNDERSTUDY_PACK_PLATFORM: `${process.platform}/${process.arch}` };
  mustRun('npm', ['pack', '--silent', '--pack-destination', packs], PROJECT_ROOT, { ...env, ...platform });
  const file = join(packs, readdirSync(packs)[0]);
  const packed = mustRun('tar', ['-tzf', file], folder, env).trim().split('\n');
  const options = ['--prefer-offline', '--foreground-scripts', '--loglevel', 'info'];
  const installLog = mustRun('npm', ['install', '-g', '--prefix', prefix, ...options, file], cwd, env);
  const modules = join(prefix, 'lib', 'node_modules');
  return {
    root: join(modules, readdirSync(modules)[0]),
    bin: join(prefix, 'bin', 'understudy'),
    place: { cwd, env },
    packed: packed.map((path) => path.replace(/^package\//, '')),
    installLog,
  };
}
