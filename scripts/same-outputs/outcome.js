/**
 * The outcome of a case in one checkout, as one text: all that its commands printed, and every file that they left, each
 * below a heading. Equal texts are equal outcomes.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mask } from './masks.js';
import { fingerprints, understudy } from './run-command.js';

const FRAMES = 'pictures-given-to-the-encoder.txt';
const TEXT = /\.(json|jsonl|svg|html|log|txt)$/;

/**
 * @typedef {object} Side
 * @property {string} checkout
 * @property {string} folder where the cases' folders go
 * @property {string} runtime
 * @property {string} inputs
 * @property {string | null} data
 */

/**
 * @param {Side} side
 * @returns {Promise<{ text: string, count: string, failure: string | null }>} `count`: what was compared, where a hash
 *   says less
 */
export async function outcomeOf(wanted, side) {
  const folder = join(side.folder, wanted.name);
  mkdirSync(folder, { recursive: true });
  if (wanted.kind === 'help') return helpPages(side, folder);
  if (wanted.kind === 'shipped') return shippedFiles(side);
  if (wanted.kind === 'fingerprints') return arenaFingerprints(side, folder);
  link(side, folder);
  wanted.prepare?.(folder, side.inputs);
  const parts = [];
  let failure = null;
  for (const step of wanted.steps) {
    const args = step.line.split(' ');
    const frames = wanted.videos ? join(folder, FRAMES) : undefined;
    const said = await understudy(side, { args, folder, clock: step.clock, frames });
    const expected = step.exit === undefined ? 0 : step.exit;
    if (expected !== null && said.code !== expected)
      failure ??= `understudy ${step.line}: exit ${said.code}, expected ${expected}\n${said.stderr}`;
    if (step.saveAs !== undefined) writeFileSync(join(folder, step.saveAs), said.stdout);
    parts.push(`$ understudy ${step.line}`, wanted.shape ? shapeOf(said) : textOf(said));
  }
  parts.push(...filesIn(folder, side, wanted));
  const count = wanted.steps.length > 2 ? `${wanted.steps.length} commands` : '';
  return { text: `${parts.join('\n')}\n`, count, failure };
}

/** Relative paths, the same for both: what a command prints of its inputs need not be masked. */
function link({ inputs, data, checkout }, folder) {
  const links = { models: join(checkout, 'models'), ...(data === null ? {} : { data }) };
  for (const name of readdirSync(inputs)) links[name] = join(inputs, name);
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder, name));
}

function textOf({ code, stdout, stderr }) {
  return `exit ${code}\nstandard output\n${stdout}\nstandard error\n${stderr}`;
}

/** The fields of a document without their values. */
function shapeOf(said) {
  const { code, stdout } = said;
  if (code !== 0) return textOf(said);
  const document = JSON.parse(
    stdout
      .trim()
      .split('\n')
      .at(-1)
      .replaceAll(/:#(?=[,}])/g, ':0'),
  );
  return `exit ${code}\nfields\n${Object.keys(document).join('\n')}`;
}

/** Every file that is not a link, in the order of their names. */
function filesIn(folder, { checkout }, { videos, shape }) {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  return names.map((name) => {
    if (shape) return `file ${name.replace(/\d{4}-[\dTZ-]+/, '<time>')}`;
    // the name is compared; its pictures are in FRAMES
    if (videos && name.endsWith('.mp4')) return `file ${name}`;
    const bytes = readFileSync(join(folder, name));
    return `file ${name}\n${TEXT.test(name) ? mask(bytes.toString('utf8'), checkout) : digest(bytes)}`;
  });
}

/** Walks the help itself, so that a verb that is new or gone shows too. */
async function helpPages(side, folder) {
  const pages = [];
  let failure = null;
  const walk = async (words) => {
    const said = await understudy(side, { args: [...words, '--help'], folder });
    if (said.code !== 0) failure ??= `understudy ${words.join(' ')} --help: exit ${said.code}`;
    pages.push(`page ${['understudy', ...words].join(' ')} --help\n${textOf(said)}`);
    const commands = said.stdout.split('\nCommands:\n')[1]?.split('\n\n')[0] ?? '';
    for (const [, name] of commands.matchAll(/^ {2}([a-z-]+)/gm)) if (name !== 'help') await walk([...words, name]);
  };
  await walk([]);
  return { text: pages.join('\n'), count: `${pages.length} pages`, failure };
}

/** What is installed beside the program. */
function shippedFiles({ checkout }) {
  const lines = [];
  for (const folder of ['bin', 'games', 'models/arena-gru-512']) {
    for (const name of existsSync(join(checkout, folder)) ? readdirSync(join(checkout, folder)).sort() : [])
      lines.push(`${folder}/${name} ${digest(readFileSync(join(checkout, folder, name)))}`);
  }
  return { text: lines.join('\n'), count: `${lines.length} files`, failure: null };
}

async function arenaFingerprints(side, folder) {
  const { code, stdout, stderr } = await fingerprints(side, folder);
  const failure = code === 0 ? null : stderr;
  return { text: stdout, count: `${stdout.trim().split('\n').length} fights`, failure };
}

export function digest(content) {
  return createHash('sha256').update(content).digest('hex');
}
