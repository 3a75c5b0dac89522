/**
 * The compiled modules that a page loads, found once, by following its imports from its first module. A server sends
 * these and nothing else: a request is looked up here and never becomes a path on the disk.
 */
import { readFile } from 'node:fs/promises';
import { UnderstudyError } from '../core/errors.js';

/** `from './x.js'`, `import './x.js'`, `new URL('./x.js', import.meta.url)`, as the compiler writes them. */
const REFERENCE = /\b(?:from|import)\s*['"]([^'"]+)['"]|\bnew URL\(\s*['"]([^'"]+)['"]\s*,\s*import\.meta\.url\s*\)/g;

/** The compiled tree: the folder with core/ and arena/ in it. */
const ROOT = new URL('../', import.meta.url);

/**
 * @param entry the page's first module, compiled
 * @param room the folder that the page belongs to, such as `arena`: it may load from there and from core only
 * @returns path in the page's address ("/arena/page/main.js") -> the module's text
 * @throws UnderstudyError `contract-broken` where a module of the page imports what a browser cannot load
 */
export async function collectPageModules(entry: URL, room: string): Promise<ReadonlyMap<string, Buffer>> {
  const modules = new Map<string, Buffer>();
  const waiting = [entry];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    const path = servedPath(url);
    if (modules.has(path)) continue;
    const code = await readFile(url);
    modules.set(path, code);
    for (const match of code.toString('utf8').matchAll(REFERENCE)) {
      waiting.push(resolveReference(match[1] ?? match[2], url, room));
    }
  }
  return modules;
}

function servedPath(url: URL): string {
  return url.href.slice(ROOT.href.length - 1);
}

function resolveReference(reference: string, from: URL, room: string): URL {
  const url = new URL(reference, from);
  const isInside =
    url.href.startsWith(ROOT.href) && ['core', room].some((name) => servedPath(url).startsWith(`/${name}/`));
  if (!reference.startsWith('.') || !isInside) {
    throw new UnderstudyError({
      kind: 'contract',
      code: 'contract-broken',
      message: `A page cannot load '${reference}', which ${servedPath(from)} imports: only src/core and src/${room} run in it.`,
      next: 'Report this: a module of the page must import neither Node nor a package.',
    });
  }
  return url;
}
