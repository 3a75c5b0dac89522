/**
 * The process of one job: reads what is asked from standard input, one line of JSON, and writes messages to standard output.
 * Ends as soon as its input does, since then its worker is gone or wants it to end.
 */
import { createInterface } from 'node:readline';
import { jsonLine } from '../../core/json-lines.js';
import { sentError } from '../../core/sent-error.js';
import type { JobProgress } from '../payloads.js';
import type { ChildMessage } from './job-child.js';
import type { PlacedJob } from './placed-job.js';

const REPORT_EVERY_MS = 300;

const send = (message: ChildMessage): void => void process.stdout.write(jsonLine(message));

// what libraries print must not stand among the messages
console.log = console.error;
console.info = console.error;

const control = new AbortController();
let isAsked = false;
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (isAsked) return;
    isAsked = true;
    void work(JSON.parse(line) as PlacedJob);
  })
  .on('close', () => {
    control.abort();
    setTimeout(() => process.exit(0), 5000).unref();
    if (!isAsked) process.exit(0);
  });

/** A few a second, and each change of epoch: what was before it is on the disk by then. */
function reportTo(report: typeof send): (progress: JobProgress) => void {
  let [lastMs, last] = [Number.NEGATIVE_INFINITY, ''];
  return (progress) => {
    const epoch = `${progress.step} ${progress.epoch ?? ''}`;
    const nowMs = performance.now();
    if (nowMs - lastMs < REPORT_EVERY_MS && epoch === last) return;
    [lastMs, last] = [nowMs, epoch];
    report({ kind: 'progress', progress });
  };
}

async function work(asked: PlacedJob): Promise<void> {
  try {
    const { runPlacedJob } = await import('./placed-job.js');
    const result = await runPlacedJob(asked, {
      onProgress: reportTo(send),
      signal: control.signal,
    });
    send({ kind: 'done', result });
  } catch (error) {
    if (control.signal.aborted) process.exit(0);
    send({ kind: 'failed', error: sentError(error) });
  }
  // an engine's threads and an open standard input would keep the process
  process.stdout.write('', () => process.exit(0));
}
