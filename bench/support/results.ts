/**
 * Where a program of bench/ leaves what it found: the only writer of docs/results. A result is a page for people and a
 * JSON file beside it, and both say how it was made: command, machine, versions, n, load.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import { machine } from '../../src/system/machine.js';
import { cutText, cutToSize, jsonText } from './result-size.js';

/** Average number of processes that were ready to run in the last minute, when this one began. */
const LOAD_BEFORE = load();

export interface Result {
  /** File name under docs/results, without ending. */
  readonly name: string;
  readonly title: string;
  /** What makes it again; {@link commandOf} builds it from the options that were in force. */
  readonly command: string;
  /** How many measurements, for people: "300 flashes". */
  readonly n: string;
  /** Of packages and engines that the figures depend on. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Paragraphs, lists and tables in Markdown, in their order. */
  readonly sections: readonly string[];
  /** More of how it was made; a line each. */
  readonly made?: readonly string[];
  /** The figures. A field of the same name takes the place of the writer's own. */
  readonly document: Readonly<Record<string, unknown>>;
}

export interface ResultPlace {
  /** Default docs/results. */
  readonly folder?: string;
  /** File name of the JSON where several share a page. Default: the page's. */
  readonly jsonName?: string;
}

/**
 * Writes `<name>.md` and `<name>.json`.
 *
 * @returns the page
 */
export function writeResult(result: Result, place: ResultPlace = {}): string {
  const { name } = result;
  const { folder = join(PROJECT_ROOT, 'docs', 'results'), jsonName = name } = place;
  const facts = factsOf(result);
  const { document, cut } = cutToSize(jsonName, { ...facts, ...result.document });
  const page = pageOf(result, facts, cut);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${jsonName}.json`), jsonText(document));
  writeFileSync(join(folder, `${name}.md`), page);
  return page;
}

/** Prints the page on standard error and the document on standard output; writes both with `--write` on the command line. */
export function publish(result: Result): void {
  const facts = factsOf(result);
  process.stderr.write(pageOf(result, facts, []));
  process.stdout.write(`${JSON.stringify({ ...facts, ...result.document })}\n`);
  if (process.argv.includes('--write')) writeResult(result);
}

/** `npm run prove campaign -- --faults 1000 --seed 1`; an option that is undefined or false is left out, true is a flag. */
export function commandOf(
  program: `${'bench' | 'prove' | 'research'} ${string}`,
  options: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): string {
  const words = Object.entries(options).flatMap(([option, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${option}`];
    return [value].flat().map((one) => `--${option} ${one}`);
  });
  return [`npm run ${program}`, ...(words.length > 0 ? ['--', ...words] : [])].join(' ');
}

/** Lines as they are printed, with their columns. */
export function textBlock(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

interface Facts {
  readonly command: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly n: string;
  readonly loadAverage: { readonly before: number; readonly after: number };
  readonly at: string;
}

function factsOf({ command, versions = {}, n }: Result): Facts {
  return {
    command,
    machine: machine(),
    versions,
    n,
    loadAverage: { before: LOAD_BEFORE, after: load() },
    at: new Date().toISOString(),
  };
}

function pageOf({ title, sections, made = [] }: Result, facts: Facts, cut: readonly string[]): string {
  const { command, versions, n, loadAverage, at } = facts;
  const versionText = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const lines = [
    `- command: \`${command}\``,
    `- machine: ${[facts.machine, ...versionText].join('; ')}`,
    `- n: ${n}; load average ${loadAverage.before} before and ${loadAverage.after} after; ${at.slice(0, 10)}`,
    ...made.map((line) => `- ${line}`),
    ...(cut.length > 0 ? [cutText(cut)] : []),
  ];
  return `${[`# ${title}`, ...sections, '## How it was made', lines.join('\n')].join('\n\n')}\n`;
}

function load(): number {
  return Number(loadavg()[0].toFixed(1));
}
