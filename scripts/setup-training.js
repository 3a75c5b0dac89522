/**
 * npm run setup:training [-- --tensorflow <dir> | --source package|wheel] [--again]
 *
 * Makes the training engine's native part available in the user's cache. Playing, recording and evaluating do
 * not need it.
 */
/* global AbortController */
import { parseArgs } from 'node:util';
import { setUpEngine } from '../dist/src/training/setup/set-up.js';

const { values } = parseArgs({
  options: { tensorflow: { type: 'string' }, source: { type: 'string' }, again: { type: 'boolean' } },
});
if (values.source !== undefined && !['package', 'wheel'].includes(values.source)) {
  console.error(`--source is package or wheel, not '${values.source}'`);
  process.exit(2);
}

const stop = new AbortController();
const stopped = { SIGINT: 130, SIGTERM: 143 };
for (const [signal, code] of Object.entries(stopped)) {
  process.once(signal, () => {
    process.exitCode = code;
    stop.abort();
  });
}

try {
  const engine = await setUpEngine({ ...values, say: (message) => console.log(message), signal: stop.signal });
  const { tensorflowVersion, source, gpu } = engine.record;
  const what = `TensorFlow ${tensorflowVersion} (${source}, ${gpu ? 'with' : 'without'} a GPU) in ${engine.folder}`;
  console.log(engine.isNew ? `The training engine is set up: ${what}` : `Nothing to do: the engine works: ${what}`);
} catch (error) {
  if (stop.signal.aborted) console.error('Interrupted: what was fetched so far is removed.');
  else {
    console.error(error.message);
    if (error.next) console.error(error.next);
    process.exitCode = error.exitCode ?? 1;
  }
}
