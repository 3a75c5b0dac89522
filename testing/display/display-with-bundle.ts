/** What the tests of one file share that play the real program on a real display: opened before them, closed after. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { XConnection } from '../../src/desktop/x11/connection.js';
import { runCli } from '../cli/cli.js';
import { lacks, startDisplay, type TestDisplay } from './x-display.js';
import { folderForTests } from '../temporary-folder.js';

export interface DisplayWithBundle {
  /** Why the tests are to be skipped, or false. */
  readonly skip: string | false;
  readonly folder: string;
  /** A small untrained bundle in it. */
  readonly bundle: string;
  readonly display: TestDisplay;
  /** A connection of the tests' own, to look at keys with. */
  readonly eyes: XConnection;
}

/** Call it once, outside the tests. @param name of the folder, for people */
export function displayWithBundle(name: string): DisplayWithBundle {
  const skip = lacks('Xvfb');
  const folder = folderForTests(name);
  const bundle = join(folder, 'bundle');
  let opened: { readonly display: TestDisplay; readonly eyes: XConnection } | null = null;
  before(async () => {
    if (skip) return;
    const display = await startDisplay();
    opened = { display, eyes: XConnection.open(display.name) };
    assert.equal((await runCli(['model', 'init', '--latent', '8', '--out', bundle])).code, 0);
  });
  after(async () => {
    opened?.eyes.close();
    await opened?.display[Symbol.asyncDispose]();
  });
  const now = (): NonNullable<typeof opened> => opened ?? assert.fail('no test has begun');
  return {
    ...{ skip, folder, bundle },
    get display() {
      return now().display;
    },
    get eyes() {
      return now().eyes;
    },
  };
}
