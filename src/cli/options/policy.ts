/** The options that choose the policy: a bundle, its engine, other thresholds, when its decisions apply. */
import type { GameFile } from '../../games/game-file.js';
import { ACTS, type Act } from '../../policy/act-gate.js';
import { parseThresholds, readThresholds } from '../../policy/threshold-list.js';
import type { Command } from 'commander';
import { PLAY_ENGINES, type PlayEngine } from '../../runs/play-engine.js';
import type { PolicyRequest } from '../../runs/request.js';
import { whole, choice } from './values.js';
import { actionsOf } from './window.js';

export interface PolicyOptions {
  readonly model?: string;
  readonly engine?: PlayEngine;
  readonly threshold?: string;
  readonly apply?: 'at-once' | 'next-tick';
  readonly act?: Act;
  readonly actSeed?: number;
  readonly anyGame?: boolean;
}

export function addEngineAndThresholds(verb: Command): Command {
  return verb
    .addOption(
      choice(
        '--engine <name>',
        'onnxruntime, or tfjs: TensorFlow.js, after understudy setup training',
        PLAY_ENGINES,
        'onnxruntime',
      ),
    )
    .option('--threshold <list>', 'press (and release) thresholds, as in JUMP=0.4,DASH=0.5/0.3');
}

export function addAct(verb: Command): Command {
  return verb.addOption(
    choice(
      '--act <how>',
      'threshold, or sample: draw keys from the probabilities; default: what the bundle says',
      ACTS,
    ),
  );
}

export function addActSeed(verb: Command): Command {
  return verb.addOption(whole('--act-seed <n>', 'of the draws of sample', 0, 2 ** 31, 1));
}

export function addApply(verb: Command): Command {
  return verb.addOption(
    choice('--apply <when>', 'at-once or next-tick; default: what the bundle says', ['at-once', 'next-tick']),
  );
}

export function addAnyGame(verb: Command): Command {
  return verb.option('--any-game', 'allow a model that was trained on another game');
}

/** @throws UnderstudyError `bad-threshold`, `unknown-action` */
export function policyRequest(options: PolicyOptions, game: GameFile | null): PolicyRequest {
  const { threshold } = options;
  const thresholds = threshold === undefined ? {} : parseThresholds(threshold, actionsOf(game));
  return { ...replayedPolicyRequest(options), thresholds, crop: game?.crop ?? null };
}

/** The same for a session that is not read yet, whose actions are unknown. @throws UnderstudyError `bad-threshold` */
export function replayedPolicyRequest(options: PolicyOptions): PolicyRequest {
  const { model, engine, threshold, act, actSeed, apply, anyGame = false } = options;
  return {
    model: model ?? null,
    engine: engine ?? 'onnxruntime',
    thresholds: threshold === undefined ? {} : readThresholds(threshold),
    act: act ?? null,
    actSeed: actSeed ?? 1,
    apply: apply ?? null,
    crop: null,
    anyGame,
  };
}
