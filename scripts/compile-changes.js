/**
 * Compiles the program and its tests into dist/, or finds within a moment that there is nothing to do.
 *
 * What was compiled is known by a stamp in dist/: a hash over the content of every source, and one of the compiler's own
 * record. Content and not times, so that a checkout there and back compiles nothing and a restored old file is seen. After
 * an interrupted build, or where outputs are missing, the compiler's record is removed and everything is compiled.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT_ROOT = fileURLToPath(new URL('../', import.meta.url));
/** What decides about the outputs beside the sources that tsconfig.json includes. */
const SETTINGS = ['tsconfig.json', 'package.json', 'package-lock.json'];

/** File names below a folder with one of these endings, relative to it; none where there is no such folder. */
function filesIn(folder, pattern) {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => pattern.test(name));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** The content of a file, or null where it is absent. */
function contentOf(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Sources by their path below the root, in a fixed order. */
function sourcesIn(root) {
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  return include
    .flatMap((folder) => filesIn(join(root, folder), /\.ts$/).map((name) => join(folder, name)))
    .filter((name) => !name.endsWith('.d.ts'))
    .sort();
}

function hashOf(root, names) {
  const hash = createHash('sha256');
  for (const name of names) {
    const content = contentOf(join(root, name));
    hash.update(`\n${name} ${content?.length ?? 'absent'}\n`);
    if (content !== null) hash.update(content);
  }
  return hash.digest('hex');
}

const compiledName = (source) => source.replace(/\.ts$/, '.js');

/** Removes outputs whose source is gone, and folders that are empty then. */
function removeStale(dist, expected, present) {
  for (const name of present) {
    if (expected.has(name.replace(/\.map$/, ''))) continue;
    rmSync(join(dist, name), { force: true });
    for (let folder = dirname(name); folder !== '.'; folder = dirname(folder)) {
      if (readdirSync(join(dist, folder)).length > 0) break;
      rmdirSync(join(dist, folder));
    }
  }
}

/**
 * Compiles what has changed.
 *
 * @param root the project's folder
 * @param compile runs the compiler there and answers its exit code, or null where a signal ended it
 * @returns the compiler's exit code, 0 where there was nothing to do
 */
export function compileChanges(root = PROJECT_ROOT, compile = runTypeScript) {
  const dist = join(root, 'dist');
  const stamp = join(dist, '.build-stamp');
  const begun = join(dist, '.build-begun');
  const record = join('dist', '.tsbuildinfo');
  const sources = sourcesIn(root);
  const expected = new Set(sources.map(compiledName));
  const present = filesIn(dist, /\.js(\.map)?$/).map((name) => name.split(sep).join('/'));
  const outputs = new Set(present);
  const isWhole = contentOf(begun) === null && [...expected].every((name) => outputs.has(name));
  const sourceHash = hashOf(root, [...SETTINGS, ...sources]);
  const isKnown = contentOf(stamp)?.toString() === `${sourceHash} ${hashOf(root, [record])}`;
  if (isWhole && isKnown && present.every((name) => expected.has(name.replace(/\.map$/, '')))) return 0;

  mkdirSync(dist, { recursive: true });
  writeFileSync(begun, '');
  rmSync(stamp, { force: true });
  // the record would have the compiler believe that it wrote what is missing or half written
  if (!isWhole) rmSync(join(root, record), { force: true });
  removeStale(dist, expected, present);
  const code = compile(root);
  if (code === null) return 1;
  rmSync(begun, { force: true });
  if (code !== 0) return code;
  writeFileSync(`${stamp}.new`, `${sourceHash} ${hashOf(root, [record])}`);
  renameSync(`${stamp}.new`, stamp);
  return 0;
}

function runTypeScript(root) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, error } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: root, stdio: 'inherit' });
  if (error !== undefined) throw error;
  return status;
}
