/**
 * A job in a process of its own. A training blocks its event loop for seconds: the worker that holds the lock must not be in
 * it. The child ends with its worker, whose end closes its standard input.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { UnderstudyError } from '../../core/errors.js';
import { jsonLine, jsonValue, LineCutter } from '../../core/json-lines.js';
import { receivedError, type SentError } from '../../core/sent-error.js';
import { progressSchema, type JobProgress } from '../payloads.js';

/** After it was told to end: a step of a training takes less. */
const END_WITHIN_MS = 15_000;
const MOST_LINE_BYTES = 64 * 1024 * 1024;
/** Of what it said last, for a failure without a reason. */
const KEPT_TEXT = 2000;

const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), progress: progressSchema }),
  z.object({ kind: z.literal('done'), result: z.unknown() }),
  z.object({ kind: z.literal('failed'), error: z.custom<SentError>() }),
]);

/** What a child writes, one JSON value a line. */
export type ChildMessage = z.infer<typeof messageSchema>;

/**
 * @param asked plain data, for job-process.ts
 * @returns the job's result; undefined where the signal ended it
 * @throws as the job; an Error where the process ends without an answer
 */
export async function runInChild(
  asked: unknown,
  onProgress: (progress: JobProgress) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const program = fileURLToPath(new URL('job-process.js', import.meta.url));
  const child = spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // a Ctrl-C is meant for the worker, which may let its jobs finish
  });
  let answer: Extract<ChildMessage, { kind: 'done' | 'failed' }> | null = null;
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-KEPT_TEXT)));
  const lines = new LineCutter(MOST_LINE_BYTES);
  child.stdout.on('data', (chunk: Buffer) => {
    for (const { text } of lines.take(chunk)) {
      const message = messageSchema.safeParse(jsonValue(text)).data;
      if (message?.kind === 'progress') onProgress(message.progress);
      else if (message !== undefined) answer = message;
    }
  });
  child.stdin.on('error', () => undefined); // it ended before it read: its exit says so
  child.stdin.write(jsonLine(asked)); // and stays open: its end is ours
  const stop = (): void => {
    child.stdin.end();
    setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS).unref();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const [code, killedBy] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('close', (code, killedBy) => resolve([code, killedBy])).once('error', reject);
  });
  signal.removeEventListener('abort', stop);
  if (signal.aborted) return undefined;
  return resultOf(answer, `it ended ${killedBy === null ? `with code ${code}` : `by ${killedBy}`}: ${said.trim()}`);
}

function resultOf(answer: ChildMessage | null, otherwise: string): unknown {
  if (answer?.kind === 'done') return answer.result;
  throw answer?.kind === 'failed' ? receivedError(answer.error) : noAnswer(otherwise);
}

function noAnswer(how: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'job-failed',
    message: `The process of a job gave no answer: ${how}`,
    next: 'Look at the memory and the disk of the machine; the same command tries it again.',
  });
}
