/**
 * A session with other fights, as a new one.
 *
 *   understudy session edit sessions/fights --name better --drop 2,5..7
 *   understudy session edit sessions/fights --name cut --split 3@12.5 --merge 6 --rename JUMP=HOP
 */
import { Command } from 'commander';
import { join } from 'node:path';
import { numberRanges } from '../../core/number-ranges.js';
import { parseSplits, type SessionEdits } from '../../session/edit.js';
import { SESSIONS_FOLDER } from '../../session/session-files.js';
import { Signals } from '../signals.js';
import { makeOutput } from '../../terminal/output.js';

interface EditOptions extends Partial<Omit<SessionEdits, 'rename'>> {
  readonly rename?: string;
  readonly out: string;
  readonly name: string;
  readonly json?: boolean;
}

export function editVerb(): Command {
  return new Command('edit')
    .description('make a new session with fights dropped, split or merged, or actions renamed; the source stays')
    .argument('<session>', 'a session: its path without ending, one of its files, or a name under sessions/')
    .requiredOption('--name <name>', 'of the new session')
    .option('--out <folder>', 'where it goes', SESSIONS_FOLDER)
    .option('--drop <fights>', 'they are no fights any more, as in 2,5..7; numbers from 1', numberRanges('--drop'))
    .option('--split <list>', 'a fight becomes two, as in 3@12.5: seconds after its start', parseSplits)
    .option('--merge <fights>', 'each becomes one with the next', numberRanges('--merge'))
    .option('--rename <list>', 'actions, as in JUMP=HOP')
    .option('--json', 'print what was written as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy session edit sessions/fights --name better --drop 2,5..7\n')
    .action(async (from: string, { drop = [], split = [], merge = [], ...options }: EditOptions) => {
      const { editSession, editText } = await import('../../session/edit.js');
      const edits = { drop, split, merge, rename: options.rename ?? null };
      using signals = new Signals();
      const report = await editSession(from, join(options.out, options.name), edits, signals.signal);
      makeOutput(options.json ?? false).answer(report, editText(report));
    });
}
