/**
 * npm run lint, its second half: keeps the phrases of docs/style.md out of code, comments, tests and pages.
 *
 * The table there is the list: phrases to avoid stand in backticks in its first column. A phrase counts in any case of
 * letters and across the end of a line, but not as a value: alone in quotes or backticks, or as the name of a field. It
 * prints each place and exits with 1 when there is one.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT_ROOT = fileURLToPath(new URL('../', import.meta.url));
const STYLE_PAGE = 'docs/style.md';
const FOLDERS = ['src', 'test', 'testing', 'bench', 'models/recipes', 'scripts', 'bin', 'docs', 'research'];
/** These name the phrases themselves. */
const EXEMPT = [STYLE_PAGE, 'test/scripts/check-words.test.ts'];
const PAGES = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md'];
/** Values of logs, which keep their names: scripts read them. */
const VALUES = ['observer let go of'];
/** A line's end inside a comment or a quotation, with what begins the next line. */
const GAP = '\\s+(?:(?:\\*|//|>)\\s*)?';
/** "no longer" and "no more" say something else than "not a". */
const UNLESS = `(?!${GAP}(?:longer|more)\\b)`;

/** What the first column of the table of words names, in backticks. */
export function phrasesOf(page) {
  const rows = page.split('\n').filter((line) => /^\| *`/.test(line));
  return rows.flatMap((row) => [...row.split('|')[1].matchAll(/`([^`]+)`/g)].map(([, phrase]) => phrase));
}

/** Each use of a phrase in a text: the phrase and its 1-based line. */
export function usesOf(phrases, text) {
  const checked = VALUES.reduce(
    (rest, value) => rest.replaceAll(`'${value}'`, (found) => '-'.repeat(found.length)),
    text,
  );
  return phrases.flatMap((phrase) => {
    const words = phrase.split(' ').map((word) => word.replace(/[^\w']/g, '\\$&'));
    const pattern = new RegExp(`(?<![\\w-])${words.join(GAP)}(?![\\w-])${UNLESS}`, 'gi');
    return [...checked.matchAll(pattern)]
      .filter(({ index, 0: use }) => !isValue(checked, index, index + use.length))
      .map(({ index }) => ({ phrase, line: checked.slice(0, index).split('\n').length }));
  });
}

/** Whether what stands from `start` to `end` is a value: alone between two quotes, or the name of a field. */
function isValue(text, start, end) {
  const before = text.slice(Math.max(0, start - 40), start);
  const quote = /['"`]$/.exec(before);
  return quote !== null ? text[end] === quote[0] : text[end] === ':' && /(?:[{,]|\breadonly)\s*$/.test(before);
}

/** Paths of all texts that are read, from the project's root. */
function texts() {
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|js|md|py)$/.test(name))
      .map((name) => `${folder}/${name.split(sep).join('/')}`),
  );
  return [...new Set([...inFolders, ...PAGES])].filter((path) => !EXEMPT.includes(path));
}

function main() {
  const phrases = phrasesOf(readFileSync(join(PROJECT_ROOT, STYLE_PAGE), 'utf8'));
  if (phrases.length === 0) throw new Error(`${STYLE_PAGE} has no table of words.`);
  const found = texts().flatMap((path) =>
    usesOf(phrases, readFileSync(join(PROJECT_ROOT, path), 'utf8')).map(({ phrase, line }) => ({ path, phrase, line })),
  );
  for (const { path, phrase, line } of found) console.log(`${path}:${line}: '${phrase}'`);
  if (found.length === 0) return;
  console.log(`${found.length} uses of words that ${STYLE_PAGE} replaces: write what its table has beside them.`);
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
