/** For a file of tests that play the real program on a real display: what they share, opened before them, closed after. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before } from 'node:test';
import type { XConnection } from '../../src/desktop/x11/connection.js';
import { runCli } from '../cli/cli.js';
import { displayForTests, lacks, type SharedDisplay } from './x-display.js';
import { folderForTests } from '../temporary-folder.js';

export interface DisplayWithBundle {
  /** Why the tests are to be skipped, or false. */
  readonly skip: string | false;
  readonly folder: string;
  /** A small untrained bundle in it. */
  readonly bundle: string;
  readonly display: SharedDisplay;
  /** A connection of the tests' own, to look at keys with. */
  readonly eyes: XConnection;
}

/** Call it once, outside the tests. @param name of the folder, for people */
export function displayWithBundle(name: string): DisplayWithBundle {
  const skip = lacks('Xvfb');
  const folder = folderForTests(name);
  const bundle = join(folder, 'bundle');
  const shared = displayForTests({ unless: skip !== false });
  before(async () => {
    if (skip) return;
    assert.equal((await runCli(['model', 'init', '--latent', '8', '--out', bundle])).code, 0);
  });
  return {
    ...{ skip, folder, bundle, display: shared },
    get eyes() {
      return shared.eyes;
    },
  };
}
