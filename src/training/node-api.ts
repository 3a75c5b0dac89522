/** Gives tfjs-node 4.22 two functions of node:util that newer versions of Node lack. Must run before it is loaded. */
import { createRequire } from 'node:module';

/** Restores `util.isNullOrUndefined` and `util.isArray` (removed in Node 23); leaves present ones alone. */
export function restoreRemovedNodeApi(): void {
  // the module object that CommonJS packages see; an ES module's namespace cannot be added to
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}
