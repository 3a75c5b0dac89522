/**
 * npm run make lock, after any change of dependencies.
 *
 * Native packages name one optional package a platform. Where a registry does not carry some of them, npm leaves them
 * out of package-lock.json, and `npm ci` of npm 11 then refuses the lock as out of step. This adds what is missing, by
 * name, version and platform; on that platform npm fetches it, elsewhere it is skipped.
 *
 * It also takes out that a package has an install script, so that `npm ci` runs none: onnxruntime-node's and
 * tfjs-node-gpu's would download hundreds of MB. The scripts of this project, as prepack, do run.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openbsd', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32'];

/** The platform that a package's name ends with: canvas-linux-arm64-musl. */
function platformOf(name) {
  const parts = name.split('/').at(-1).split('-');
  const os = SYSTEMS.find((system) => parts.includes(system));
  const cpu = PROCESSORS.find((processor) => parts.includes(processor));
  if (os === undefined || cpu === undefined) return null;
  const libc = parts.includes('musl') ? ['musl'] : parts.some((part) => part.startsWith('gnu')) ? ['glibc'] : undefined;
  return { os: [os], cpu: [cpu], ...(libc && os === 'linux' ? { libc } : {}) };
}

const added = [];
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const platform = platformOf(name);
    if (lock.packages[key] !== undefined || platform === null) continue;
    lock.packages[key] = { version, optional: true, ...platform };
    added.push(`${name}@${version}`);
  }
}

for (const [path, entry] of Object.entries(lock.packages)) {
  delete entry.hasInstallScript;
  // npm would compile it, although its binary is in it
  if (path !== '' && existsSync(new URL(`../../${path}/binding.gyp`, import.meta.url))) entry.gypfile = false;
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'the lock file is complete' : `added ${added.join(', ')}`);
