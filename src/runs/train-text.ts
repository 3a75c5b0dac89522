/** A training's result for people. */
import { join } from 'node:path';
import type { Kept } from '../evaluation/kept.js';
import type { TrainSummary } from '../training/train-sessions.js';
import { textTable } from '../terminal/table.js';
import { learnedText } from '../evaluation/learned-text.js';

/** The summary for people. */
export function trainText(summary: TrainSummary): string {
  const { folder, id, autoencoder, head, act, habits, learned, seconds, work } = summary;
  const lines = [`wrote ${folder} (${id}) in ${(seconds / 60).toFixed(1)} minutes`];
  if (autoencoder !== null) {
    const share = (100 * autoencoder.loss) / autoencoder.meanFrameLoss;
    lines.push(
      `  autoencoder  ${autoencoder.epochs} epochs, loss ${autoencoder.loss.toPrecision(3)}, ${share.toFixed(0)} % of the mean frame's`,
    );
  }
  lines.push(`  head         ${head.epochs} epochs, loss ${head.loss.toPrecision(3)}, ${head.trainWindows} windows`);
  lines.push(`  history      ${join(work, 'history.json')}`);
  if (habits !== null) lines.push('', `It acts by ${act}; on validation fights:`, habitsText(habits));
  if (learned === null) {
    return [...lines, '  No fight was held out: what was learned cannot be said; record more fights.'].join('\n');
  }
  const fights = learned.on === 'test' ? 'test fights, which nothing was chosen by' : 'validation fights';
  const kept = learned.encoder === null ? [] : ['', keptText(learned.encoder, work)];
  return [...lines, ...kept, '', `On ${fights}:`, learnedText(learned)].join('\n');
}

/** How often and how long each key is held: by the person, and by an agent that acts as the bundle says. */
function habitsText({ person, agent }: NonNullable<TrainSummary['habits']>): string {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const hold = (seconds: number | null): string => (seconds === null ? '-' : seconds.toFixed(1));
  const rows = Object.entries(person).map(([name, { held, pressesPerMinute, holdSeconds }]) => {
    const ours = agent[name];
    return [
      name,
      `${pressesPerMinute.toFixed(0)} (${ours.pressesPerMinute.toFixed(0)})`,
      `${percent(held)} (${percent(ours.held)})`,
      `${hold(holdSeconds)} (${hold(ours.holdSeconds)})`,
    ];
  });
  return textTable(['person (agent)', 'presses a minute', 'held', 's a hold'], rows);
}

/** What the encoder keeps of what is small and of what moves. */
function keptText({ smallKept, smallBlobs, movingKept, movingBlobs }: Kept, work: string): string {
  const share = (kept: number | null, blobs: number, what: string): string =>
    kept === null ? `no ${what}` : `${(100 * kept).toFixed(0)} % of ${blobs} ${what}`;
  const small = share(smallKept, smallBlobs, 'small blobs');
  const moving = share(movingKept, movingBlobs, 'moving ones');
  const pictures = smallBlobs + movingBlobs > 0 ? ` (pictures: ${join(work, 'kept.png')})` : '';
  return `The latents keep half of the contrast of ${small} and of ${moving}${pictures}.`;
}
