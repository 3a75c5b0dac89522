/** Scripted demonstrations through the real verb, and what their labels say. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { STEP_RATE_HZ } from '../../src/arena/fight.js';
import { runCli, withoutDisplay, type CliResult } from '../cli/cli.js';

/** Of the fight, at the demonstrations' 10 Hz. */
export const STEPS_PER_FRAME = STEP_RATE_HZ / 10;

/** A folder that goes away after the tests of the file, and `demos` recording into it. Call it outside the tests. */
export function demosFolder(name: string): {
  readonly folder: string;
  readonly demos: (...args: string[]) => Promise<CliResult>;
} {
  const folder = mkdtempSync(join(tmpdir(), `understudy-${name}-`));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    demos: (...args) => runCli(['demos', '--out', folder, '--json', ...args], { env: withoutDisplay() }),
  };
}
