/**
 * Claim: with one thread the 512 encoder takes at most 6 ms and the GRU head at most 0.5 ms (p50), and between two
 * runs the engine burns no CPU.
 *
 *   npm run bench encode -- [--samples 1000] [--threads 1]
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { quantiles, type Quantiles } from '../../src/core/quantiles.js';
import { Random } from '../../src/core/random.js';
import { initialBundle } from '../../src/policy/initial-bundle.js';
import { openModel } from '../../src/policy/model.js';
import { inferenceEngineVersion } from '../../src/policy/onnx-session.js';
import type { HeadKind } from '../../src/policy/onnx/head-graph.js';
import { printResult } from '../support/machine.js';
import { countArgument, sampleMs } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

const WARMUP = 50;
const IDLE_MS = 2000;

const n = countArgument('--samples', 1000);
const threads = countArgument('--threads', 1);
const ms: Record<string, Quantiles | null> = {};
const other: Record<string, number> = {};
const models: Record<string, string> = {};

async function measureModel(head: HeadKind, storage: 'float32' | 'float16'): Promise<void> {
  using folder = openFolder('bench');
  const bundle = await initialBundle({ latent: 512, head, seed: 1, storage, out: join(folder.path, 'model') });
  const model = await openModel(bundle, { intraOpThreads: threads });
  await using encoder = model.encoder;
  await using recurrent = model.head;
  const random = new Random(1);
  const image = Float32Array.from({ length: 72 * 128 }, () => random.next());
  const latent = new Float32Array(512);
  const probabilities = new Float32Array(7);
  const name = `${head} ${storage}`;
  models[`model ${name}`] = bundle.id;
  const encodeMs = await sampleMs(n, WARMUP, () => encoder.encode(image, latent));
  recurrent.latents.fill(0.1);
  const headMs = await sampleMs(n, WARMUP, () => recurrent.predict(probabilities));
  ms[`encode 512, ${name}`] = quantiles(encodeMs);
  ms[`head, ${name}`] = quantiles(headMs);
  other[`encode 512, ${name}, min ms`] = Math.min(...encodeMs);
  other[`head, ${name}, min ms`] = Math.min(...headMs);
}

/** CPU time that the process takes while it has nothing to do, right after runs, in percent of a core. */
async function idlePercent(): Promise<number> {
  const before = process.cpuUsage();
  await delay(IDLE_MS);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000 / (IDLE_MS / 100);
}

await measureModel('gru', 'float32');
await measureModel('lstm', 'float32');
await measureModel('gru', 'float16');
other['idle CPU after the runs, % of a core'] = await idlePercent();
printResult({
  claim: 'image -> latent [512]: p50 at most 6 ms; window -> probabilities: p50 at most 0.5 ms; idle in between',
  setting: { engine: await inferenceEngineVersion(), threads, ...models },
  n,
  warmup: WARMUP,
  ms,
  other,
});
