/**
 * Releases every key, whichever program left it down.
 *
 *   understudy release          # the mapped keys
 *   understudy release --all    # whatever the X server shows down
 */
import { Command } from 'commander';
import { gameFileOf } from '../options/window.js';
import { keyMapOf } from '../../runs/game-keyboard.js';
import { makeOutput } from '../../terminal/output.js';

interface ReleaseOptions {
  readonly all?: boolean;
  readonly game?: string;
  readonly keys?: string;
  readonly json?: boolean;
}

export function releaseVerb(): Command {
  return new Command('release')
    .description('release every mapped key, or every key that is down')
    .option('--all', 'not only the mapped keys: whatever the X server shows down')
    .option('--game <file>', 'the game file whose keys to release')
    .option('--keys <list>', 'keys on top of the default map, as in JUMP=z')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy release --all\n')
    .action(async (options: ReleaseOptions) => {
      const { thisDesktop } = await import('../../desktop/choose.js');
      const { releaseEveryKey } = await import('../../keyboard/release-keys.js');
      const keys = options.all ? 'all' : keyMapOf(options, gameFileOf(options));
      const result = releaseEveryKey(thisDesktop(), keys);
      const released = result.released.length === 0 ? 'no key was down' : `released ${result.released.join(', ')}`;
      const held = result.stillDown.length === 0 ? '' : `; still held by a hand: ${result.stillDown.join(', ')}`;
      makeOutput(options.json ?? false).answer(result, released + held);
    });
}
