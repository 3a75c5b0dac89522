/**
 * Chooses the thresholds again on recorded fights; changes nothing else.
 *
 *   understudy model tune models/mine sessions/more
 */
import { Command } from 'commander';
import { makeOutput } from '../../terminal/output.js';
import { tuneText } from '../../runs/tune-text.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import type { ReadOptions } from '../../session/event-log.js';
import { readingOptions } from '../../session/read-options.js';
import { addKeys, addLenient } from '../options/session.js';
import { Signals } from '../signals.js';

interface TuneOptions extends ReadOptions {
  readonly out?: string;
  readonly json?: boolean;
}

export function tuneVerb(): Command {
  const verb = new Command('tune')
    .description("choose a bundle's thresholds on fights that it was not trained on; no weight changes")
    .argument('<bundle>', 'folder of the bundle')
    .argument('<sessions...>', 'sessions: paths without ending, their files, or names under sessions/');
  return addLenient(addKeys(verb))
    .option('--out <folder>', 'where to write the tuned bundle; default: in its place')
    .option('--json', 'print the thresholds and scores as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy model tune models/mine sessions/more\n')
    .action(tune);
}

async function tune(bundle: string, sessions: string[], options: TuneOptions): Promise<void> {
  const { tuneModel } = await import('../../training/tune-model.js');
  using signals = new Signals();
  const output = makeOutput(options.json ?? false);
  const line = new InPlaceLine(process.stderr);
  const summary = await tuneModel({
    bundle,
    out: options.out ?? bundle,
    sessions,
    reading: readingOptions(options),
    signal: signals.signal,
    onProgress: (done, total) => line.show(performance.now(), () => `${done} of ${total} frames`),
    say: (text) => output.say(text),
  }).finally(() => line.finish());
  if (summary !== null) output.answer(summary, tuneText(summary));
}
