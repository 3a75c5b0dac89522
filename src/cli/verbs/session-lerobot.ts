/**
 * Sessions as datasets of LeRobot, and back.
 *
 *   understudy session export sessions/fights --lerobot sets/fights
 *   understudy session import --lerobot sets/theirs --actions JUMP=button_a,LEFT=dpad_left
 */
import { Command } from 'commander';
import { join, basename, resolve } from 'node:path';
import { badOption } from '../../core/errors.js';
import { importText } from '../../session/report.js';
import { LateProgress } from '../../terminal/progress.js';
import { unlessAborted } from '../../core/unless-aborted.js';
import { numberRanges } from '../../core/number-ranges.js';
import { number } from '../options/values.js';
import type { OptionModes } from '../options/modes.js';
import type { ReadOptions } from '../../session/event-log.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';
import { Signals } from '../signals.js';

interface ExportOptions {
  readonly lerobot: string;
  readonly append?: boolean;
  readonly task?: string;
  readonly json?: boolean;
}

export function exportVerb(): Command {
  return new Command('export')
    .description("write sessions as one dataset that LeRobot's tools read (LeRobotDataset v3.0): an episode a fight")
    .argument('<names...>', 'sessions: paths without ending, their files, or names under sessions/')
    .requiredOption('--lerobot <folder>', 'the dataset')
    .option('--append', 'add to a set that was exported before')
    .option('--task <text>', 'what is done in every episode; default: Play <game>.')
    .option('--json', 'print what was written as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy session export sessions/fights --lerobot sets/fights\n')
    .action(async (names: string[], { lerobot: folder, append = false, task, json }: ExportOptions) => {
      const { exportDataset } = await import('../../lerobot/export-dataset.js');
      const { exportText } = await import('../../lerobot/export-report.js');
      const report = await withProgress((onFrame, signal) =>
        exportDataset({ sessions: names, folder, append, task: task ?? null, onFrame, signal }),
      );
      if (report !== null) makeOutput(json ?? false).answer(report, exportText(report));
    });
}

interface DatasetOptions {
  readonly lerobot?: string;
  readonly camera?: string;
  readonly actions?: string;
  readonly actionThreshold?: number;
  readonly episodes?: readonly number[];
}

/** The options of `session import` for a dataset. */
export function addDatasetOptions(verb: Command): Command {
  return verb
    .option('--lerobot <folder>', 'instead of a session: a dataset of LeRobot (v3.0), a fight an episode')
    .option('--camera <name>', 'with --lerobot: its video; default: the only one')
    .option('--actions <list>', 'with --lerobot: the keys among its actions, as in JUMP=button_a,LEFT=3; default: all')
    .addOption(
      number(
        '--action-threshold <x>',
        'with --lerobot: a number above it is held; default: only 0 and 1 are taken',
        -1e6,
        1e6,
      ),
    )
    .option('--episodes <list>', 'with --lerobot: which, as in 0..9,12; default: all', numberRanges('--episodes'));
}

/** What is imported, and which options each takes. */
type ImportMode = 'session' | 'set';

export interface ImportOptions extends DatasetOptions, ReadOptions {
  readonly out: string;
  readonly name?: string;
  readonly rate?: number;
  readonly json?: boolean;
}

const SET: readonly ImportMode[] = ['set'];

export const IMPORT_OPTION_MODES: OptionModes<ImportMode, ImportOptions> = {
  words: { session: 'a session', set: 'a dataset (--lerobot)' },
  takenBy: {
    lerobot: SET,
    camera: SET,
    actions: SET,
    actionThreshold: SET,
    episodes: SET,
    keys: ['session'],
    lenient: ['session'],
    out: 'every',
    name: 'every',
    rate: 'every',
    json: 'every',
  },
};

/** @throws UnderstudyError `bad-option` for both or neither */
export function importModeOf(name: string | undefined, { lerobot }: DatasetOptions): ImportMode {
  if ((name === undefined) !== (lerobot === undefined)) return name === undefined ? 'set' : 'session';
  throw badOption('session import needs either a session or --lerobot.', 'Give one of them.');
}

export async function importSet(folder: string, options: ImportOptions): Promise<void> {
  const { importDataset } = await import('../../lerobot/import-dataset.js');
  const { camera = null, actions = null, actionThreshold = null, episodes = null, rate: rateHz = null } = options;
  const to = join(options.out, options.name ?? basename(resolve(folder)));
  const asked = { folder, to, camera, actions, actionThreshold, episodes, rateHz };
  const report = await withProgress((onFrame, signal) => importDataset({ ...asked, onFrame, signal }));
  if (report !== null) makeOutput(options.json ?? false).answer(report, importText(report));
}

/** Shows progress; null where a signal came first, and then nothing is left. */
async function withProgress<Report>(
  work: (onFrame: (done: number, total: number) => void, signal: AbortSignal) => Promise<Report>,
): Promise<Report | null> {
  using signals = new Signals();
  using progress = new LateProgress('frames');
  const report = await unlessAborted(work(progress.update, signals.signal), signals.signal);
  if (report === null) sayOnError('stopped: nothing was written');
  return report;
}
