/**
 * npm run sizes [-- --report]: measures the source against its limits, and exits with 1 when one is passed.
 *
 * The command line stays thin, no room outgrows the others, only the arena and the study use the study's seven actions by
 * name, and no code treats the absence of an X display as a platform. With --report it prints and always exits with 0.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const PROJECT_ROOT = fileURLToPath(new URL('../', import.meta.url));
const MOST_CLI_LINES = 4500;
/** Of the lines of src. */
const MOST_ROOM_PERCENT = 17;

const STUDY_NAMES = new Set(['UP', 'DOWN', 'LEFT', 'RIGHT', 'JUMP', 'SHOOT', 'DASH']);
/** They may name the study's actions: what defines them, what is played with them, and what studies them. */
const MAY_NAME_ACTIONS = /^(src\/core|src\/arena|bench\/\w+\/arena-[\w-]+|bench\/research\/study)(\/|\.ts$)/;

/** Path and text of every source of a folder. */
function sourcesOf(folder) {
  return readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const path = `${folder}/${name.split(sep).join('/')}`;
      return { path, text: readFileSync(join(PROJECT_ROOT, path), 'utf8') };
    });
}

const linesOf = (sources) => sources.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0);

/** Rows of the table: what is measured, how much, the limit, and where. */
function roomRows(sources) {
  const rooms = groupByRoom(sources);
  const total = linesOf(sources);
  const rows = [...rooms].map(([room, files]) => {
    const lines = linesOf(files);
    return { what: `src/${room}, lines`, lines, percent: (100 * lines) / total };
  });
  return rows
    .sort((one, other) => other.lines - one.lines)
    .map(({ what, lines, percent }) => ({
      what,
      value: `${lines} (${percent.toFixed(1)} %)`,
      limit: what.startsWith('src/cli,') ? `${MOST_ROOM_PERCENT} %, ${MOST_CLI_LINES}` : `${MOST_ROOM_PERCENT} %`,
      isBroken: percent > MOST_ROOM_PERCENT || (what.startsWith('src/cli,') && lines > MOST_CLI_LINES),
    }));
}

function groupByRoom(sources) {
  const rooms = new Map();
  for (const source of sources) {
    const room = source.path.split('/')[1];
    rooms.set(room, [...(rooms.get(room) ?? []), source]);
  }
  return rooms;
}

/** Lines on which a source names one of the study's actions, as a string or as a field; comments do not count. */
function namesIn({ path, text }) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    const isName = ts.isStringLiteralLike(node) || ts.isIdentifier(node);
    if (isName && STUDY_NAMES.has(node.text)) {
      found.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function matchesIn({ path, text }, pattern) {
  return text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}`] : []));
}

const noneAllowed = (what, places) => ({
  what,
  value: String(places.length),
  limit: '0',
  isBroken: places.length > 0,
  places,
});

const inSrc = sourcesOf('src');
const namingSources = [...inSrc, ...sourcesOf('bench')].filter(({ path }) => !MAY_NAME_ACTIONS.test(path));
const rows = [
  ...roomRows(inSrc),
  noneAllowed(
    "uses of the study's seven names outside core, arena, the study and tests",
    namingSources.flatMap(namesIn),
  ),
  noneAllowed(
    '`display === null`',
    inSrc.flatMap((source) => matchesIn(source, /\bdisplay === null/)),
  ),
];
const width = Math.max(...rows.map(({ what }) => what.length));
for (const { what, value, limit, isBroken, places = [] } of rows) {
  console.log(
    `${what.padEnd(width)}  ${value.padEnd(14)} limit ${limit.padEnd(10)} ${isBroken ? 'BROKEN' : ''}`.trimEnd(),
  );
  for (const place of places) console.log(`  ${place}`);
}
if (!process.argv.includes('--report') && rows.some(({ isBroken }) => isBroken)) process.exitCode = 1;
