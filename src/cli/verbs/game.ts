/**
 * Game files: what is known of a game, described and looked at.
 *
 *   understudy game new                                              # asks, and writes a game file
 *   understudy game cue game.json lost --region 220,180,200,60        # takes a picture of what tells something
 *   understudy game check game.json --session sessions/fights         # what the cues and meters say over time
 */
import { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import { CUE_CONTRASTS, type CueContrast } from '../../games/game-file-schema.js';
import { GAME_SIDES, addLookOptions } from '../options/game.js';
import type { AskedCheck, AskedSource } from '../../runs/describe/asked-look.js';
import { parseRate, parseRegion, number, choice } from '../options/values.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';
import { Signals } from '../signals.js';

interface JsonOption {
  readonly json?: boolean;
}

export function gameVerb(): Command {
  return new Command('game')
    .description('game files: describe a game, take pictures of what tells something, see what they say')
    .addCommand(newVerb())
    .addCommand(cueVerb())
    .addCommand(checkVerb())
    .addHelpText('after', '\nExample:\n  understudy game new\n');
}

interface NewOptions {
  readonly out?: string;
}

function newVerb(): Command {
  return new Command('new')
    .description('ask for everything that a game file says, in a terminal beside the running game, and write it')
    .option('--out <folder>', 'the folder of the game; default: named after the game')
    .addHelpText('after', '\nExample:\n  understudy game new --out games/lander\n')
    .action(async ({ out }: NewOptions) => {
      const { newGame } = await import('../../runs/describe/new-game.js');
      const { rehearse } = await import('../../runs/describe/rehearsal.js');
      using signals = new Signals();
      const environment = { signals, say: sayOnError };
      await rehearse(await newGame({ out: out ?? null }, environment), environment);
    });
}

interface CueOptions extends AskedSource, JsonOption {
  readonly at: number;
  readonly region?: readonly [number, number, number, number];
  readonly contrast?: CueContrast;
  readonly bar?: (typeof GAME_SIDES)[number];
  readonly reads?: string;
}

function cueVerb(): Command {
  const verb = new Command('cue')
    .description('take the picture of a cue (fighting, won, lost) or the place of a meter, into the game file')
    .argument('<file>', 'the game file')
    .argument('<name>', "fighting, won, lost, or a meter's name");
  return addLookOptions(verb)
    .addOption(number('--at <s>', 'with --session: of this second', 0, 864_000, 0))
    .option(
      '--region <l,t,w,h>',
      'left,top,width,height: pixels, or fractions; default: write the whole picture',
      parseRegion,
    )
    .addOption(
      choice(
        '--contrast <which>',
        'of a cue: any, or same: a dimmed copy, as of a paused game, does not count',
        CUE_CONTRASTS,
      ),
    )
    .addOption(choice('--bar <side>', 'the name is a bar that fills from this side', GAME_SIDES))
    .option('--reads <digits>', 'the name is a number, and it reads so now', parseDigits)
    .option('--json', 'print what was written as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy game cue game.json lost --region 220,180,200,60\n')
    .action(async (game: string, name: string, options: CueOptions) => {
      const { pictureSource } = await import('../../runs/describe/asked-look.js');
      const { takeCue } = await import('../../runs/describe/take-cue.js');
      const { cueText } = await import('../../runs/describe/game-text.js');
      using signals = new Signals();
      const { at: atSeconds, region = null, contrast = null, bar = null, reads = null } = options;
      const source = pictureSource(options, game);
      const request = { game, name, source, atSeconds, region, contrast, bar, reads };
      const report = await takeCue(request, { signals, say: sayOnError });
      makeOutput(options.json ?? false).answer(report, cueText(report));
    });
}

function checkVerb(): Command {
  const verb = new Command('check')
    .description('what the cues and meters of a game file say over time, and the fights that follow')
    .argument('<file>', 'the game file, or the name of one that ships');
  return addLookOptions(verb)
    .addOption(number('--seconds <s>', 'look for so long; default: 10, or the whole session', 0.1, 864_000))
    .option('--rate <hz>', "pictures a second of a window; default: the game file's, or 10", parseRate)
    .option('--out <folder>', 'write it as a picture there, SVG and PNG')
    .option('--json', 'print it as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy game check game.json --session sessions/fights --out check\n')
    .action(async (file: string, options: AskedCheck & JsonOption) => {
      const { checkRequest } = await import('../../runs/describe/asked-look.js');
      const { checkGame } = await import('../../runs/describe/check-game.js');
      const { checkText } = await import('../../runs/describe/game-text.js');
      const request = checkRequest(file, options);
      using signals = new Signals();
      const report = await checkGame(request, { signals, say: sayOnError });
      makeOutput(options.json ?? false).answer(report, checkText(report));
    });
}

function parseDigits(text: string): string {
  if (/^\d{1,12}$/.test(text)) return text;
  throw badOption(`--reads '${text}': expected the digits as they are seen, 12 at most.`, 'As in --reads 001250.');
}
