/** Where the program itself is installed: the folder of package.json, games/ and models/. */
import { fileURLToPath } from 'node:url';

/** Absolute path, with the separator at its end. dist/src/cli/ is three folders below it. */
export const PROJECT_ROOT = fileURLToPath(new URL('../../../', import.meta.url));
