/** What a worker finds out about its machine by itself. */
import { availableParallelism } from 'node:os';
import { installedEngines } from '../../training/setup/cache.js';
import { findPackage } from '../../training/setup/npm-package.js';
import { cacheRoot } from '../../training/setup/places.js';
import { ENGINE_TAGS } from '../tags.js';

/** What a machine has without being told. */
export function ownTags(): string[] {
  const tags = [`cores=${availableParallelism()}`];
  if (findPackage() !== null) tags.push(ENGINE_TAGS.cpu);
  if (findPackage() !== null && installedEngines(cacheRoot()).length > 0) tags.push(ENGINE_TAGS['tfjs-node']);
  return tags;
}
