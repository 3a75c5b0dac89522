/**
 * Before and after `npm pack` and `npm publish` (prepack and postpack in package.json):
 *
 *   node scripts/make-package.js before     makes the onnxruntime-node that is packed one without an install script
 *   node scripts/make-package.js after      puts its package.json back
 *
 * Settings such as ignore-scripts do not travel with a package. On Linux onnxruntime-node's script downloads hundreds of
 * MB of CUDA, which nothing here uses, and fails the whole install where its server cannot be reached. So the package
 * carries onnxruntime-node itself: docs/decisions/0015-what-an-install-fetches.md.
 *
 * UNDERSTUDY_PACK_PLATFORM=linux/x64 packs the binaries of one platform only: for tests, in a third of the time.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MANIFEST = fileURLToPath(new URL('../node_modules/onnxruntime-node/package.json', import.meta.url));
const ORIGINAL = `${MANIFEST}.original`;

/** The manifest of what is packed: no scripts, nor the files and dependencies that only they need. */
function packedManifest(manifest, platform) {
  const { 'onnxruntime-common': common } = manifest.dependencies;
  const binaries = platform === undefined ? 'bin' : `bin/napi-v6/${platform}`;
  const packed = { ...manifest, dependencies: { 'onnxruntime-common': common }, files: ['dist', binaries] };
  delete packed.scripts;
  return packed;
}

/** Replaced in one step: a program that runs at the same time reads the one or the other. */
function replaceManifest(text) {
  const fresh = `${MANIFEST}.${process.pid}`;
  writeFileSync(fresh, text);
  renameSync(fresh, MANIFEST);
}

/** An original that is still there is of a packing that did not come to its end. */
function putBack() {
  if (existsSync(ORIGINAL)) renameSync(ORIGINAL, MANIFEST);
}

const [moment] = process.argv.slice(2);
if (moment === 'before') {
  putBack();
  const packed = packedManifest(JSON.parse(readFileSync(MANIFEST, 'utf8')), process.env.UNDERSTUDY_PACK_PLATFORM);
  copyFileSync(MANIFEST, ORIGINAL);
  replaceManifest(`${JSON.stringify(packed, null, 2)}\n`);
} else if (moment === 'after') {
  putBack();
} else {
  console.error('usage: node scripts/make-package.js before|after');
  process.exitCode = 2;
}
