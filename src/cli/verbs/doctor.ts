/**
 * What this machine has and lacks, each with its fix.
 *
 *   understudy doctor
 *   understudy doctor --game games/xjump.json --json
 */
import { Command } from 'commander';
import { EXIT_CODES } from '../../core/errors.js';
import type { Check } from '../../system/check.js';
import { makeOutput } from '../text/output.js';
import { keyMapOf } from '../../runs/game-keyboard.js';
import { gameFileOf } from '../options/window.js';

interface DoctorOptions {
  readonly game?: string;
  readonly keys?: string;
  readonly json?: boolean;
}

export function doctorVerb(): Command {
  return new Command('doctor')
    .description('what is missing on this machine, and how to mend it')
    .option('--game <file>', 'check the keys of this game file')
    .option('--keys <list>', 'check these keys, as in JUMP=z')
    .option('--json', 'print the checks as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy doctor\n')
    .action(async (options: DoctorOptions) => {
      const { thisDesktop } = await import('../../desktop/choose.js');
      const { checkEngines } = await import('../../runs/doctor/engine-checks.js');
      const { checkKeys } = await import('../../runs/doctor/key-checks.js');
      const engines = await checkEngines();
      const keys = keyMapOf(options, gameFileOf(options));
      const checks = [...engines, ...thisDesktop().checks((layout) => checkKeys(layout, keys))];
      const healthy = checks.every((check) => check.ok || !check.required);
      makeOutput(options.json ?? false).answer({ healthy, checks }, doctorText(checks, healthy));
      if (!healthy) process.exitCode = EXIT_CODES.contract;
    });
}

function doctorText(checks: readonly Check[], healthy: boolean): string {
  const lines = checks.flatMap((check) => {
    const mark = check.ok ? 'ok  ' : check.required ? 'FAIL' : 'note';
    const line = `${mark}  ${check.name.padEnd(18)}  ${check.found}`;
    return check.fix === null ? [line] : [line, `      ${''.padEnd(18)}  fix: ${check.fix}`];
  });
  const end = healthy
    ? 'ready: the arena and any X11 window can be played'
    : 'the arena can be played without a display (understudy play --arena); for windows, mend what FAILs';
  return [...lines, '', end].join('\n');
}
