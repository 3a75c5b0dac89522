/**
 * The compiled modules that the page loads, found by following its imports from page/main.js once, at the start. The
 * server hands out these and nothing else: a request is looked up here and never becomes a path on the disk.
 */
import { readFile } from 'node:fs/promises';
import { UnderstudyError } from '../../core/errors.js';

/** `from './x.js'`, `import './x.js'`, `new URL('./x.js', import.meta.url)`, as the compiler writes them. */
const REFERENCE = /\b(?:from|import)\s*['"]([^'"]+)['"]|\bnew URL\(\s*['"]([^'"]+)['"]\s*,\s*import\.meta\.url\s*\)/g;

/** The compiled tree: the folder with core/ and arena/ in it. */
const ROOT = new URL('../../', import.meta.url);

/** Where the page starts. Named as a URL of this module, so that tools which look for dead code find it. */
const ENTRY = new URL('../page/main.js', import.meta.url);

/** Rooms that the page may load from. */
const ROOMS = ['/core/', '/arena/'];

/**
 * @returns path in the page's address ("/arena/page/main.js") -> the module's text
 * @throws UnderstudyError `contract-broken` where a module of the page imports what no browser has
 */
export async function collectPageModules(): Promise<ReadonlyMap<string, Buffer>> {
  const modules = new Map<string, Buffer>();
  const waiting = [ENTRY];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    const path = servedPath(url);
    if (modules.has(path)) continue;
    const code = await readFile(url);
    modules.set(path, code);
    for (const match of code.toString('utf8').matchAll(REFERENCE)) {
      waiting.push(resolveReference(match[1] ?? match[2], url));
    }
  }
  return modules;
}

function servedPath(url: URL): string {
  return url.href.slice(ROOT.href.length - 1);
}

function resolveReference(reference: string, from: URL): URL {
  const url = new URL(reference, from);
  const isInside = url.href.startsWith(ROOT.href) && ROOMS.some((room) => servedPath(url).startsWith(room));
  if (!reference.startsWith('.') || !isInside) {
    throw new UnderstudyError({
      kind: 'contract',
      code: 'contract-broken',
      message: `The arena's page cannot load '${reference}', which ${servedPath(from)} imports: only src/core and src/arena run in a browser.`,
      next: 'Report this: a module of the page must import neither Node nor a package.',
    });
  }
  return url;
}
