/** The training curves beside the history, once the bundle is there: what cannot be drawn is said and fails nothing. */
import { messageOf } from '../../core/errors.js';
import { writeTrainingCurves, type TrainingCurve } from '../../evaluation/figures/training-curves.js';
import type { TrainOptions, TrainResult } from '../../training/train.js';

const LOSS_NAMES = { bce: 'binary cross-entropy', focal: 'focal loss' } as const;

/** Writes training-curves.svg and .png into the work folder. */
export async function drawCurves(
  work: string,
  { name, head: training }: TrainOptions,
  { autoencoder, head }: TrainResult,
  say: (text: string) => void,
): Promise<void> {
  const curves: TrainingCurve[] = [
    {
      model: `${training.kind} head`,
      loss: LOSS_NAMES[training.loss.kind],
      ...{ epochs: head.history, bestEpoch: head.bestEpoch },
    },
  ];
  if (autoencoder !== null) {
    const { history: epochs, bestEpoch } = autoencoder;
    curves.unshift({ model: 'autoencoder', loss: 'mean squared error', epochs, bestEpoch });
  }
  try {
    await writeTrainingCurves(work, `Training of ${name}`, curves);
  } catch (error) {
    say(`warning: no training curves: ${messageOf(error)}`);
  }
}
