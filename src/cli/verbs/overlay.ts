/**
 * A video of what was pressed beside what models would press.
 *
 *   understudy overlay sessions/fights --model models/arena-gru-512     # writes sessions/fights_overlay.mp4
 *   understudy overlay sessions/fights --model models/mine --from 95 --seconds 20
 *   understudy overlay runs/2026-01-31T12-00-00-000Z --out fight.mp4    # of a run played with --record-video
 */
import { Command } from 'commander';
import type { AskedOverlay } from '../../evaluation/overlay/asked-overlay.js';
import { collect, number } from '../options/values.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';
import { addKeys, addLabels, addLenient } from '../options/session.js';
import { Signals } from '../signals.js';

interface OverlayOptions extends AskedOverlay {
  readonly json?: boolean;
}

/** Eleven days: no recording is longer. */
const MOST_SECONDS = 1_000_000;

export function overlayVerb(): Command {
  const verb = new Command('overlay')
    .description('a video: the picture, what was pressed and what models would press beside it, a timeline below')
    .argument('<name>', 'a session, or the folder of a run that was played with --record-video')
    .option('--model <folder>', 'a bundle to show; may be given up to four times', collect, [])
    .option('--out <file>', 'the video; default: <session>_overlay.mp4, or overlay.mp4 in the run folder');
  return addLabels(addLenient(addKeys(verb)))
    .addOption(number('--from <s>', 'begin so many seconds after the first frame', 0, MOST_SECONDS, 0))
    .addOption(number('--seconds <s>', 'draw so many seconds; default: to the end', 0.001, MOST_SECONDS))
    .option('--any-rate', "allow a rate more than 25 % off a bundle's")
    .option('--json', 'print what was written as one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  understudy overlay sessions/fights --model models/arena-gru-512 --out fights.mp4\n' +
        '  understudy overlay runs/2026-01-31T12-00-00-000Z\n',
    )
    .action(overlay);
}

async function overlay(name: string, options: OverlayOptions): Promise<void> {
  const { writeOverlay } = await import('../../evaluation/overlay/asked-overlay.js');
  const { overlayText } = await import('../../evaluation/overlay/overlay.js');
  const output = makeOutput(options.json ?? false);
  using signals = new Signals();
  const report = await writeOverlay(name, options, { signal: signals.signal, say: sayOnError });
  if (report === null) sayOnError('stopped: no video was written');
  else output.answer(report, overlayText(report));
}
