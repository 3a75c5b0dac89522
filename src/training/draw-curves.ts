/** The training curves beside the history, once the bundle is there: what cannot be drawn is said and fails nothing. */
import { messageOf } from '../core/errors.js';
import { writeFigureFiles } from '../evaluation/figures/figure.js';
import { trainingCurvesFigure } from '../evaluation/figures/training-curves.js';
import { trainingCurvesOf } from '../evaluation/training-history.js';
import type { BundleManifest } from '../policy/manifest.js';

/** Writes training-curves.svg and .png into the work folder. */
export async function drawCurves(work: string, manifest: BundleManifest, say: (text: string) => void): Promise<void> {
  try {
    const curves = trainingCurvesOf(manifest);
    await writeFigureFiles(work, trainingCurvesFigure('training-curves', `Training of ${manifest.name}`, curves));
  } catch (error) {
    say(`warning: no training curves: ${messageOf(error)}`);
  }
}
