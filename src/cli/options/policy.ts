/** The options that choose who decides: a bundle, its engine, other thresholds, when its decisions apply. */
import type { GameFile } from '../../games/game-file.js';
import { parseThresholds } from '../../policy/threshold-list.js';
import type { PlayEngine } from '../../runs/play-engine.js';
import type { PolicyRequest } from '../../runs/request.js';

export interface PolicyOptions {
  readonly model?: string;
  readonly engine?: PlayEngine;
  readonly threshold?: string;
  readonly apply?: 'at-once' | 'next-tick';
}

/** @throws UnderstudyError `bad-threshold`, `unknown-action` */
export function policyRequest(options: PolicyOptions, game: GameFile | null): PolicyRequest {
  const { model, engine, threshold, apply } = options;
  return {
    model: model ?? null,
    engine: engine ?? 'onnxruntime',
    thresholds: threshold === undefined ? {} : parseThresholds(threshold),
    apply: apply ?? null,
    crop: game?.crop ?? null,
  };
}
