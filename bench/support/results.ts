/** Where a bench leaves what it found: for people on standard error, as JSON on standard output, on a page if asked. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { machine } from './machine.js';

export interface BenchPage {
  /** File name under docs/results, without ending. */
  readonly name: string;
  readonly title: string;
  /** One paragraph: what was measured, how, and made by which command. */
  readonly intro: string;
  /** Tables and lines, as they are printed. */
  readonly text: string;
  /** The figures. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** Prints a result; with `--write` on the command line it also becomes docs/results/<name>.md and .json. */
export function publish({ name, title, intro, text, document }: BenchPage): void {
  const load = loadavg()[0].toFixed(1); // what else the machine was busy with
  const whole = { ...document, machine: machine(), loadAverage: Number(load), at: new Date().toISOString() };
  process.stderr.write(`${title}\n  ${whole.machine}\n\n${text}\n`);
  process.stdout.write(`${JSON.stringify(whole)}\n`);
  if (!process.argv.includes('--write')) return;
  const folder = join('docs', 'results');
  mkdirSync(folder, { recursive: true });
  const page = [`# ${title}`, intro, ['```text', `${whole.machine}, load average ${load}`, '', text, '```'].join('\n')];
  writeFileSync(join(folder, `${name}.md`), `${page.join('\n\n')}\n`);
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(whole, null, 2)}\n`);
}
