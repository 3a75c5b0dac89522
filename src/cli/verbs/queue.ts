/**
 * Looks at a queue, and steers it.
 *
 *   understudy queue status --queue redis://host
 *   understudy queue cancel sweep-1f0c9a2b3c4d --queue redis://host
 */
import { Command } from 'commander';
import { makeOutput, sayOnError } from '../../terminal/output.js';
import type { JobQueue } from '../../fleet/queue.js';
import { Signals } from '../signals.js';

interface QueueOptions {
  readonly queue: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

export function queueVerb(): Command {
  const verb = new Command('queue').description('what a queue holds: its jobs, its workers; pause, resume, cancel');
  sub(verb, 'status', 'jobs that wait, run or failed, and who works')
    .option('--watch', 'again every two seconds, until Ctrl-C')
    .action(async (options: QueueOptions) => {
      const { showStatus } = await import('../../fleet/steer.js');
      using signals = new Signals();
      const output = makeOutput(options.json ?? false);
      await withQueue(options, (queue) => showStatus(queue, output, options.watch ?? false, signals.signal));
    });
  sub(verb, 'metrics', "counts in Prometheus' text format", false).action(async (options: QueueOptions) => {
    await withQueue(options, async (queue) => void process.stdout.write(await queue.metrics()));
  });
  for (const [name, text] of [
    ['pause', 'no job is taken until resume; those that run continue'],
    ['resume', 'jobs are taken again'],
  ] as const) {
    sub(verb, name, text).action(async (options: QueueOptions) => {
      await withQueue(options, async (queue) => {
        const lanes = await queue[name]();
        makeOutput(options.json ?? false).answer(
          { lanes, paused: name === 'pause' },
          `${name}d; ${lanes} lanes are known`,
        );
      });
    });
  }
  sub(verb, 'clean', 'forgets jobs that are over, of programs and stores that no worker serves any more').action(
    async (options: QueueOptions) => {
      await withQueue(options, async (queue) => {
        const removed = await queue.clean();
        makeOutput(options.json ?? false).answer({ removed }, `${removed} lanes removed`);
      });
    },
  );
  sub(verb, 'cancel', "ends a command's jobs: those that wait are removed, those that run are stopped")
    .argument('<group>', 'as `queue status` and the command itself print it')
    .action(async (group: string, options: QueueOptions) => {
      await withQueue(options, async (queue) => {
        const ended = await queue.cancel(group);
        makeOutput(options.json ?? false).answer(ended, cancelText(group, ended));
      });
    });
  return verb.addHelpText('after', '\nExample:\n  understudy queue status --queue redis://host --watch\n');
}

function sub(verb: Command, name: string, text: string, hasJson = true): Command {
  const made = verb
    .command(name)
    .description(text)
    .requiredOption('--queue <address>', 'a Redis server, as redis://host:6379')
    .addHelpText(
      'after',
      `\nExample:\n  understudy queue ${name}${name === 'cancel' ? ' sweep-1f0c9a2b3c4d' : ''} --queue redis://host:6379\n`,
    );
  return hasJson ? made.option('--json', 'print one JSON document') : made;
}

async function withQueue({ queue }: QueueOptions, work: (queue: JobQueue) => Promise<void>): Promise<void> {
  const { parseAddress } = await import('../../fleet/address.js');
  const { JobQueue } = await import('../../fleet/queue.js');
  const { lostText, orQueueFailed } = await import('../../fleet/server.js');
  const address = parseAddress(queue);
  await using opened = await JobQueue.open(address, (lost) => sayOnError(lostText(address, lost)));
  await orQueueFailed(work(opened));
}

function cancelText(
  group: string,
  { removed, running }: { readonly removed: number; readonly running: number },
): string {
  if (removed + running === 0) return `no job of ${group} waits or runs`;
  return `${removed} removed, ${running} told to end`;
}
