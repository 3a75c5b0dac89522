/**
 * Claim: with one thread the 512 encoder takes at most 6 ms and the GRU head at most 0.5 ms (p50), and between two
 * runs the engine burns no CPU.
 *
 *   node dist/bench/encode.js [--samples 1000] [--threads 1]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../src/core/random.js';
import { initialBundle } from '../src/policy/initial-bundle.js';
import { openModel } from '../src/policy/model.js';
import { inferenceEngineVersion } from '../src/policy/onnx-session.js';
import type { HeadKind } from '../src/policy/onnx/head-graph.js';
import { argument, measure, printHeader, printJson, samplesFromArguments, type Measured } from './measurement.js';

const WARM_UP = 50;
const IDLE_MS = 2000;

const samples = samplesFromArguments(1000);
const threads = Number(argument('--threads') ?? 1);
const engine = await inferenceEngineVersion();
printHeader('image -> latent -> probabilities', { samples, warmUp: WARM_UP, engine, threads });

async function measureModel(head: HeadKind, storage: 'float32' | 'float16'): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-bench-'));
  try {
    const bundle = await initialBundle({ latent: 512, head, seed: 1, storage, out: join(folder, 'model') });
    const model = await openModel(bundle, { intraOpThreads: threads });
    await using encoder = model.encoder;
    await using recurrent = model.head;
    const random = new Random(1);
    const image = Float32Array.from({ length: 72 * 128 }, () => random.next());
    const latent = new Float32Array(512);
    const probabilities = new Float32Array(7);
    const name = `512 ${head} ${storage} (model ${bundle.id})`;
    const encode = await measure(`encode ${name}`, samples, WARM_UP, () => encoder.encode(image, latent));
    recurrent.latents.fill(0.1);
    const predict = await measure(`head ${name}`, samples, WARM_UP, () => recurrent.predict(probabilities));
    return [encode, predict];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** CPU time that the process takes while it has nothing to do, right after runs, in percent of a core. */
async function idlePercent(): Promise<number> {
  const before = process.cpuUsage();
  await delay(IDLE_MS);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000 / (IDLE_MS / 100);
}

const rows = [
  ...(await measureModel('gru', 'float32')),
  ...(await measureModel('lstm', 'float32')),
  ...(await measureModel('gru', 'float16')),
];
const idleCpuPercent = await idlePercent();
console.log(`idle after the runs: ${idleCpuPercent.toFixed(2)} % of a core`);
printJson('encode', rows, { engine, threads, idleCpuPercent });
