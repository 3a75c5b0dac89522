/** The engines that a model plays on, and how each is opened. The one place that uses both policy and training. */
import { UnderstudyError } from '../core/errors.js';
import { openModel, type ModelOpener } from '../policy/model.js';

/** What `--engine` takes: onnxruntime, the default; or TensorFlow.js, to compare with what trained the model. */
export const PLAY_ENGINES = ['onnxruntime', 'tfjs'] as const;
export type PlayEngine = (typeof PLAY_ENGINES)[number];

/**
 * Opens models on the engine named.
 *
 * @throws UnderstudyError `engine-missing` where TensorFlow.js is not set up here
 */
export async function modelOpener(engine: PlayEngine): Promise<ModelOpener> {
  if (engine === 'onnxruntime') return openModel;
  const { loadEngine } = await import('../training/engine.js');
  const { openTfjsModel } = await import('../training/tfjs-model.js');
  const tfjs = await loadEngine('tfjs-node').catch((cause: unknown) => {
    if (!(cause instanceof UnderstudyError) || cause.code !== 'engine-missing') throw cause;
    throw new UnderstudyError({
      kind: 'environment',
      code: 'engine-missing',
      message: '--engine tfjs plays on the training engine, which is not set up or does not load here.',
      next: 'Run `understudy setup training`, or leave --engine out: onnxruntime needs no set-up.',
      cause,
    });
  });
  return (bundle, options) => new Promise((resolve) => resolve(openTfjsModel(tfjs, bundle, options)));
}

/** The same, loaded once, with the first model: what is wrong with the sessions is reported before a missing engine. */
export function lateModelOpener(engine: PlayEngine): ModelOpener {
  let opener: Promise<ModelOpener> | null = null;
  return async (bundle, settings) => (await (opener ??= modelOpener(engine)))(bundle, settings);
}
