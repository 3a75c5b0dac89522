/** A training's result for people. */
import { join } from 'node:path';
import type { TrainSummary } from '../../training/train-sessions.js';

/** The summary for people. */
export function trainText(summary: TrainSummary): string {
  const { folder, id, autoencoder, head, validation, seconds, work } = summary;
  const lines = [`wrote ${folder} (${id}) in ${(seconds / 60).toFixed(1)} minutes`];
  if (autoencoder !== null) {
    const share = (100 * autoencoder.loss) / autoencoder.meanFrameLoss;
    lines.push(
      `  autoencoder  ${autoencoder.epochs} epochs, loss ${autoencoder.loss.toPrecision(3)}, ${share.toFixed(0)} % of the mean frame's`,
    );
  }
  lines.push(`  head         ${head.epochs} epochs, loss ${head.loss.toPrecision(3)}, ${head.trainWindows} windows`);
  if (validation !== null) {
    const scores = Object.entries(validation.perAction)
      .filter(([, { support }]) => support > 0)
      .map(([action, { f1 }]) => `${action} ${f1.toFixed(2)}`);
    lines.push(`  validation   F1 ${scores.join(', ')}`);
  }
  const history = join(work, 'history.json');
  return [...lines, `  history      ${history}`, '  F1 does not rank agents: play it, and count its wins.'].join('\n');
}
