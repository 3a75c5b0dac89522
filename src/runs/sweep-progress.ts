/** The progress of a sweep: one line redrawn in place, with the time left for all trials, and lines that stay. */
import { durationText } from '../terminal/progress.js';
import type { SweepWatcher } from '../training/sweep.js';
import type { Trial, TrialResult } from '../training/trial.js';
import { EpochLines } from './train-progress.js';

export class SweepProgress extends EpochLines implements SweepWatcher {
  readonly onTrial: SweepWatcher['onTrial'] = (trial, index, total) => {
    this.say(`trial ${index + 1} of ${total}: ${nameOf(trial)}`);
  };

  readonly onStep: SweepWatcher['onStep'] = (step) => this.say(`  ${step}`);

  readonly onProgress: SweepWatcher['onProgress'] = (step, progress, all) => {
    this.show('    ', step, progress, leftText(all), leftText(all));
  };

  readonly onResult: SweepWatcher['onResult'] = ({ validation, seconds, bundle }: TrialResult) => {
    const took = durationText(seconds);
    this.say(`  composite ${validation.composite.toFixed(3)} on validation, trained in ${took} (${bundle.folder})`);
  };
}

const nameOf = ({ autoencoder, head }: Trial): string => `latent ${autoencoder.latentSize}, ${head.kind.toUpperCase()}`;

/** `; all trials: 1 h 07 min left at most` */
function leftText({ secondsLeft }: { readonly secondsLeft: number | null }): string {
  return secondsLeft === null ? '' : `; all trials: ${durationText(secondsLeft)} left at most`;
}
