/**
 * The same loop as play's, measured against a contract.
 *
 *   understudy bench --arena --seconds 60 --p99-ms 30          # exit code 5 where the contract does not hold
 *   understudy bench --flash --flashes 300                     # from a change on the screen to the key event
 *   understudy bench --window 'My Game' --rate 60 --load 2
 */
import { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import { BENCH_OPTION_MODES, BENCH_SWEEP_MODES, benchPlaceOf, type BenchPlace } from '../options/bench-modes.js';
import { benchRequest, matrixRequest, type BenchOptions } from '../options/bench.js';
import { addLevel, addSeed } from '../options/fights.js';
import { withCommand } from '../options/inside.js';
import { addBudget } from '../options/pace.js';
import { openWatch } from '../../runs/open-watch.js';
import type { LogLevel } from '../../runs/log.js';
import { inside, insideRequest, logsIn } from '../../runs/inside.js';
import type { RunEnvironment } from '../../runs/environment.js';
import type { BenchRequest } from '../../runs/bench/request.js';
import type { FlashBench } from '../../runs/bench/matrix.js';
import { refuseBroken } from '../../runs/bench/latency-contract.js';
import { refuseUnusable } from '../options/modes.js';
import { numberBetween, parseRate, whole, number } from '../options/values.js';
import { makeOutput, sayOnError, type Output } from '../../terminal/output.js';
import { addSafetyOptions } from '../options/safety.js';
import { Signals } from '../signals.js';
import { addWatchOptions } from '../options/watch.js';
import { addWindowOptions } from '../options/window.js';

export function benchVerb(): Command {
  const verb = new Command('bench')
    .description('measure the loop against a latency contract; exit code 5 where it does not hold')
    .option('--arena', 'in the practice fight in this process (the default)')
    .option('--flash', "in the arena's page turning black and white: photon to key is measured too")
    .addOption(whole('--flashes <n>', 'flashes to answer', 10, 100_000));
  addLevel(addSeed(verb));
  addWindowOptions(verb);
  addSafetyOptions(verb);
  addWatchOptions(verb);
  verb
    .option('--model <folder>', 'the bundle; default: the one that ships')
    .option('--rate <hz>', 'ticks a second', parseRate, 10)
    .addOption(number('--seconds <s>', 'how long to measure, after the warm-up', 0.5, 86_400, 60));
  return addBudget(verb)
    .option('--p99-ms <ms>', '99 % of the latencies are at most this', numberBetween('--p99-ms', 0.001, 10_000), 30)
    .addOption(number('--miss-rate <share>', 'missed + late ticks, at most this share', 0, 1, 0.001))
    .option('--unpaced', 'a tick follows the last at once, for comparing with loops that do not pace')
    .addOption(whole('--load <n>', 'busy processes beside it', 0, 64, 0))
    .option('--rate-sweep <range>', 'find the highest rate without a missed tick, as in 5..120', parseRange)
    .option('--matrix', 'photon to key through every capture and sink that works here')
    .option('--runs <folder>', 'where run folders go', 'runs')
    .option('--out <folder>', 'write index.html and bench.json there')
    .option('--json', 'print the figures as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy bench --arena --seconds 10 --p99-ms 30 --json\n')
    .action(async (words: string[], asked: BenchOptions, command: Command) => {
      const options = withCommand(words, asked);
      const { logLevel } = command.optsWithGlobals<{ logLevel: LogLevel }>();
      const place = benchPlaceOf(options);
      refuseUnusable(command, place, BENCH_OPTION_MODES);
      refuseUnusable(command, options.rateSweep === undefined ? 'single' : 'sweep', BENCH_SWEEP_MODES);
      await bench(place, options, logLevel);
    });
}

async function bench(place: BenchPlace, options: BenchOptions, logLevel: LogLevel): Promise<void> {
  const output = makeOutput(options.json ?? false);
  const screen = insideRequest(options, {
    opensItself: place !== 'window',
    takes: 'command',
    logs: logsIn(options.runs),
  });
  using signals = new Signals();
  await inside(screen, { signals, say: sayOnError }, async (there) => {
    if (place === 'matrix') await benchMatrix(matrixRequest(options, logLevel), there, output);
    else await benchPlace(benchRequest(place, options, logLevel), options, there, output);
  });
}

async function benchPlace(
  request: BenchRequest,
  options: BenchOptions,
  there: RunEnvironment,
  output: Output,
): Promise<void> {
  await using watch = await openWatch(request.run.watch, there.say);
  const environment = { ...there, watch };
  if (options.rateSweep !== undefined) {
    const { sweepRates, sweepText } = await import('../../runs/bench/rate-sweep.js');
    const sweep = await sweepRates(options.rateSweep, request, environment);
    output.answer(sweep, sweepText(sweep));
    return;
  }
  const { measure } = await import('../../runs/bench/measure.js');
  const { benchText } = await import('../../runs/bench/bench-text.js');
  const measured = await measure(request, environment);
  output.answer(measured.result, benchText(measured.result));
  if (options.out !== undefined) {
    const { writeBenchReport } = await import('../../runs/bench/bench-report.js');
    output.say(`wrote ${(await writeBenchReport(options.out, measured)).join(', ')}`);
  }
  if (!there.signals.signal.aborted) refuseBroken(measured.result);
}

async function benchMatrix(request: FlashBench, there: RunEnvironment, output: Output): Promise<void> {
  const { matrixText, measureMatrix } = await import('../../runs/bench/matrix.js');
  await using watch = await openWatch(request.run.watch, there.say);
  const matrix = await measureMatrix(request, { ...there, watch });
  output.answer(matrix, matrixText(matrix));
}

/** Reads `5..120`. */
function parseRange(text: string): { readonly from: number; readonly to: number } {
  const match = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  if (from >= 1 && to <= 1000 && from < to) return { from, to };
  throw badOption(
    `--rate-sweep ${text}: expected two rates from 1 to 1000 Hz, the lower first.`,
    'Write them as in --rate-sweep 5..120.',
  );
}
