/** A live page in a real Chromium, and the errors that it has. */
import { chromium, type Browser, type Page } from 'playwright-core';
import { findBrowser } from '../../src/arena/browser/find-browser.js';
import type { RunningCli } from '../cli/cli.js';

export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** What the page wrote to the console as an error, threw, or was refused by its content policy. */
  readonly errors: readonly string[];
}

/** The address that a run printed. */
export async function watchUrlOf(run: RunningCli): Promise<string> {
  let heard = '';
  run.child.stderr.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  await run.untilSaid('watch at http');
  await run.untilSaid('\n');
  return /watch at (\S+)/.exec(heard)![1];
}

/** Opens `url`, 1280 px wide and dark. */
export async function openPage(url: string): Promise<OpenedPage> {
  const browser: Browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'dark' });
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  return { page, errors, [Symbol.asyncDispose]: () => browser.close() };
}

/** Waits until an expression of the page's is true. Asked from outside: the page's own content policy allows no eval. */
export async function untilShown(page: Page, expression: string): Promise<void> {
  const deadlineMs = performance.now() + 30_000;
  while (!(await page.evaluate<boolean>(expression))) {
    if (performance.now() > deadlineMs) {
      const shown = await page.evaluate<string>('document.body.innerText');
      throw new Error(`30 s passed without: ${expression}; the page shows:\n${shown}`);
    }
    await page.waitForTimeout(20);
  }
}

/** Waits until the page shows at least this tick. */
export async function untilTick(page: Page, slot: number): Promise<void> {
  await untilShown(page, `Number(document.querySelector('[data-count="slot"]')?.textContent) >= ${slot}`);
}

/** Pixels that stick out to the right. */
export async function overflowOf(page: Page): Promise<number> {
  return await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
}
