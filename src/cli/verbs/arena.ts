/**
 * The practice fight alone: played by scripted players, or served as a page for a person.
 *
 *   understudy arena                                        # play it yourself, in a browser window
 *   understudy arena --player expert --fights 50 --json     # a scripted player, faster than real time
 */
import { Command } from 'commander';
import { addLevel, addSeed, type FirstFightOptions } from '../options/fights.js';
import { whole, choice } from '../options/values.js';
import { refuseUnusable, type OptionModes } from '../options/modes.js';
import { makeOutput } from '../../terminal/output.js';
import { Signals } from '../signals.js';

interface ArenaOptions extends FirstFightOptions {
  readonly player?: 'expert' | 'idle' | 'shoot' | 'random';
  readonly fights: number;
  readonly port: number;
  readonly open: boolean;
  readonly json?: boolean;
}

type ArenaMode = 'player' | 'page';

/** Which mode of the verb takes which option. */
export const ARENA_OPTION_MODES: OptionModes<ArenaMode, ArenaOptions> = {
  words: { player: 'a scripted player (--player)', page: 'the page' },
  takenBy: {
    player: ['player'],
    fights: ['player'],
    seed: 'every',
    level: 'every',
    port: ['page'],
    open: ['page'],
    json: 'every',
  },
};

export function arenaVerb(): Command {
  const verb = new Command('arena')
    .description('the practice fight: play it in a window of its own, or let a scripted player')
    .addOption(
      choice('--player <name>', 'let expert, idle, shoot or random play', ['expert', 'idle', 'shoot', 'random']),
    )
    .addOption(whole('--fights <n>', 'how many fights the player plays', 1, 100_000, 50));
  return addLevel(addSeed(verb))
    .addOption(whole('--port <n>', 'port of the page on loopback, 0 for any', 0, 65535, 0))
    .option('--no-open', 'print the address instead of opening a window')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy arena --player expert --fights 50 --seed 1 --json\n')
    .action(async (options: ArenaOptions, command: Command) => {
      refuseUnusable(command, options.player === undefined ? 'page' : 'player', ARENA_OPTION_MODES);
      const output = makeOutput(options.json ?? false);
      const { player, fights, seed, level } = options;
      if (player === undefined) {
        const { servePage } = await import('../../arena/browser/serve-page.js');
        using signals = new Signals();
        await servePage(options, (text) => output.say(text), signals.signal);
        return;
      }
      const { playAlone, playAloneText } = await import('../../arena/play-fights.js');
      const played = playAlone({ player, fights, seed, level });
      output.answer(played, playAloneText(played));
    });
}
