/** The model that a run plays with: the one that was named, the one that ships, or an untrained one made here. */
import { existsSync } from 'node:fs';
import type { ActionSet } from '../core/action-set.js';
import type { Clock } from '../core/clock.js';
import { given } from '../core/given.js';
import { openPolicy, type ModelPolicy } from '../policy/model-policy.js';
import { readBundle } from '../policy/bundle.js';
import { thresholdsFor } from '../policy/threshold-list.js';
import { SHIPPED_BUNDLE } from '../policy/shipped-bundle.js';
import { readPictureRecord, type PictureRecord } from '../vision/picture-record.js';
import { STUDY_CONTRACT, type PreprocessingContract } from '../vision/preprocessing-contract.js';
import type { WatchedEnvironment } from './environment.js';
import { modelOpener } from './play-engine.js';
import type { PaceRequest, PolicyRequest } from './request.js';
import { makeUntrainedModel } from './untrained-model.js';

export interface ChosenPolicy {
  readonly policy: ModelPolicy;
  /** The bundle's folder. */
  readonly path: string;
  readonly rateHz: number;
  readonly applyDelayTicks: number;
  /** How a picture is cropped and scaled for the model. */
  readonly contract: PreprocessingContract;
  /** Statistics of its training's pictures; null where the bundle has none. */
  readonly pictures: PictureRecord | null;
  /** Several players take turns, each with a training of its own. Default false. */
  readonly takesTurns?: boolean;
}

/** What the choice depends on. */
export interface ChosenPolicyRequest {
  /** The actions of the game or the session. */
  readonly actions: ActionSet;
  /** Those of the actions that the game has no key for. Default: none. */
  readonly unmapped?: readonly string[];
  /** The name of the game; null where it is not known: then every bundle is accepted. */
  readonly game: string | null;
  readonly policy: PolicyRequest;
  readonly pace: Pick<PaceRequest, 'rateHz' | 'anyRate'>;
}

/**
 * The caller closes it.
 *
 * @throws UnderstudyError as readBundle, modelOpener and openPolicy do; `unknown-action`; `bundle-mismatch` where the
 *   bundle has an action that is not among those asked for, or was trained on another game
 */
export async function openChosenPolicy(
  { actions, unmapped = [], game, policy: wanted, pace }: ChosenPolicyRequest,
  clock: Clock,
  { say, watch }: Pick<WatchedEnvironment, 'say' | 'watch'>,
): Promise<ChosenPolicy> {
  const { model, engine, thresholds, act, actSeed, apply, crop, anyGame } = wanted;
  const path = await chooseModel(model, say);
  const bundle = await readBundle(path);
  const rateHz = pace.rateHz ?? bundle.manifest.fps;
  const open = await modelOpener(engine);
  const policy = await openPolicy({
    bundle,
    clock,
    actions,
    unmapped,
    game: anyGame ? null : game,
    rateHz,
    anyRate: pace.anyRate,
    thresholds: thresholdsFor(actions, thresholds),
    actSeed,
    ...given({
      act: act ?? undefined,
      model: engine === 'onnxruntime' ? undefined : await open(bundle),
      apply: apply ?? undefined,
      crop: crop ?? undefined,
    }),
  });
  watch?.showModel(policy);
  const on = engine === 'onnxruntime' ? '' : ` on ${engine}`;
  if (unmapped.length > 0) say(`without a key, and never pressed: ${unmapped.join(', ')}`);
  say(`playing ${bundle.manifest.name} (${bundle.id}) at ${rateHz} Hz${on}`);
  if (policy.act.how === 'sample') say(`keys are drawn from the probabilities, seed ${policy.act.seed}`);
  const { applyDelayTicks } = policy;
  const { preprocessing: contract, training } = bundle.manifest;
  return { policy, path, rateHz, applyDelayTicks, contract, pictures: readPictureRecord(training) };
}

async function chooseModel(named: string | null, say: (text: string) => void): Promise<string> {
  if (named !== null) return named;
  if (existsSync(SHIPPED_BUNDLE)) return SHIPPED_BUNDLE;
  return await makeUntrainedModel(say);
}

/** A recording uses the same preprocessing as the policy: its contract, without the fingerprint that a bundle adds. */
export function recordedContract({
  contract: { width, height, crop },
}: Pick<ChosenPolicy, 'contract'>): PreprocessingContract {
  return { ...STUDY_CONTRACT, width, height, crop };
}
