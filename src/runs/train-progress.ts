/** The progress of a training: one line redrawn in place, and a line that stays for each finished epoch. */
import type { FitProgress } from '../training/fit.js';
import type { TrainingStep } from '../training/train.js';
import type { TrainWatcher } from '../training/train-sessions.js';
import { barText } from '../terminal/bar.js';
import { ProgressLines } from '../terminal/progress-lines.js';

const BAR_CELLS = 24;

const NAMES: Readonly<Record<TrainingStep, string>> = {
  together: 'encoder and head',
  autoencoder: 'autoencoder',
  latents: 'latents',
  head: 'head',
  bundle: 'checking and writing the bundle',
};

/** A line redrawn in place for each batch, and a line that stays for each finished epoch. */
export class EpochLines extends ProgressLines {
  /**
   * @param indent before the line of a finished epoch
   * @param ofEpoch added to that line
   * @param ofBatch added to the line in place
   */
  protected show(indent: string, step: TrainingStep, progress: FitProgress, ofEpoch: string, ofBatch = ''): void {
    const { epoch, epochs, step: batch, steps, loss } = progress;
    if (step !== 'latents' && batch === steps) {
      this.say(`${indent}epoch ${epoch} of ${epochs}: loss ${loss.toPrecision(4)}${ofEpoch}`);
      return;
    }
    this.line.show(performance.now(), () => `${progressText(step, progress)}${ofBatch}`);
  }
}

export class TrainingProgress extends EpochLines implements TrainWatcher {
  readonly onStep: TrainWatcher['onStep'] = (step) => this.say(NAMES[step]);

  readonly onProgress: TrainWatcher['onProgress'] = (step, progress) =>
    this.show('  ', step, progress, `, ${rate(progress)}`);
}

const rate = ({ samplesPerSecond }: FitProgress): string => `${samplesPerSecond.toFixed(0)} a second`;

/** `[######------] epoch 3 of 20, loss 0.0412, 652 a second, 2:10 left at most`. */
export function progressText(step: TrainingStep, progress: FitProgress): string {
  const { epoch, epochs, step: batch, steps, loss, secondsLeft } = progress;
  const bar = `[${barText((epoch - 1 + batch / steps) / epochs, BAR_CELLS)}]`;
  const left = `${Math.floor(secondsLeft / 60)}:${String(Math.floor(secondsLeft % 60)).padStart(2, '0')} left`;
  if (step === 'latents') return `${bar} ${batch} of ${steps} frames, ${rate(progress)}, ${left}`;
  return `${bar} epoch ${epoch} of ${epochs}, loss ${loss.toPrecision(4)}, ${rate(progress)}, ${left} at most`;
}
