/** Everything that the live page loads, read once: its document, style and modules, and the chart library. No CDN. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { UnderstudyError } from '../core/errors.js';
import { reinstallAdvice } from '../core/installation.js';
import { collectPageModules } from '../loopback/page-modules.js';
import { PAGE_HTML } from './page/layout.js';
import { PAGE_CSS } from './page/style.js';
import { CHART_MODULE, CHART_STYLE, PAGE_STYLE } from './page/paths.js';

/** The page's path: the only file that needs the token. */
export const PAGE_PATH = '/';

/** The page's first module. Written as a URL of this module, so that tools that look for dead code find it. */
const ENTRY = new URL('./page/main.js', import.meta.url);

const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const JAVASCRIPT = 'text/javascript; charset=utf-8';

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/** @returns path in the page's address -> file @throws UnderstudyError `package-missing`, `contract-broken` */
export async function collectPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const modules = await collectPageModules(ENTRY, 'watch');
  return new Map<string, PageFile>([
    [PAGE_PATH, { type: HTML, body: Buffer.from(PAGE_HTML) }],
    [PAGE_STYLE, { type: CSS, body: Buffer.from(PAGE_CSS) }],
    [CHART_MODULE, { type: JAVASCRIPT, body: await chartFile('uPlot.esm.js') }],
    [CHART_STYLE, { type: CSS, body: await chartFile('uPlot.min.css') }],
    ...[...modules].map(([path, body]) => [path, { type: JAVASCRIPT, body }] as const),
  ]);
}

async function chartFile(name: string): Promise<Buffer> {
  try {
    return await readFile(createRequire(import.meta.url).resolve(`uplot/dist/${name}`));
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: 'The live page needs the package uplot, which is not installed.',
      next: reinstallAdvice(),
      cause,
    });
  }
}
