/**
 * The study's grid: latent sizes times recurrent cells, one encoder a size, ranked on validation fights.
 *
 *   understudy sweep sessions/demos --latents 128,256,512,1024 --heads lstm,gru --out sweeps/demos
 *   understudy sweep sessions/Train --preset study --latents 128,512 --heads gru --out sweeps/study --json
 */
import { Command } from 'commander';
import { addFleet, fleetRequest, type FleetOptions } from '../options/fleet.js';
import { addEvidenceFloor } from '../options/evidence.js';
import { integerBetween, oneOf } from '../options/values.js';
import { makeOutput } from '../../terminal/output.js';
import type { FleetRequest } from '../../fleet/fleet.js';
import type { SweepRequest, SweepSummary } from '../../training/sweep-sessions.js';
import { Signals } from '../signals.js';
import { askedBeside, type PictureOptions } from '../options/train.js';
import { askedSweep, type AskedSweep } from '../../training/asked-sweep.js';
import { addData, addEngine, addNetwork, addSettings } from './train.js';

interface SweepVerbOptions extends AskedSweep, PictureOptions {
  readonly json?: boolean;
}

export function sweepVerb(): Command {
  const verb = new Command('sweep')
    .description('train a grid of latent sizes and heads, and rank them on validation fights')
    .argument('<sessions...>', 'sessions: paths without ending, their files, or names under sessions/')
    .requiredOption(
      '--out <folder>',
      'sweep.json, the best bundle, the trials; the same command continues a stopped one',
    );
  addFleet(addGrid(verb));
  addSettings(verb);
  addData(verb);
  addEngine(verb).option('--json', 'print the result as one JSON document');
  return verb
    .addHelpText(
      'after',
      '\nExample:\n  understudy sweep sessions/demos --latents 128,256,512,1024 --heads lstm,gru --out sweeps/demos\n',
    )
    .action(async (names: string[], options: SweepVerbOptions & FleetOptions) => {
      const { sweepText } = await import('../../runs/sweep-text.js');
      using signals = new Signals();
      const request = askedSweep(names, options, askedBeside(options));
      const fleet = fleetRequest(options);
      const summary = await (fleet === null ? here(request, signals) : byQueue(request, fleet, signals));
      if (summary !== null) makeOutput(options.json ?? false).answer(summary, sweepText(summary));
    });
}

async function here(request: SweepRequest, { signal }: Signals): Promise<SweepSummary | null> {
  const { sweepSessions } = await import('../../training/sweep-sessions.js');
  const { SweepProgress } = await import('../../runs/sweep-progress.js');
  using progress = new SweepProgress(process.stderr);
  return await sweepSessions(request, progress, signal);
}

async function byQueue(request: SweepRequest, fleet: FleetRequest, { signal }: Signals): Promise<SweepSummary | null> {
  const { sweepByQueue } = await import('../../fleet/ask/sweep.js');
  const { FleetProgress } = await import('../../fleet/progress.js');
  using progress = new FleetProgress(process.stderr);
  return await sweepByQueue(request, fleet, progress, signal);
}

function addGrid(verb: Command): Command {
  return addEvidenceFloor(addNetwork(verb))
    .option('--latents <list>', 'sizes of the latent', latents, [128, 256, 512, 1024])
    .option('--heads <list>', 'gru, lstm or both', heads, ['lstm', 'gru']);
}

const latents = (text: string): number[] => text.split(',').map(integerBetween('--latents', 1, 8192));
const heads = (text: string): ('gru' | 'lstm')[] => text.split(',').map(oneOf('--heads', ['gru', 'lstm']));
