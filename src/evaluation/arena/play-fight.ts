/**
 * One fight by the loop, the policy and the arena of live play, on a virtual clock, which never waits. There must be no
 * second copy of what they do here: a score of anything else than `play` would be worthless.
 */
import { ARENA_ACTIONS } from '../../arena/actions.js';
import { given } from '../../core/given.js';
import { AgentLoop } from '../../agent/loop.js';
import { UNTIMED } from '../../agent/untimed.js';
import { isOddMultiple, type PictureSize } from '../../arena/canvas.js';
import { ArenaStage, type ArenaStageOptions } from '../../arena/live.js';
import type { Encoder, Head } from '../../policy/model.js';
import { openPolicy } from '../../policy/model-policy.js';
import { contractDifference, WHOLE_WINDOW, type PreprocessingContract } from '../../vision/preprocessing-contract.js';
import { BusyClock, LateKeys } from './late-keys.js';
import type { FightSettings, PlayedFight } from './settings.js';

export interface OneFight {
  readonly settings: FightSettings;
  /** Of this fight. */
  readonly seed: number;
  /** Its answers depend on this fight alone, even where it computes for several. */
  readonly model: { readonly encoder: Encoder; readonly head: Head };
  /** Ends the fight between two ticks. */
  readonly signal: AbortSignal;
  /** Called after each tick with the part of the boss that is beaten, 0..1. */
  readonly onTick: (beaten: number) => void;
}

/**
 * Plays it to its end.
 *
 * @returns null when the signal aborted
 * @throws UnderstudyError as `openPolicy` and `ArenaStage.open`
 */
export async function playFight({ settings, seed, model, signal, onTick }: OneFight): Promise<PlayedFight | null> {
  const { bundle, level, rateHz, delayMs, act, apply, thresholds } = settings;
  const clock = new BusyClock();
  await using stage = await ArenaStage.open({
    clock,
    seed,
    level,
    unixMs: () => 0,
    ...picturesOf(settings.size, bundle.manifest.preprocessing),
  });
  await using policy = await openPolicy({
    bundle,
    clock,
    actions: ARENA_ACTIONS,
    rateHz,
    thresholds,
    model,
    actSeed: seed,
    ...given({ act: act ?? undefined, apply: apply ?? undefined }),
  });
  const loop = new AgentLoop({
    ...UNTIMED,
    clock,
    source: stage,
    policy,
    sink: delayMs > 0 ? new LateKeys(stage, clock, delayMs) : stage,
    rateHz,
    applyDelayTicks: policy.applyDelayTicks,
    signal,
    isOver: () => {
      onTick(1 - stage.health.boss);
      return stage.outcome !== null;
    },
  });
  await loop.run();
  return stage.outcome === null ? null : { ...stage.summary, stateHash: stage.stateHash() };
}

/**
 * Pictures cost most of a fight's time, and most of that is reading pixels that the resize never looks at: where it
 * samples one pixel of each cell, only that one is read.
 *
 * @param size of the pictures that are drawn @param contract how they are prepared for the model
 */
export function picturesOf(
  size: PictureSize,
  contract: PreprocessingContract,
): Pick<ArenaStageOptions, 'size' | 'thinnedTo'> {
  const isWhole = contractDifference({ ...contract, crop: WHOLE_WINDOW }, contract) === null;
  const thinnedTo = { width: contract.width, height: contract.height };
  return isWhole && isOddMultiple(size, thinnedTo) ? { size, thinnedTo } : { size };
}
