/**
 * Shows that two built checkouts give the same results byte for byte: for changes that no user may see.
 *   node scripts/same-outputs.js --before <checkout> [--after <checkout>] [--keep DIR] [--only NAME,...] [--data DIR]
 * Prints a line for each case of same-outputs/cases.js, in two to four minutes on two cores. Exit code: 0 all the same,
 * 5 something differs or failed, 2 wrong usage, 4 a checkout is not built.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES } from './same-outputs/cases.js';
import { differingLines } from './same-outputs/difference.js';
import { makeInputs } from './same-outputs/inputs.js';
import { describeMasks } from './same-outputs/masks.js';
import { digest, outcomeOf } from './same-outputs/outcome.js';
import { killRunning } from './same-outputs/run-command.js';

const EXIT = { same: 0, usage: 2, notBuilt: 4, different: 5, interrupted: 130 };
const SHOWN_LINES = 12;
/** Help is short and written for people: all of it that changed is of interest. */
const SHOWN_LINES_OF_HELP = 400;

const USAGE = `Usage: node scripts/same-outputs.js --before <checkout> [options]

  --before <checkout>  as it was; built
  --after <checkout>   as it is; built. Default: the one that this script is in
  --keep <folder>      keep what the commands wrote, and every outcome as text
  --only <name,...>    only these cases: ${CASES.map(({ name }) => name).join(', ')}
  --data <folder>      the study's recordings. Default: ../shared/data beside the checkout after

Not compared, for two runs of one build differ in it:
${describeMasks()
  .map((line) => `  - ${line}`)
  .join('\n')}
  - the wall clock: it stands still for the commands
  - the bytes of videos: the pictures given to the encoder are compared`;

process.exitCode = await main(readOptions());

/** Ends the process where there is nothing to run. */
function readOptions() {
  const text = { type: 'string' };
  try {
    const options = { before: text, after: text, keep: text, only: text, data: text, help: { type: 'boolean' } };
    const { values } = parseArgs({ options });
    if (values.help) leave(EXIT.same, USAGE);
    if (values.before === undefined) leave(EXIT.usage, `--before is missing\n\n${USAGE}`);
    const after = checkoutAt(values.after ?? fileURLToPath(new URL('../', import.meta.url)));
    const cases = chosenCases(values.only);
    const data = resolve(values.data ?? join(after, '../shared/data'));
    return { before: checkoutAt(values.before), after, cases, keep: values.keep, data };
  } catch (error) {
    if (error.code?.startsWith('ERR_PARSE_ARGS')) leave(EXIT.usage, `${error.message}\n\n${USAGE}`);
    throw error;
  }
}

function leave(code, message) {
  (code === EXIT.same ? console.log : console.error)(message);
  process.exit(code);
}

function chosenCases(only) {
  const names = only?.split(',') ?? CASES.map(({ name }) => name);
  const unknown = names.find((name) => !CASES.some((known) => known.name === name));
  if (unknown !== undefined) leave(EXIT.usage, `no case '${unknown}'\n\n${USAGE}`);
  return CASES.filter(({ name }) => names.includes(name));
}

/** @returns its real path, as the program prints it */
function checkoutAt(path) {
  const folder = resolve(path);
  if (!existsSync(join(folder, 'bin/understudy.js')))
    leave(EXIT.usage, `${folder} is no checkout of understudy: bin/understudy.js is missing`);
  if (!existsSync(join(folder, 'dist/src/cli')))
    leave(EXIT.notBuilt, `${folder} is not built: run \`npm ci && npm run build\` there`);
  const isNewer = newestMs(join(folder, 'src'), '.ts') > newestMs(join(folder, 'dist'), '.tsbuildinfo');
  if (isNewer)
    console.error(`note: ${folder}: src/ is newer than dist/; run \`npm run build\` there if it was changed`);
  return realpathSync(folder);
}

function newestMs(folder, ending) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(ending));
  return Math.max(0, ...names.map((name) => statSync(join(folder, name)).mtimeMs));
}

async function main({ before, after, cases, keep, data }) {
  const beganMs = performance.now();
  const folder = keep === undefined ? mkdtempSync(join(tmpdir(), 'same-outputs-')) : newFolder(resolve(keep));
  // sockets lie in it, and their paths must be short
  const runtime = mkdtempSync(join(tmpdir(), 'same-outputs-run-'));
  const cleanUp = () => {
    killRunning();
    rmSync(runtime, { recursive: true, force: true });
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      cleanUp();
      process.exit(EXIT.interrupted);
    });
  }
  try {
    const shared = { inputs: join(folder, 'inputs'), data: existsSync(join(data, 'Train_events.jsonl')) ? data : null };
    const side = (name, checkout) => {
      mkdirSync(join(runtime, name), { mode: 0o700 });
      return { name, checkout, folder: join(folder, name), runtime: join(runtime, name), ...shared };
    };
    const sides = [side('before', before), side('after', after)];
    const results = await compareAll(cases, sides);
    const bad = results.filter((isSame) => !isSame).length;
    const seconds = Math.round((performance.now() - beganMs) / 1000);
    console.log(`${results.length} cases, ${bad === 0 ? 'all the same' : `${bad} not the same`}, ${seconds} s`);
    if (bad > 0 && keep === undefined) console.log('--keep <folder> keeps all that was compared');
    return bad === 0 ? EXIT.same : EXIT.different;
  } finally {
    cleanUp();
  }
}

function newFolder(folder) {
  if (existsSync(folder) && readdirSync(folder).length > 0) leave(EXIT.usage, `--keep: ${folder} is not empty`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** @returns for each case that was run whether it is the same */
async function compareAll(cases, sides) {
  const [before] = sides;
  if (cases.some(({ steps }) => steps !== undefined)) {
    try {
      await makeInputs(before, before.inputs);
    } catch (error) {
      console.log(`FAILED     inputs\n${indented(error.message)}`);
      return [false];
    }
  }
  const results = [];
  for (const wanted of cases) {
    if (wanted.needsData && before.data === null) console.log(`skipped    ${wanted.name}  no Train session in --data`);
    else results.push(await compareOne(wanted, sides));
  }
  return results;
}

/** Both checkouts at once: there are two cores, and what is compared depends on no time. */
async function compareOne(wanted, sides) {
  const settled = await Promise.allSettled(sides.map((side) => outcomeOf(wanted, side)));
  const ended = settled.find(({ status }) => status === 'rejected');
  if (ended !== undefined) {
    console.log(`FAILED     ${wanted.name}\n${indented(ended.reason.message)}`);
    return false;
  }
  const [before, after] = settled.map(({ value }) => value);
  for (const [index, { text }] of [before, after].entries())
    writeFileSync(join(sides[index].folder, `${wanted.name}.txt`), text);
  if (before.text !== after.text) {
    const limit = wanted.kind === 'help' ? SHOWN_LINES_OF_HELP : SHOWN_LINES;
    console.log(`DIFFERENT  ${wanted.name}\n${indented(differingLines(before.text, after.text, limit).join('\n'))}`);
    return false;
  }
  // two equal failures show nothing of the results
  if (before.failure !== null) {
    console.log(`FAILED     ${wanted.name}  in both\n${indented(before.failure)}`);
    return false;
  }
  console.log(`same       ${wanted.name}  ${digest(before.text).slice(0, 12)}${before.count && `  ${before.count}`}`);
  return true;
}

function indented(text) {
  return text.trimEnd().replace(/^/gm, '    ');
}
