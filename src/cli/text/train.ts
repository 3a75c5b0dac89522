/** A training's result for people. */
import { join } from 'node:path';
import type { TrainSummary } from '../../training/train-sessions.js';
import { learnedText } from './learned.js';

/** The summary for people. */
export function trainText(summary: TrainSummary): string {
  const { folder, id, autoencoder, head, learned, seconds, work } = summary;
  const lines = [`wrote ${folder} (${id}) in ${(seconds / 60).toFixed(1)} minutes`];
  if (autoencoder !== null) {
    const share = (100 * autoencoder.loss) / autoencoder.meanFrameLoss;
    lines.push(
      `  autoencoder  ${autoencoder.epochs} epochs, loss ${autoencoder.loss.toPrecision(3)}, ${share.toFixed(0)} % of the mean frame's`,
    );
  }
  lines.push(`  head         ${head.epochs} epochs, loss ${head.loss.toPrecision(3)}, ${head.trainWindows} windows`);
  lines.push(`  history      ${join(work, 'history.json')}`);
  if (learned === null) {
    return [...lines, '  No fight was held out: what was learned cannot be said; record more fights.'].join('\n');
  }
  const fights = learned.on === 'test' ? 'test fights, which nothing was chosen by' : 'validation fights';
  return [...lines, '', `On ${fights}:`, learnedText(learned)].join('\n');
}
