/**
 * Keras archives in and out. Nothing in an archive is ever run.
 *
 *   understudy model import encoder.keras --head head.keras --out models/mine
 *   understudy model export models/mine --keras archives/
 */
import { Command } from 'commander';
import { basename, resolve } from 'node:path';
import { actionSetOf, STUDY_ACTIONS, studyNames } from '../../core/study-actions.js';
import { given } from '../../core/given.js';
import { parseRate, whole, choice } from '../options/values.js';
import { makeOutput } from '../../terminal/output.js';
import { parseThresholds } from '../../policy/threshold-list.js';

interface ImportVerbOptions {
  readonly head: string;
  readonly out: string;
  readonly latentLayer?: string;
  readonly actions?: readonly string[];
  readonly fps: number;
  readonly horizon: number;
  readonly thresholds?: string;
  readonly storage: 'float32' | 'float16';
  readonly json?: boolean;
}

export function importVerb(): Command {
  return new Command('import')
    .description("make a bundle of Keras 3 archives, the study's models among them")
    .argument('<encoder>', 'a .keras archive of the encoder, or of a whole autoencoder')
    .requiredOption('--head <file>', 'a .keras archive of the head')
    .requiredOption('--out <folder>', 'where to write the bundle')
    .option('--latent-layer <name>', 'take the encoder up to and with this layer of an autoencoder')
    .option('--actions <list>', "what the head's outputs are, in order; default all seven", studyNames)
    .option('--fps <hz>', 'frames a second that it was trained at', parseRate, 10)
    .addOption(whole('--horizon <n>', 'frames from its last picture to the keys', 0, 10, 1))
    .option('--thresholds <list>', 'as in JUMP=0.4,DASH=0.5/0.3; default 0.5')
    .addOption(choice('--storage <type>', 'of the weights in the files', ['float32', 'float16'], 'float32'))
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy model import encoder.keras --head head.keras --out models/mine\n')
    .action(async (encoder: string, options: ImportVerbOptions) => {
      const { importModel } = await import('../../training/import-model.js');
      const { out, thresholds: list, ...rest } = options;
      const actions = actionSetOf(options.actions ?? STUDY_ACTIONS.names);
      const thresholds = list === undefined ? undefined : parseThresholds(list, actions);
      const name = basename(resolve(out));
      const { manifest, id } = await importModel({ ...rest, ...given({ thresholds }), out, encoder, name });
      const text = `wrote ${out} (${id}): latent ${manifest.latentSize}, window ${manifest.windowLength}, ${manifest.actions.join(' ')}`;
      makeOutput(options.json ?? false).answer({ folder: out, id, manifest }, text);
    });
}

export function exportVerb(): Command {
  return new Command('export')
    .description('write a bundle as Keras 3 archives, encoder.keras and head.keras')
    .argument('<bundle>', 'folder of the bundle')
    .requiredOption('--keras <folder>', 'where to write them')
    .option('--json', 'print the paths as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy model export models/mine --keras archives\n')
    .action(async (folder: string, options: { readonly keras: string; readonly json?: boolean }) => {
      const { exportModel } = await import('../../training/import-model.js');
      const paths = await exportModel(folder, options.keras);
      makeOutput(options.json ?? false).answer(paths, `wrote ${paths.encoder} and ${paths.head}`);
    });
}
