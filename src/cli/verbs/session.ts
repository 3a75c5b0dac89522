/**
 * Recorded sessions: what they hold, what is wrong with them, and what they look like.
 *
 *   understudy session stats sessions/fights           # the table of the study's Appendix B
 *   understudy session check sessions/fights           # exit code 5 when something is wrong
 *   understudy session sync sessions/fights            # a video with the held keys beside the picture
 */
import { Command } from 'commander';
import { join } from 'node:path';
import { badOption, EXIT_CODES, type UnderstudyError } from '../../core/errors.js';
import { given } from '../../core/given.js';
import type { LabelRule } from '../../session/labels.js';
import { resolveSession, SESSIONS_FOLDER } from '../../session/session-files.js';
import type { SessionStatistics } from '../../session/statistics.js';
import { parseRate, whole, number } from '../options/values.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';
import { addKeys, addLabels, addLenient, sayNotices } from '../options/session.js';
import type { ReadOptions } from '../../session/event-log.js';
import { readingOptions } from '../../session/read-options.js';
import {
  addDatasetOptions,
  exportVerb,
  importModeOf,
  importSet,
  IMPORT_OPTION_MODES,
  type ImportOptions,
} from './session-lerobot.js';
import { importText } from '../../session/report.js';
import { refuseUnusable } from '../options/modes.js';
import { editVerb } from './session-edit.js';
import { markVerb } from './session-mark.js';
import { Signals } from '../signals.js';

const NAME_HELP = 'a session: its path without ending, one of its files, or a name under sessions/';

interface JsonOption {
  readonly json?: boolean;
}

export function sessionVerb(): Command {
  return new Command('session')
    .description('recorded sessions: look at one, check it, mend it, count its keys, see them beside the picture')
    .addCommand(infoVerb())
    .addCommand(checkVerb())
    .addCommand(repairVerb())
    .addCommand(statsVerb())
    .addCommand(syncVerb())
    .addCommand(importVerb())
    .addCommand(exportVerb())
    .addCommand(editVerb())
    .addCommand(markVerb())
    .addHelpText('after', '\nExample:\n  understudy session stats sessions/fights\n');
}

function infoVerb(): Command {
  const verb = new Command('info').description('what a session is, on one screen').argument('<name>', NAME_HELP);
  addLenient(addKeys(verb));
  return verb
    .option('--json', 'print it as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy session info sessions/fights\n')
    .action(async (name: string, options: ReadOptions & JsonOption) => {
      const { describeNamed } = await import('../../session/info.js');
      const { infoTable } = await import('../../session/report.js');
      const { info, notices } = await describeNamed(name, readingOptions(options));
      sayNotices(notices);
      makeOutput(options.json ?? false).answer({ ...info, notices }, infoTable(info));
    });
}

function checkVerb(): Command {
  const verb = new Command('check')
    .description('what is wrong with a session, each with its place in time; exit code 5 when something is')
    .argument('<name>', NAME_HELP);
  addKeys(verb);
  return verb
    .option('--lenient', 'taken for the sake of scripts: a check always reads on past a broken line, and names it')
    .option('--json', 'print it as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy session check sessions/fights --json\n')
    .action(async (name: string, options: ReadOptions & JsonOption) => {
      const { checkNamed } = await import('../../session/check.js');
      const { checkTable } = await import('../../session/report.js');
      const check = await checkNamed(name, readingOptions(options));
      makeOutput(options.json ?? false).answer(check, checkTable(check));
      if (!check.ok) process.exitCode = EXIT_CODES.contract;
    });
}

function repairVerb(): Command {
  return new Command('repair')
    .description('complete a session whose recording was cut off; changes nothing where nothing is wrong')
    .argument('<name>', NAME_HELP)
    .option('--json', 'print what was done as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy session repair sessions/fights\n')
    .action(async (name: string, options: JsonOption) => {
      const { repairSession } = await import('../../session/repair.js');
      const { repairTable } = await import('../../session/report.js');
      const output = makeOutput(options.json ?? false);
      const report = await repairSession(name);
      for (const message of report.left) output.say(`cannot be mended: ${message}`);
      output.answer(report, repairTable(report));
    });
}

interface StatsOptions extends ReadOptions, JsonOption {
  readonly labels?: LabelRule;
  readonly out?: string;
}

function statsVerb(): Command {
  const verb = new Command('stats')
    .description("how often each action is held: the study's table, the same inside fights, and what frames hide")
    .argument('<names...>', `${NAME_HELP}; several count as one`);
  addLabels(addLenient(addKeys(verb)));
  return verb
    .option('--out <folder>', 'write bar charts there, as SVG and PNG')
    .option('--json', 'print them as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy session stats sessions/fights --out charts\n')
    .action(async (names: string[], options: StatsOptions) => {
      const { readSessions } = await import('../../session/session.js');
      const { sessionStatistics } = await import('../../session/statistics.js');
      const { statisticsTable } = await import('../../session/report.js');
      const output = makeOutput(options.json ?? false);
      const sessions = await readSessions(names, readingOptions(options));
      const statistics = sessionStatistics(sessions, options.labels);
      const notices = sessions.flatMap((session) => session.notices);
      sayNotices(notices);
      const charts = options.out === undefined ? [] : await writeCharts(options.out, statistics);
      for (const path of charts) output.say(`wrote ${path}`);
      output.answer({ ...statistics, notices, charts }, statisticsTable(statistics));
    });
}

async function writeCharts(folder: string, statistics: SessionStatistics): Promise<readonly string[]> {
  const { writeSessionCharts } = await import('../../evaluation/figures/session-charts.js');
  return writeSessionCharts(folder, statistics);
}

interface SyncOptions extends ReadOptions, JsonOption {
  readonly labels?: LabelRule;
  readonly out?: string;
  readonly from: number;
  readonly seconds?: number;
  readonly flash?: boolean;
  readonly presses: number;
  readonly rate: number;
}

function syncVerb(): Command {
  const verb = new Command('sync')
    .description('write a video with the held keys drawn beside the picture, to see that they belong together')
    .argument('[name]', NAME_HELP);
  addLabels(addLenient(addKeys(verb)));
  return verb
    .option('--out <file>', 'the video to write; default: <name>_sync.mp4 beside the session')
    .addOption(number('--from <s>', 'begin so many seconds into the session', 0, 864_000, 0))
    .addOption(number('--seconds <s>', 'write so many seconds; default: to the end', 0.1, 864_000))
    .option('--flash', 'no session: measure how far key and frame times are apart here, in a flashing arena page')
    .addOption(whole('--presses <n>', 'with --flash: how many presses', 3, 1000, 30))
    .option('--rate <hz>', 'with --flash: frames a second', parseRate, 10)
    .option('--json', 'print what was written or measured as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy session sync sessions/fights --out sync.mp4\n')
    .action(async (name: string | undefined, options: SyncOptions) => {
      if ((name === undefined) === (options.flash !== true)) throw eitherSessionOrFlash();
      await (name === undefined ? measureFlashes(options) : writeSync(name, options));
    });
}

async function measureFlashes({ presses, rate, json }: SyncOptions): Promise<void> {
  const { measureOffset, offsetText } = await import('../../runs/record/measure-offset.js');
  using signals = new Signals();
  const report = await measureOffset({ presses, rateHz: rate, signal: signals.signal });
  if (report !== null) makeOutput(json ?? false).answer(report, offsetText(report));
}

function eitherSessionOrFlash(): UnderstudyError {
  return badOption(
    'session sync needs either a session or --flash.',
    'Give one of them, as in session sync sessions/fights.',
  );
}

async function writeSync(name: string, options: SyncOptions): Promise<void> {
  const { syncSession } = await import('../../evaluation/overlay/sync-video.js');
  const { videoText } = await import('../../evaluation/overlay/video-file.js');
  const output = makeOutput(options.json ?? false);
  using signals = new Signals();
  const report = await syncSession(name, {
    ...readingOptions(options),
    labels: options.labels ?? 'at-frame',
    out: options.out ?? `${resolveSession(name).base}_sync.mp4`,
    fromSeconds: options.from,
    seconds: options.seconds ?? Number.POSITIVE_INFINITY,
    signal: signals.signal,
    say: sayOnError,
  });
  if (report !== null) output.answer(report, videoText(report));
}

function importVerb(): Command {
  const verb = new Command('import')
    .description(
      "take a session of another recorder in, the study's as it is, or a dataset; the source is never changed",
    )
    .argument('[name]', NAME_HELP);
  addDatasetOptions(addLenient(addKeys(verb)));
  return verb
    .option('--out <folder>', 'where the new session goes', SESSIONS_FOLDER)
    .option('--name <name>', "its name; default: the source's")
    .option('--rate <hz>', 'frames a second of the new session; default: as recorded', parseRate)
    .option('--json', 'print what was imported as one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  understudy session import recordings/Train --out sessions --keys UP=w,SHOOT=j\n' +
        '  understudy session import --lerobot sets/theirs --name theirs\n',
    )
    .action(async (name: string | undefined, options: ImportOptions, command: Command) => {
      refuseUnusable(command, importModeOf(name, options), IMPORT_OPTION_MODES);
      if (name === undefined) return await importSet(options.lerobot!, options);
      const { importSession } = await import('../../session/import.js');
      const output = makeOutput(options.json ?? false);
      const report = await importSession({
        from: name,
        to: join(options.out, options.name ?? resolveSession(name).name),
        ...readingOptions(options),
        ...given({ rateHz: options.rate }),
      });
      sayNotices(report.notices);
      output.answer(report, importText(report));
    });
}
