/**
 * npm run bench|prove|research|make [NAME [-- options]]: compiles what has changed and runs one program of bench/README.md
 * in this process; without a name lists what there is.
 *
 *   node scripts/run-program.js bench grab --samples 200
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileChanges } from './compile-changes.js';
import { compiledPath, KINDS, PROJECT_ROOT, readPrograms } from './program-table.js';

const [node, , kind, name, ...options] = process.argv;

function listText(programs) {
  const width = Math.max(...programs.map((program) => program.name.length));
  const lines = programs.map((program) => `  ${program.name.padEnd(width)}  ${program.question} (${program.takes})`);
  return [`npm run ${kind} NAME [-- options], where NAME is one of`, '', ...lines].join('\n');
}

async function runProgram(program) {
  const code = compileChanges();
  if (code !== 0) return code;
  const path = join(PROJECT_ROOT, compiledPath(program));
  process.argv = [node, path, ...options];
  await import(pathToFileURL(path).href);
  return process.exitCode;
}

const programs = readPrograms().filter((program) => program.kind === kind);
const asked = programs.find((program) => program.name === name);
if (!KINDS.includes(kind)) {
  console.error(`${kind ?? 'nothing'}: expected one of ${KINDS.join(', ')}`);
  process.exitCode = 2;
} else if (name === undefined) {
  console.log(listText(programs));
} else if (asked === undefined) {
  console.error(`npm run ${kind} has no '${name}'\n\n${listText(programs)}`);
  process.exitCode = 2;
} else {
  process.exitCode = await runProgram(asked);
}
