/** Which program a job was made by: jobs are only done by the same one, since results of two would be mixed. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programVersion } from '../core/program-version.js';

let known: string | null = null;

/** `0.1.0-3f0c9a2b1d4e`: the version, and a hash of what runs. */
export function programBuild(): string {
  known ??= `${programVersion()}-${hashOfSources()}`;
  return known;
}

function hashOfSources(): string {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  const hash = createHash('sha256');
  for (const name of names.map((name) => name.split(sep).join('/')).sort()) {
    hash.update(`${name}\n`).update(readFileSync(join(root, name)));
  }
  return hash.digest('hex').slice(0, 12);
}
