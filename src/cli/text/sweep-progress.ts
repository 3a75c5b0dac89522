/** The progress of a sweep: one line redrawn in place, with the time left for all trials, and lines that stay. */
import { InPlaceLine } from '../../terminal/in-place-line.js';
import { durationText } from '../../terminal/progress.js';
import type { Screen } from '../../terminal/screen.js';
import type { SweepWatcher } from '../../training/sweep.js';
import type { Trial, TrialResult } from '../../training/trial.js';
import { progressText } from './train-progress.js';

export class SweepProgress implements SweepWatcher, Disposable {
  readonly #screen: Screen;
  readonly #line: InPlaceLine;

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#line = new InPlaceLine(screen);
  }

  readonly onTrial: SweepWatcher['onTrial'] = (trial, index, total) => {
    this.say(`trial ${index + 1} of ${total}: ${nameOf(trial)}`);
  };

  readonly onStep: SweepWatcher['onStep'] = (step) => this.say(`  ${step}`);

  readonly onProgress: SweepWatcher['onProgress'] = (step, progress, all) => {
    const { epoch, epochs, step: batch, steps, loss } = progress;
    if (step !== 'latents' && batch === steps) {
      this.say(`    epoch ${epoch} of ${epochs}: loss ${loss.toPrecision(4)}${leftText(all)}`);
      return;
    }
    this.#line.show(performance.now(), () => `${progressText(step, progress)}${leftText(all)}`);
  };

  readonly onResult: SweepWatcher['onResult'] = ({ validation, seconds, bundle }: TrialResult) => {
    const took = durationText(seconds);
    this.say(`  composite ${validation.composite.toFixed(3)} on validation, trained in ${took} (${bundle.folder})`);
  };

  /** A line that stays. */
  readonly say = (text: string): void => {
    this.#line.finish();
    this.#screen.write(`${text}\n`);
  };

  [Symbol.dispose](): void {
    this.#line.finish();
  }
}

const nameOf = ({ autoencoder, head }: Trial): string => `latent ${autoencoder.latentSize}, ${head.kind.toUpperCase()}`;

/** `; all trials: 1 h 07 min left at most` */
function leftText({ secondsLeft }: { readonly secondsLeft: number | null }): string {
  return secondsLeft === null ? '' : `; all trials: ${durationText(secondsLeft)} left at most`;
}
