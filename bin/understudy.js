#!/usr/bin/env node
// Starts the compiled program, or says how to compile it. Kept in plain JavaScript so that it runs from a bare clone.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const compiled = new URL('../dist/src/cli/main.js', import.meta.url);

if (existsSync(fileURLToPath(compiled))) {
  const { main } = await import(compiled.href);
  await main(process.argv);
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
