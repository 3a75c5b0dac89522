#!/usr/bin/env node
// Starts the compiled program, or says how to compile it. Kept in plain JavaScript so that it runs from a bare clone.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const compiled = new URL('../dist/src/cli/main.js', import.meta.url);

/** Options of Node under which the libraries in use do not work. */
const UNBEARABLE = ['--frozen-intrinsics', '--disallow-code-generation-from-strings'];
const asked = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
const unbearable = UNBEARABLE.filter((option) => asked.includes(option));

if (unbearable.length > 0) {
  console.error(
    [
      `understudy: Node was started with ${unbearable.join(' and ')}, under which libraries in use do not work.`,
      '  next      start it without, also in $NODE_OPTIONS',
    ].join('\n'),
  );
  process.exitCode = 4;
} else if (existsSync(fileURLToPath(compiled))) {
  try {
    const { main } = await import(compiled.href);
    await main(process.argv);
  } catch (error) {
    if (error?.code !== 'EMFILE' && error?.code !== 'ENFILE') throw error;
    console.error(
      [
        `understudy: too few files may be open at once (${error.code}).`,
        '  expected  256 or more',
        '  next      run `ulimit -n 1024`; where that is not permitted, start from a shell with a higher limit (`ulimit -Hn`)',
      ].join('\n'),
    );
    process.exitCode = 4;
  }
} else {
  console.error(
    [
      'understudy: the program is not built: dist/ is missing.',
      '  expected  dist/src/cli/main.js, which `npm run build` makes from src/',
      '  next      run `npm ci && npm run build` in the project folder, then try again',
    ].join('\n'),
  );
  process.exitCode = 4;
}
