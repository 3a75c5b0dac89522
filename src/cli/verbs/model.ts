/**
 * Model bundles: what they promise, what they answer, and untrained ones to begin with.
 *
 *   understudy model init --latent 512 --head gru --seed 1 --out models/untrained
 *   understudy model info models/untrained
 *   understudy model run models/untrained --image frame.png --json
 */
import { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import { imagesText, infoText, latentsText } from '../../runs/model-text.js';
import { whole, choice } from '../options/values.js';
import { makeOutput } from '../../terminal/output.js';
import { exportVerb, importVerb } from './model-archives.js';
import { quantizeVerb } from './model-quantize.js';
import { tuneVerb } from './model-tune.js';

export function modelVerb(): Command {
  return new Command('model')
    .description(
      'bundles: make an untrained one, look at one, run one, tune or quantize one; Keras archives in and out',
    )
    .addCommand(infoVerb())
    .addCommand(runVerb())
    .addCommand(initVerb())
    .addCommand(importVerb())
    .addCommand(exportVerb())
    .addCommand(quantizeVerb())
    .addCommand(tuneVerb())
    .addHelpText('after', '\nExample:\n  understudy model info models/untrained\n');
}

function infoVerb(): Command {
  return new Command('info')
    .description("print a bundle's contract and check it: hashes, shapes, and by running it")
    .argument('<bundle>', 'folder of the bundle')
    .option('--json', 'print it as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy model info models/untrained\n')
    .action(async (folder: string, options: { readonly json?: boolean }) => {
      const { modelInfo } = await import('../../policy/inspect.js');
      const info = await modelInfo(folder);
      makeOutput(options.json ?? false).answer(info, infoText(info));
    });
}

interface RunOptions {
  readonly image?: readonly string[];
  readonly latents?: string;
  readonly json?: boolean;
}

function runVerb(): Command {
  return new Command('run')
    .description('what a model answers: latents for pictures, probabilities for windows of latents')
    .argument('<bundle>', 'folder of the bundle')
    .option('--image <files...>', 'pictures, PNG or JPEG, of any size')
    .option('--latents <file>', 'float32 little-endian, n x T x D')
    .option('--json', 'print the answers as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy model run models/untrained --image frame.png --json\n')
    .action(async (folder: string, options: RunOptions) => {
      const { runImages, runLatents } = await import('../../policy/inspect.js');
      const output = makeOutput(options.json ?? false);
      if ((options.image === undefined) === (options.latents === undefined)) {
        throw badOption('model run needs either --image or --latents.', 'Give one of them, as in --image frame.png.');
      }
      if (options.image !== undefined) {
        const runs = await runImages(folder, options.image);
        output.answer(runs, imagesText(runs));
        return;
      }
      const answer = await runLatents(folder, options.latents!);
      output.answer(answer, latentsText(answer));
    });
}

interface InitOptions {
  readonly latent: number;
  readonly head: 'gru' | 'lstm';
  readonly seed: number;
  readonly out: string;
  readonly json?: boolean;
}

function initVerb(): Command {
  return new Command('init')
    .description("write the study's architecture with seeded random weights, thresholds centred on its own outputs")
    .addOption(whole('--latent <n>', 'size of the latent', 1, 8192, 512))
    .addOption(choice('--head <cell>', 'gru or lstm', ['gru', 'lstm'], 'gru'))
    .addOption(whole('--seed <n>', 'seed of the weights and of the fight', 0, 2 ** 31, 1))
    .requiredOption('--out <folder>', 'where to write the bundle')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  understudy model init --latent 512 --head gru --seed 1 --out models/untrained\n',
    )
    .action(async (options: InitOptions) => {
      const { initModel } = await import('../../runs/untrained-model.js');
      const bundle = await initModel(options);
      const text = `wrote ${options.out}: ${options.head}, latent ${options.latent}, seed ${options.seed} (${bundle.id})`;
      makeOutput(options.json ?? false).answer({ folder: options.out, id: bundle.id }, text);
    });
}
