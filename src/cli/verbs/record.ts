/**
 * A person's session: the window's pictures and the person's keys, in the study's format.
 *
 *   understudy record --window 'My Game' --out sessions/
 *   understudy record --arena --browser --name train      # play the practice fight yourself
 */
import { Command } from 'commander';
import { UnderstudyError } from '../../core/errors.js';
import { addPicture, parseRate, number } from '../options/values.js';
import { refuseUnusable } from '../options/modes.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';
import { addRecordingWatch, watchRequest } from '../options/watch.js';
import { Signals } from '../signals.js';
import { addKeysFrom, addPersonsPlay, personsPlaceOf } from '../options/persons-play.js';
import { askSessionName, checkSessionName, proposedName } from '../../runs/record/session-name.js';
import { withCommand } from '../options/inside.js';
import { inside, insideRequest } from '../../runs/inside.js';
import { RECORD_OPTION_MODES, recordRequest, type RecordOptions } from '../options/record.js';

export function recordVerb(): Command {
  const verb = new Command('record').description(
    "record a person's play: a window's pictures and the keys pressed in it",
  );
  addPersonsPlay(verb)
    .option('--out <folder>', 'where the session goes', 'sessions')
    .option('--name <name>', 'its name; left out, it is asked for: on a terminal, or in the page of --watch')
    .option('--rate <hz>', "frames a second; default: the game file's, or 10", parseRate)
    .addOption(number('--seconds <s>', 'stop after this long', 0.1, 864_000))
    .option('--hot-keys <list>', 'keys that stop, begin a fight and end a fight; never recorded as play', '1,8,9');
  addRecordingWatch(addPicture(verb));
  return addKeysFrom(verb)
    .option('--json', 'print the summary as one JSON document')
    .addHelpText(
      'after',
      "\nExample:\n  understudy record --window 'My Game' --name train\n  understudy record --arena --browser --name train\n",
    )
    .action(async (words: string[], options: RecordOptions, command: Command) => {
      await recordPlay(withCommand(words, options), command);
    });
}

async function recordPlay(options: RecordOptions, command: Command): Promise<void> {
  const output = makeOutput(options.json ?? false);
  const place = personsPlaceOf(options);
  refuseUnusable(command, place, RECORD_OPTION_MODES);
  using signals = new Signals();
  try {
    // before anything watches the keyboard: what is typed here must not be recorded
    const name = await nameOf(options, signals.signal); // with the live page it is typed there
    const { record, recordText } = await import('../../runs/record/record.js');
    const opensItself = place === 'page';
    const logs = { parent: options.out, option: '--out' };
    const screen = insideRequest(options, { opensItself, takes: 'command', forPerson: true, logs });
    const request = recordRequest(place, options, name);
    await inside(screen, { signals, say: sayOnError }, async (there) => {
      const { summary, failure } = await record(request, there);
      output.answer(summary, recordText(summary));
      if (failure !== null) throw failure;
    });
  } catch (error) {
    // stopped while it waited for a name or a window: nothing was recorded, and nothing went wrong
    if (signals.exitCode === null || error instanceof UnderstudyError) throw error;
  }
}

async function nameOf(options: RecordOptions, signal: AbortSignal): Promise<string | null> {
  if (options.name !== undefined) return checkSessionName(options.name);
  if (watchRequest(options) !== null) return null;
  return process.stdin.isTTY ? await askSessionName(proposedName(), signal) : proposedName();
}
