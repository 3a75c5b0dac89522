/** Scripted demonstrations through the real verb, and what their labels say. */
import { STEP_RATE_HZ } from '../../src/arena/fight.js';
import { runCli, withoutDisplay, type CliResult } from '../cli/cli.js';
import { folderForTests } from '../temporary-folder.js';

/** Of the fight, at the demonstrations' 10 Hz. */
export const STEPS_PER_FRAME = STEP_RATE_HZ / 10;

/** A folder that goes away after the tests of the file, and `demos` recording into it. Call it outside the tests. */
export function demosFolder(name: string): {
  readonly folder: string;
  readonly demos: (...args: string[]) => Promise<CliResult>;
} {
  const folder = folderForTests(name);
  return {
    folder,
    demos: (...args) => runCli(['demos', '--out', folder, '--json', ...args], { env: withoutDisplay() }),
  };
}
