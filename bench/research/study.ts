/**
 * Claim: the write-up's study can be run end to end on the practice fight, and this is what holds there: its two
 * baselines, its grid of eight, a few controls, and how many fights each of them wins.
 *
 *   npm run research study -- --scale small     # at most 20 minutes on 2 quiet cores
 *   npm run research study -- --scale full      # the study's 9,549 frames and epochs: a night
 *   npm run research study -- --scale full --no-train    # lets what is trained play, and writes it down
 *   npm run research study -- --scale full --report      # only writes down what is there
 *   npm run research study -- --scale full --queue redis://host:6379 --store /mnt/shared    # by workers: docs/fleet.md
 *
 * Writes docs/results/study.md and .json. Stopped at any time, the same command continues.
 */
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import { Signals } from '../../src/cli/signals.js';
import { UnderstudyError } from '../../src/core/errors.js';
import { openFleetToAsk, type Fleet } from '../../src/fleet/fleet.js';
import { runStudy } from './study/run.js';
import { SCALES } from './study/scales.js';
import { commandOf } from '../support/results.js';

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: 'small' },
    work: { type: 'string' },
    out: { type: 'string', default: 'docs/results' },
    'no-train': { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    queue: { type: 'string' },
    store: { type: 'string' },
  },
});

/** Null where all is done here. */
async function openFleet(): Promise<Fleet | null> {
  const { queue, store } = values;
  if (queue === undefined || store === undefined) return null;
  return await openFleetToAsk(
    { queue, store, needs: ['tensorflow'] },
    (text) => void process.stderr.write(`${text}\n`),
  );
}

process.chdir(PROJECT_ROOT);
const scale = SCALES[values.scale];
if (scale === undefined) {
  process.stderr.write(`--scale ${values.scale}: expected one of ${Object.keys(SCALES).join(', ')}\n`);
  process.exitCode = 2;
} else {
  using signals = new Signals();
  try {
    await using fleet = await openFleet();
    const finished = await runStudy({
      fleet,
      ...{
        scale,
        folder: values.work ?? `runs/study/${scale.name}`,
        out: values.out,
        trains: !values['no-train'],
        reportOnly: values.report,
      },
      ...{ command: commandOf('research study', { scale: scale.name }), signal: signals.signal },
    });
    if (!finished)
      process.stderr.write(
        'stopped; the same command continues where it was, --report writes the report of what is there\n',
      );
  } catch (error) {
    if (!(error instanceof UnderstudyError)) throw error;
    process.stderr.write(`study: ${error.message}\n  next  ${error.next}\n`);
    process.exitCode = error.exitCode;
  }
}
