/**
 * Does what others asked for on a queue, on this machine.
 *
 *   understudy worker --queue redis://host --store /mnt/shared
 *   understudy worker --queue redis://host --store /mnt/shared --tags gpu,cores=16 --jobs 2
 */
import { join } from 'node:path';
import { hostname } from 'node:os';
import { Command } from 'commander';
import { parseTags } from '../../fleet/tags.js';
import { sayOnError } from '../../terminal/output.js';
import { cacheRoot } from '../../training/setup/places.js';
import { Signals } from '../signals.js';
import { number, whole } from '../options/values.js';

interface WorkerOptions {
  readonly queue: string;
  readonly store: string;
  readonly tags: readonly string[];
  readonly jobs: number;
  readonly work?: string;
  readonly finish?: boolean;
  readonly idle?: number | null;
}

export function workerVerb(): Command {
  return new Command('worker')
    .description('do the jobs of a queue on this machine, until Ctrl-C')
    .requiredOption('--queue <address>', 'a Redis server, as redis://host:6379')
    .requiredOption('--store <place>', 'the folder that all machines mount, or s3://bucket/prefix')
    .option(
      '--tags <list>',
      'what this machine has, as in gpu,display,cores=8',
      (text) => parseTags('--tags', text),
      [],
    )
    .addOption(whole('--jobs <n>', 'at a time', 1, 64, 1))
    .option('--work <folder>', 'files that were fetched, trainings that continue; default in the cache folder')
    .addOption(number('--idle <s>', 'leave after this long without a job; default: stay', 0, 1e7))
    .option('--finish', 'at Ctrl-C finish what was begun, instead of handing it back')
    .addHelpText('after', '\nExample:\n  understudy worker --queue redis://host --store /mnt/shared\n')
    .action(async ({ queue, store, tags, jobs: slots, work, finish: finishes = false, idle = null }: WorkerOptions) => {
      const { runWorker } = await import('../../fleet/work/run-worker.js');
      using signals = new Signals();
      const place = { queue, store, work: work ?? join(cacheRoot(), 'worker', hostname()) };
      const asked = { ...place, tags, slots, finishes, idleSeconds: idle };
      await runWorker(asked, sayOnError, signals.signal);
    });
}
