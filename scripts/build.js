/** npm run build: compiles what has changed into dist/. */
import { compileChanges } from './compile-changes.js';

process.exitCode = compileChanges();
