/**
 * Finds reference material: what lies beside a checkout (`../shared`: fixtures and the author's key logs), or fixtures
 * that `npm run make fixtures` made in `test/fixtures`.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

const repository = repositoryRoot();
const beside = join(dirname(repository), 'shared');
const isBeside = existsSync(join(beside, 'data'));
const fixtures = [join(beside, 'fixtures'), join(repository, 'test', 'fixtures')].find((folder) =>
  existsSync(join(folder, 'manifest.json')),
);

/** The skip reason when the author's logs and their reference figures are absent, or false. */
export const lacksShared: string | false = isBeside ? false : 'needs the reference files in ../shared';

/** The skip reason when there are no reference cases of Keras, OpenCV and scikit-learn, or false. */
export const lacksFixtures: string | false =
  fixtures === undefined ? 'needs reference cases (npm run make fixtures, or ../shared)' : false;

/** Path of a reference file, `sharedFile('fixtures', 'manifest.json')`. */
export function sharedFile(...parts: readonly string[]): string {
  if (parts[0] === 'fixtures' && fixtures !== undefined) return join(fixtures, ...parts.slice(1));
  if (!isBeside) throw new Error('the reference files in ../shared are absent');
  return join(beside, ...parts);
}
