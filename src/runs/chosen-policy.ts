/** The model that a run plays with: the one that was named, the one that ships, or an untrained one made on the spot. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionSet } from '../core/action-set.js';
import type { Clock } from '../core/clock.js';
import type { Policy } from '../core/decision.js';
import { openPolicy } from '../policy/policy.js';
import { readBundle } from '../policy/bundle.js';
import { readPictureRecord, type PictureRecord } from '../vision/picture-record.js';
import { STUDY_CONTRACT, type PreprocessingContract } from '../vision/preprocessing-contract.js';
import type { GameFile } from '../games/game-file.js';
import { PROJECT_ROOT } from '../core/project-root.js';
import { STUDY_ACTIONS } from '../core/study-actions.js';
import { parseThresholds } from '../policy/threshold-list.js';
import { modelOpener } from './play-engine.js';
import { makeUntrainedModel } from './untrained-model.js';
import type { PlayContext, PlayOptions } from '../cli/options/play.js';

/** The bundle that ships with the program. */
const SHIPPED = join(PROJECT_ROOT, 'models', 'arena-gru-512');

export interface ChosenPolicy {
  readonly policy: Policy;
  /** What its decisions are about: the game's, all of the bundle's among them. */
  readonly actions: ActionSet;
  /** The bundle's folder. */
  readonly path: string;
  readonly rateHz: number;
  readonly applyDelayTicks: number;
  /** What the model must be shown of a picture. */
  readonly contract: PreprocessingContract;
  /** What its training's pictures looked like; null in a bundle that does not say. */
  readonly pictures: PictureRecord | null;
}

/** What of a game decides how a model plays it. */
export type PlayedGame = Pick<GameFile, 'actions' | 'crop' | 'rateHz'>;

/** What the choice hangs on. */
export type PolicyContext = Pick<PlayContext, 'say' | 'wrapPolicy' | 'watch'> & {
  readonly options: Pick<PlayOptions, 'model' | 'rate' | 'engine' | 'anyRate' | 'threshold' | 'apply'>;
};

/**
 * @throws UnderstudyError as readBundle and openPolicy; `bundle-mismatch` too where the bundle has an action that the game
 *   (without a game file: the study's) does not have
 */
export async function openChosenPolicy(
  { options, say, watch, wrapPolicy = (policy) => policy }: PolicyContext,
  game: PlayedGame | null,
  clock: Clock,
): Promise<ChosenPolicy> {
  const path = await chooseModel(options.model, say);
  const bundle = await readBundle(path);
  const rateHz = options.rate ?? game?.rateHz ?? bundle.manifest.fps;
  const actions = game?.actions ?? STUDY_ACTIONS;
  const engine = options.engine ?? 'onnxruntime';
  const open = await modelOpener(engine);
  const opened = await openPolicy({
    bundle,
    ...(engine === 'onnxruntime' ? {} : { model: await open(bundle) }),
    clock,
    actions,
    rateHz,
    anyRate: options.anyRate ?? false,
    ...(options.threshold === undefined ? {} : { thresholds: parseThresholds(options.threshold, actions) }),
    ...(options.apply === undefined ? {} : { apply: options.apply }),
    ...(game?.crop ? { crop: game.crop } : {}),
  });
  watch?.sees(opened);
  const on = engine === 'onnxruntime' ? '' : ` on ${engine}`;
  say(`playing ${bundle.manifest.name} (${bundle.id}) at ${rateHz} Hz${on}`);
  const { applyDelayTicks } = opened;
  const { preprocessing: contract, training } = bundle.manifest;
  const pictures = readPictureRecord(training);
  return { policy: wrapPolicy(opened), actions, path, rateHz, applyDelayTicks, contract, pictures };
}

async function chooseModel(named: string | undefined, say: (text: string) => void): Promise<string> {
  if (named !== undefined) return named;
  if (existsSync(SHIPPED)) return SHIPPED;
  return await makeUntrainedModel(say);
}

/** What the policy sees is what is recorded beside it: its contract, without the fingerprint that a bundle adds. */
export function recordedContract({ contract: { width, height, crop } }: ChosenPolicy): PreprocessingContract {
  return { ...STUDY_CONTRACT, width, height, crop };
}
