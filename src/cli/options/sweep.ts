/** The options of `sweep` as Commander passes them, and the request that they make. */
import { resolve } from 'node:path';
import { badOption } from '../../core/errors.js';
import type { HeadKind } from '../../policy/onnx/head-graph.js';
import type { AskedSource } from '../../training/trial.js';
import type { SweepRequest } from '../../training/sweep-sessions.js';
import { askedSettings } from '../../training/asked-settings.js';
import { askedPictures, typedCommand, type TrainVerbOptions } from './train.js';

/** As for `train`, with lists of latent sizes and heads. */
export interface SweepVerbOptions extends Omit<TrainVerbOptions, 'latent' | 'head' | 'autoencoder' | 'encoder'> {
  readonly latents: readonly number[];
  readonly heads: readonly HeadKind[];
  readonly evidenceFloor: number;
}

/** Far more than a person would wait for. */
const MOST_TRIALS = 256;

/** The sweep that the options ask for. @throws UnderstudyError `bad-option` */
export function sweepRequest(sessions: readonly string[], options: SweepVerbOptions): SweepRequest {
  const { out, engine, deterministic = false, evidenceFloor } = options;
  const source = sourceOf(sessions, options);
  return {
    source,
    trials: trialsOf(options),
    folder: resolve(out),
    engine,
    deterministic,
    evidenceFloor,
    command: typedCommand(),
  };
}

/** How the sessions are read and divided. @throws UnderstudyError `bad-option` where there is nothing to rank by */
function sourceOf(sessions: readonly string[], options: SweepVerbOptions): AskedSource {
  const { labelRule, labelLeadMs, split, validation, test, keys } = options;
  if (validation <= 0) {
    throw badOption('--validation 0 leaves nothing to rank the trials by.', 'Give a share above 0, such as 0.15.');
  }
  const { seed } = askedSettings({ ...options, latent: 1, head: 'gru', autoencoder: 'advanced' }).head;
  return {
    ...{ sessions, pictures: askedPictures(options), labelRule, labelLeadMs },
    lenient: options.lenient ?? false,
    keys: keys === undefined ? null : Object.fromEntries(keys),
    split: { by: split, seed, validation, test },
  };
}

/** The grid, heads of one latent size next to each other. @throws UnderstudyError `bad-option` */
function trialsOf(options: SweepVerbOptions): SweepRequest['trials'] {
  const [latents, heads] = [new Set(options.latents), new Set(options.heads)];
  if (latents.size * heads.size > MOST_TRIALS) {
    throw badOption(
      `${latents.size} latents and ${heads.size} heads make ${latents.size * heads.size} trials; at most ${MOST_TRIALS} are run.`,
      'Give shorter lists in --latents and --heads.',
    );
  }
  return [...latents].flatMap((latent) =>
    [...heads].map((head) => {
      const {
        autoencoder,
        head: cell,
        threshold,
      } = askedSettings({ ...options, latent, head, autoencoder: 'advanced' });
      return {
        version: 1 as const,
        autoencoder,
        head: cell,
        threshold: threshold ?? null,
        storage: options.storage,
      };
    }),
  );
}
