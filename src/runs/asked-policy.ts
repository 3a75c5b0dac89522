/** The policy as a user asks for it, and the request that it makes: texts are read, and a game file says the crop. */
import { actionsOf, type GameFile } from '../games/game-file.js';
import type { Act } from '../policy/act-gate.js';
import { parseThresholds, readThresholds } from '../policy/threshold-list.js';
import type { PlayEngine } from './play-engine.js';
import type { PolicyRequest } from './request.js';

export interface AskedPolicy {
  readonly model?: string;
  readonly engine?: PlayEngine;
  readonly threshold?: string;
  readonly apply?: 'at-once' | 'next-tick';
  readonly act?: Act;
  readonly actSeed?: number;
  readonly anyGame?: boolean;
}

/** @throws UnderstudyError `bad-threshold`, `unknown-action` */
export function policyRequest(asked: AskedPolicy, game: GameFile | null): PolicyRequest {
  const { threshold } = asked;
  const thresholds = threshold === undefined ? {} : parseThresholds(threshold, actionsOf(game));
  return { ...replayedPolicyRequest(asked), thresholds, crop: game?.crop ?? null };
}

/** The same for a session that is not read yet, whose actions are unknown. @throws UnderstudyError `bad-threshold` */
export function replayedPolicyRequest(asked: AskedPolicy): PolicyRequest {
  const { model, engine, threshold, act, actSeed, apply, anyGame = false } = asked;
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
