/**
 * How this program came onto the machine, for advice that can be followed there: as a checkout, in which commands are
 * run with npm, or as a package that npm installed. Must never decide what the program does.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './project-root.js';

/** True in a checkout: the sources are not part of the package. */
export function isCheckout(root: string = PROJECT_ROOT): boolean {
  return existsSync(join(root, 'src', 'cli', 'main.ts'));
}

/** A sentence: how the program and the packages that it needs are installed again. */
export function reinstallAdvice(root: string = PROJECT_ROOT): string {
  if (isCheckout(root)) return `Run \`npm ci\` in ${root}.`;
  const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string };
  return `Install ${name} again as it was installed: \`npm install -g\` with the same file or name.`;
}
