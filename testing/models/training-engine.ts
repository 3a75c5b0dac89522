/** Whether the training engine is set up on this machine; training's tests skip with a reason where it is not. */
import { existsSync } from 'node:fs';
import { bindingPath, installedEngines } from '../../src/training/setup/cache.js';
import { packageFolder } from '../../src/training/setup/npm-package.js';
import { cacheRoot } from '../../src/training/setup/places.js';

const isSetUp = installedEngines(cacheRoot()).length > 0 || existsSync(bindingPath(packageFolder()));

/** The skip reason when the engine is absent, or false. */
export const lacksEngine: string | false = isSetUp ? false : 'needs the training engine (npm run setup:training)';
