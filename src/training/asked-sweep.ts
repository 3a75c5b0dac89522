/** A sweep as a user asks for it, and the request that it makes. */
import { resolve } from 'node:path';
import { badOption } from '../core/errors.js';
import type { HeadKind } from '../policy/onnx/head-graph.js';
import { askedSettings } from './asked-settings.js';
import type { AskedBeside, AskedTraining } from './asked-training.js';
import type { SweepRequest } from './sweep-sessions.js';
import type { AskedSource } from './trial.js';

/** As of a training, with lists of latent sizes and heads. */
export interface AskedSweep extends Omit<AskedTraining, 'latent' | 'head' | 'autoencoder' | 'encoder'> {
  readonly latents: readonly number[];
  readonly heads: readonly HeadKind[];
  readonly evidenceFloor: number;
}

/** Far more than a person would wait for. */
const MOST_TRIALS = 256;

/** The sweep that is asked for. @throws UnderstudyError `bad-option`; as `pictures` */
export function askedSweep(
  sessions: readonly string[],
  asked: AskedSweep,
  { pictures, command }: AskedBeside,
): SweepRequest {
  const { out, engine, deterministic = false, evidenceFloor } = asked;
  const source = sourceOf(sessions, asked, pictures);
  return { source, trials: trialsOf(asked), folder: resolve(out), engine, deterministic, evidenceFloor, command };
}

/** How the sessions are read and divided. @throws UnderstudyError `bad-option` where there is nothing to rank by */
function sourceOf(sessions: readonly string[], asked: AskedSweep, pictures: AskedBeside['pictures']): AskedSource {
  const { labelRule, labelLeadMs, split, validation, test, keys } = asked;
  if (validation <= 0) {
    throw badOption('--validation 0 leaves nothing to rank the trials by.', 'Give a share above 0, such as 0.15.');
  }
  const { seed } = askedSettings({ ...asked, latent: 1, head: 'gru', autoencoder: 'advanced' }).head;
  return {
    ...{ sessions, pictures: pictures(), labelRule, labelLeadMs },
    lenient: asked.lenient ?? false,
    keys: keys === undefined ? null : Object.fromEntries(keys),
    split: { by: split, seed, validation, test },
  };
}

/** The grid, heads of one latent size next to each other. @throws UnderstudyError `bad-option` */
function trialsOf(asked: AskedSweep): SweepRequest['trials'] {
  const [latents, heads] = [new Set(asked.latents), new Set(asked.heads)];
  if (latents.size * heads.size > MOST_TRIALS) {
    throw badOption(
      `${latents.size} latents and ${heads.size} heads make ${latents.size * heads.size} trials; at most ${MOST_TRIALS} are run.`,
      'Give shorter lists in --latents and --heads.',
    );
  }
  return [...latents].flatMap((latent) =>
    [...heads].map((head) => {
      const { autoencoder, head: cell, threshold } = askedSettings({ ...asked, latent, head, autoencoder: 'advanced' });
      return {
        version: 1 as const,
        autoencoder,
        head: cell,
        threshold: threshold ?? null,
        storage: asked.storage,
      };
    }),
  );
}
