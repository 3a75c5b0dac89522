/**
 * The study's grid: latent sizes times recurrent cells, one encoder a size, ranked on validation fights.
 *
 *   understudy sweep sessions/demos --latents 128,256,512,1024 --heads lstm,gru --out sweeps/demos
 *   understudy sweep sessions/Train --preset study --latents 128,512 --heads gru --out sweeps/study --json
 */
import { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import { addFleet, fleetRequest, type FleetOptions } from '../options/fleet.js';
import { addEvidenceFloor } from '../options/evidence.js';
import { choice, integerBetween, oneOf } from '../options/values.js';
import { makeOutput } from '../../terminal/output.js';
import type { FleetRequest } from '../../fleet/fleet.js';
import type { SweepRequest, SweepSummary } from '../../training/sweep-sessions.js';
import { Signals } from '../signals.js';
import { askedBeside, type PictureOptions } from '../options/train.js';
import { askedSweep, type AskedSweep } from '../../training/asked-sweep.js';
import { SCHEDULERS, type Scheduler } from '../../training/emit-trials.js';
import { addData, addEngine, addNetwork, addSettings } from './train.js';

interface SweepVerbOptions extends AskedSweep, PictureOptions {
  readonly only?: string;
  readonly emit?: Scheduler;
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
      const { only, emit } = options;
      if (emit !== undefined && only !== undefined)
        throw badOption(
          '--emit prints commands with --only for all trials, and --only was given too.',
          'Leave one out.',
        );
      const alone = emit === undefined ? (only === undefined ? null : '--only') : '--emit';
      if (alone !== null && fleet !== null) {
        throw badOption(
          `${alone} is for schedulers other than a queue, and --queue was given too.`,
          `Leave out ${alone}: workers take the trials by themselves; or leave out --queue and --store.`,
        );
      }
      if (emit !== undefined) return await print(request, emit);
      if (only !== undefined) return await one(request, only, options.json ?? false, signals);
      const summary = await (fleet === null ? here(request, signals) : byQueue(request, fleet, signals));
      if (summary !== null) makeOutput(options.json ?? false).answer(summary, sweepText(summary));
    });
}

/** Commands for a scheduler, on standard output. */
async function print(request: SweepRequest, emit: Scheduler): Promise<void> {
  const { emitTrials } = await import('../../training/emit-trials.js');
  const { trialIds } = await import('../../training/sweep-sessions.js');
  const args = process.argv.slice(2).filter((word, index, all) => word !== '--emit' && all[index - 1] !== '--emit');
  process.stdout.write(
    emitTrials(emit, { args: args.filter((word) => !word.startsWith('--emit=')), ids: await trialIds(request) }),
  );
}

/** One trial alone, without a ranking. */
async function one(request: SweepRequest, only: string, json: boolean, { signal }: Signals): Promise<void> {
  const { runOneTrial } = await import('../../training/sweep-sessions.js');
  const { SweepProgress } = await import('../../runs/sweep-progress.js');
  using progress = new SweepProgress(process.stderr);
  const result = await runOneTrial(request, only, progress, signal);
  if (result === null) return progress.say('stopped; the same command continues from the last whole epoch');
  makeOutput(json).answer(result, `${result.id}: composite ${result.validation.composite.toFixed(3)} on validation`);
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
    .addOption(choice('--emit <scheduler>', 'print a command a trial instead: shell, slurm or kubernetes', SCHEDULERS))
    .option('--only <trial>', 'run this trial alone, as --emit prints it; the ranking is made without it')
    .option('--latents <list>', 'sizes of the latent', latents, [128, 256, 512, 1024])
    .option('--heads <list>', 'gru, lstm or both', heads, ['lstm', 'gru']);
}

const latents = (text: string): number[] => text.split(',').map(integerBetween('--latents', 1, 8192));
const heads = (text: string): ('gru' | 'lstm')[] => text.split(',').map(oneOf('--heads', ['gru', 'lstm']));
