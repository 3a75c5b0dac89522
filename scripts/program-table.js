/** The programs that `npm run bench`, `prove`, `research` and `make` start: read from the tables in bench/README.md. */
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT_ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The scripts of package.json that start programs. */
export const KINDS = ['bench', 'prove', 'research', 'make'];

/**
 * @typedef {object} Program
 * @property {string} kind one of KINDS
 * @property {string} name what follows the kind on the command line
 * @property {string} source path of its file, from the project's root
 * @property {string} question what it answers, for people
 * @property {string} result where its result lies
 * @property {string} takes how long it takes, for people
 */

/** @returns {Program[]} in the order of the tables */
export function readPrograms(root = PROJECT_ROOT) {
  const programs = [];
  let kind = '';
  for (const line of readFileSync(join(root, 'bench', 'README.md'), 'utf8').split('\n')) {
    kind = /^## npm run (\w+) NAME$/.exec(line)?.[1] ?? kind;
    const row = /^\| \[([\w-]+)\]\(([^)]+)\) +\|(.*)\|(.*)\|(.*)\|$/.exec(line);
    if (row === null) continue;
    const [, name, link, ...cells] = row;
    const [question, result, takes] = cells.map((cell) => cell.trim());
    programs.push({ kind, name, source: normalize(join('bench', link)), question, result, takes });
  }
  return programs;
}

/** Where the program lies once it is compiled, from the project's root. */
export function compiledPath({ source }) {
  return source.endsWith('.ts') ? join('dist', source.replace(/\.ts$/, '.js')) : source;
}
