/**
 * Verifies that an engine folder works: a child process loads it and multiplies. It is a child, because a library that
 * does not fit this machine ends the process that loads it.
 */
import { fileURLToPath } from 'node:url';
import { UnderstudyError } from '../../core/errors.js';
import { runCommand } from './command.js';

/** What the child reports. */
export interface EngineProof {
  readonly tensorflowVersion: string;
  readonly gpu: boolean;
}

/**
 * Loads the native part in `folder`, for the npm package in `engine`, in a child.
 *
 * @throws UnderstudyError `engine-missing` with the reason where that fails
 */
export async function verifyEngine(folder: string, engine: string, signal?: AbortSignal): Promise<EngineProof> {
  const child = fileURLToPath(new URL('./verify-child.js', import.meta.url));
  const result = await runCommand(process.execPath, [child, folder, engine], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    signal,
  });
  const line = result.stdout.split('\n').find((text) => text.startsWith('{"tensorflowVersion"'));
  if (result.status === 0 && line !== undefined) return JSON.parse(line) as EngineProof;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'engine-missing',
    message: `The training engine in ${folder} does not work here: ${result.tail || 'it ended while loading'}`,
    next: 'Run `understudy setup training --again`, or name an installed TensorFlow with --tensorflow <dir>.',
  });
}
