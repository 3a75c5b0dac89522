/**
 * The model beside a person: it watches, decides and is scored, and presses nothing.
 *
 *   understudy shadow --window 'My Game' --name evening
 *   understudy shadow --arena --browser --seconds 60
 */
import { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import type { LogLevel } from '../../runs/log.js';
import { refuseUnusable } from '../options/modes.js';
import { addEvidenceFloor } from '../options/evidence.js';
import { addBudget } from '../options/pace.js';
import { parseRate, whole, number } from '../options/values.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';
import { addKeysFrom, addPersonsPlay, personsPlaceOf } from '../options/persons-play.js';
import { checkSessionName, proposedName } from '../../runs/record/session-name.js';
import {
  DEFAULT_CLIPS,
  MOST_CLIPS,
  SHADOW_OPTION_MODES,
  shadowRequest,
  type ShadowOptions,
} from '../options/shadow.js';
import { Signals } from '../signals.js';
import { withCommand } from '../options/inside.js';
import { inside, insideRequest, logsIn } from '../../runs/inside.js';
import { addAnyGame } from '../options/policy.js';
import { addWatchOptions } from '../options/watch.js';

export function shadowVerb(): Command {
  const verb = new Command('shadow').description(
    'watch a person play and score what the model would have pressed; presses nothing, records all of it',
  );
  addPersonsPlay(verb);
  addWatchOptions(verb);
  addAnyGame(verb)
    .option('--model <folder>', 'the bundle; default: the one that ships')
    .option('--threshold <list>', 'press (and release) thresholds, as in JUMP=0.4,DASH=0.5/0.3')
    .option('--rate <hz>', "frames a second; default: the game file's or the bundle's", parseRate);
  addBudget(verb)
    .addOption(number('--seconds <s>', 'stop after this long', 0.1, 864_000))
    .option('--out <folder>', 'where the recording goes', 'sessions')
    .option('--name <name>', 'its name; default: the time')
    .option('--hot-keys <list>', 'keys that stop, begin a fight and end a fight', '1,8,9');
  return addEvidenceFloor(addKeysFrom(verb))
    .addOption(
      whole(
        '--watch-disagreements [n]',
        `keep 5 s around the n (${DEFAULT_CLIPS}) largest disagreements as overlay clips in the run folder`,
        1,
        MOST_CLIPS,
      ),
    )
    .option('--runs <folder>', 'where run folders go', 'runs')
    .option('--json', 'print the scores as one JSON document')
    .addHelpText('after', "\nExample:\n  understudy shadow --window 'My Game' --seconds 600\n")
    .action(async (words: string[], asked: ShadowOptions, command: Command) => {
      const options = withCommand(words, asked);
      const { logLevel } = command.optsWithGlobals<{ logLevel: LogLevel }>();
      const place = personsPlaceOf(options);
      refuseControl(options);
      refuseUnusable(command, place, SHADOW_OPTION_MODES);
      const output = makeOutput(options.json ?? false);
      using signals = new Signals();
      const name = checkSessionName(options.name ?? proposedName());
      const { shadow } = await import('../../runs/shadow/shadow.js');
      const { shadowText } = await import('../../runs/shadow/shadow-text.js');
      const request = shadowRequest(place, options, name, logLevel);
      const opensItself = place === 'page';
      const logs = logsIn(options.runs);
      const screen = insideRequest(options, { opensItself, takes: 'command', forPerson: true, logs });
      await inside(screen, { signals, say: sayOnError }, async (there) => {
        const { summary, failure } = await shadow(request, there);
        output.answer(summary, shadowText(summary));
        if (failure !== null) throw failure;
      });
    });
}

function refuseControl({ watchControl }: ShadowOptions): void {
  if (!watchControl) return;
  throw badOption(
    '--watch-control has no use for shadow: it presses nothing that could be armed, paused or stopped.',
    'Give --watch instead.',
  );
}
