/** The progress of a sweep on a queue: one line redrawn in place, and lines that stay. */
import { durationText } from '../terminal/progress.js';
import { ProgressLines } from '../terminal/progress-lines.js';
import type { SweepWatcher } from '../training/sweep.js';
import type { TrialsAsked } from './ask/trials.js';
import { jobsLine } from './status.js';

export class FleetProgress extends ProgressLines implements SweepWatcher {
  readonly onTrial = (): void => undefined;
  readonly onStep = (): void => undefined;
  readonly onProgress = (): void => undefined;

  readonly onSeen: TrialsAsked['onSeen'] = (jobs) => this.line.show(performance.now(), () => jobsLine(jobs));

  readonly onResult: SweepWatcher['onResult'] = ({ id, validation, seconds }) => {
    this.say(`${id}: composite ${validation.composite.toFixed(3)} on validation, trained in ${durationText(seconds)}`);
  };
}
