/**
 * The practice fight alone: played by scripted players, or served as a page for a person.
 *
 *   understudy arena                                        # play it yourself, in a browser window
 *   understudy arena --player expert --fights 50 --json     # a scripted player, faster than real time
 */
import { Command } from 'commander';
import { UnderstudyError } from '../../core/errors.js';
import { addLevel, addSeed, type FirstFightOptions } from '../options/fights.js';
import { integerBetween, oneOf } from '../options/values.js';
import { refuseUnusable, type OptionModes } from '../options/modes.js';
import { makeOutput, type Output } from '../text/output.js';
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
    .option(
      '--player <name>',
      'let expert, idle, shoot or random play',
      oneOf('--player', ['expert', 'idle', 'shoot', 'random']),
    )
    .option('--fights <n>', 'how many fights the player plays', integerBetween('--fights', 1, 100_000), 50);
  return addLevel(addSeed(verb))
    .option('--port <n>', 'port of the page on loopback, 0 for any', integerBetween('--port', 0, 65535), 0)
    .option('--no-open', 'print the address instead of opening a window')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy arena --player expert --fights 50 --seed 1 --json\n')
    .action(async (options: ArenaOptions, command: Command) => {
      refuseUnusable(command, options.player === undefined ? 'page' : 'player', ARENA_OPTION_MODES);
      const output = makeOutput(options.json ?? false);
      if (options.player !== undefined) await letPlay(options, options.player, output);
      else await servePage(options, output);
    });
}

async function letPlay(
  options: ArenaOptions,
  player: NonNullable<ArenaOptions['player']>,
  output: Output,
): Promise<void> {
  const { playFights } = await import('../../arena/play-fights.js');
  const { fights, seed, level } = options;
  const result = playFights({ player, fights, seed, level });
  const { wins, winRate, meanSeconds, meanHits } = result;
  output.answer(
    { player, fights, wins, winRate, meanSeconds, meanHits, level, seed },
    `${player} won ${wins} of ${fights} fights (${(100 * winRate).toFixed(1)} %) at level ${level}; ` +
      `${meanSeconds.toFixed(1)} s and ${meanHits.toFixed(1)} hits on the boss a fight`,
  );
}

/** Serves the page until the window is closed or a signal comes; prints each fight's outcome. */
async function servePage(options: ArenaOptions, output: Output): Promise<void> {
  const { startArenaServer } = await import('../../arena/browser/server.js');
  const { openBrowserWindow, requireBrowser } = await import('../../arena/browser/chromium.js');
  if (options.open) await orWithoutWindow(() => requireBrowser());
  using signals = new Signals();
  await using server = await startArenaServer({
    port: options.port,
    seed: options.seed,
    level: options.level,
    begin: 'key',
    own: options.open,
  });
  server.events.on('fight', (fight) => {
    const { seed, outcome, seconds, reproduced } = fight;
    const doubt = reproduced ? '' : '; its inputs, played again, come out otherwise';
    output.say(`seed ${seed}: ${outcome} after ${seconds.toFixed(1)} s${doubt}`);
  });
  output.say(`the arena is at ${server.url}`);
  output.say(options.open ? 'close its window to end' : 'open the address in a browser; Ctrl-C ends');
  const interrupted = new Promise<void>((resolve) => {
    signals.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  if (!options.open) await interrupted;
  else {
    await using window = await orWithoutWindow(() => openBrowserWindow({ url: server.url }));
    await Promise.race([window.closed, interrupted]);
  }
}

/** Adds the way without a window to the error: this verb alone does not need one. */
async function orWithoutWindow<Result>(open: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof UnderstudyError)) throw error;
    const { kind, code, message, next } = error;
    const orElse = `${next} Or give --no-open, and open the printed address in any browser.`;
    throw new UnderstudyError({ kind, code, message, next: orElse, cause: error });
  }
}
