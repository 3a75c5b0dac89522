/**
 * What this machine has and lacks, each with its fix.
 *
 *   understudy doctor
 *   understudy doctor --game games/xjump.json --json
 */
import { Command } from 'commander';
import { EXIT_CODES } from '../../core/errors.js';
import { unlessAborted } from '../../core/unless-aborted.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';
import { keyMapOf } from '../../runs/game-keyboard.js';
import type { Check } from '../../system/check.js';
import { Signals } from '../signals.js';
import { gameFileOf } from '../options/window.js';

interface DoctorOptions {
  readonly game?: string;
  readonly keys?: string;
  readonly queue?: string;
  readonly selfTest?: boolean;
  readonly json?: boolean;
}

export function doctorVerb(): Command {
  return new Command('doctor')
    .description('what is missing on this machine, and how to mend it')
    .option('--game <file>', 'check the keys of this game file')
    .option('--keys <list>', 'check these keys, as in JUMP=z')
    .option('--queue <address>', 'check this queue instead: a Redis server, as redis://host:6379')
    .option('--self-test', 'try pictures, keys, kills and a takeover on a window of its own: one page, in a minute')
    .option('--json', 'print the checks as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy doctor\n')
    .action(async (options: DoctorOptions) => {
      const { doctorText, examinationOf, examine, queueText } = await import('../../runs/doctor/examine.js');
      using signals = new Signals();
      if (options.selfTest) return await trySelf(options.json ?? false, signals.signal);
      const isQueue = options.queue !== undefined;
      const found = isQueue
        ? examinationOf(await queueChecks(options.queue))
        : await examine(keyMapOf(options, gameFileOf(options)), signals.signal);
      makeOutput(options.json ?? false).answer(found, isQueue ? queueText(found) : doctorText(found));
      if (!found.healthy) process.exitCode = EXIT_CODES.contract;
    });
}

async function trySelf(json: boolean, signal: AbortSignal): Promise<void> {
  const { selfTest, selfTestText } = await import('../../runs/doctor/self-test.js');
  const { thisDesktop } = await import('../../desktop/choose.js');
  const tried = await unlessAborted(selfTest(thisDesktop(), sayOnError, signal), signal);
  if (tried === null) return;
  makeOutput(json).answer(tried, selfTestText(tried));
  if (!tried.healthy) process.exitCode = EXIT_CODES.contract;
}

async function queueChecks(text: string): Promise<Check[]> {
  const { parseAddress } = await import('../../fleet/address.js');
  const { checkQueue } = await import('../../fleet/checks.js');
  return await checkQueue(parseAddress(text));
}
