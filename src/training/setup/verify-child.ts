/**
 * The child of {@link verifyEngine}: loads the native part and the npm package in the folders given, multiplies, prints one
 * line of JSON.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Tf } from '../engine.js';
import { restoreRemovedNodeApi } from '../node-api.js';
import { bindingPath } from './cache.js';

interface Backend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

interface BackendModule {
  readonly NodeJSKernelBackend: new (binding: unknown, name: string) => Backend;
}

function main(folder: string, engine: string): void {
  restoreRemovedNodeApi();
  const require = createRequire(import.meta.url);
  const fromPackage = createRequire(join(engine, 'package.json'));
  const tf = fromPackage('@tensorflow/tfjs') as Tf;
  const { NodeJSKernelBackend } = fromPackage('./dist/nodejs_kernel_backend') as BackendModule;
  fromPackage('./dist/register_all_kernels');
  const binding: unknown = require(bindingPath(folder));
  const backend = new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu');
  tf.registerBackend('tensorflow', () => backend as never, 3);
  tf.setBackend('tensorflow').catch(() => undefined);
  const product = tf.matMul(tf.tensor2d([[1, 2, 3]]), tf.tensor2d([[4], [5], [6]])).dataSync();
  if (product[0] !== 32) throw new Error(`1*4 + 2*5 + 3*6 came out as ${product[0]}, not 32`);
  const proof = { tensorflowVersion: backend.binding.TF_Version, gpu: backend.isUsingGpuDevice };
  process.stdout.write(`${JSON.stringify(proof)}\n`);
}

main(process.argv[2] ?? '', process.argv[3] ?? '');
