/** The options of `evaluate` as Commander passes them, and which of its three modes takes which option. */
import type { PictureSize } from '../../arena/canvas.js';
import { badOption } from '../../core/errors.js';
import type { LabelRule } from '../../session/labels.js';
import type { FirstFightOptions } from './fights.js';
import type { OptionModes } from './modes.js';
import type { PlayEngine } from '../../runs/play-engine.js';
import type { ReadingOptions } from './session.js';
import type { Act } from '../../policy/act-gate.js';

export interface EvaluateOptions extends ReadingOptions, FirstFightOptions {
  readonly labels?: string;
  readonly predictions?: string;
  readonly arena?: boolean;
  readonly fights: number;
  /** The option may be repeated. */
  readonly model?: readonly string[];
  readonly engine: PlayEngine;
  readonly rate?: number;
  readonly delayMs: number;
  readonly act?: Act;
  readonly apply?: 'at-once' | 'next-tick';
  readonly threshold?: string;
  readonly anyGame?: boolean;
  readonly size: PictureSize;
  readonly threads?: number;
  readonly batch?: number;
  readonly players: boolean;
  readonly labelRule: LabelRule;
  readonly part: 'all' | 'held-out';
  readonly allowTrain?: boolean;
  readonly evidenceFloor: number;
  readonly timelines: number;
  readonly out?: string;
  readonly figures?: boolean;
  readonly sweep?: string;
  readonly run?: string;
  readonly delays?: string;
  readonly work?: string;
  readonly json?: boolean;
}

/** Two label files; fights that a model plays itself; recorded fights and what else a report shows. */
export type EvaluateMode = 'labels' | 'arena' | 'sessions';

const SESSIONS: readonly EvaluateMode[] = ['sessions'];
const ARENA: readonly EvaluateMode[] = ['arena'];
const MODELS: readonly EvaluateMode[] = ['arena', 'sessions'];

export const EVALUATE_OPTION_MODES: OptionModes<EvaluateMode, EvaluateOptions> = {
  words: {
    labels: 'two label files (--labels)',
    arena: 'the arena (--arena)',
    sessions: 'recorded sessions',
  },
  takenBy: {
    labels: ['labels'],
    predictions: ['labels'],
    arena: ARENA,
    fights: ARENA,
    seed: ARENA,
    level: ARENA,
    model: MODELS,
    engine: MODELS,
    rate: ARENA,
    delayMs: ARENA,
    act: ARENA,
    apply: ARENA,
    threshold: MODELS,
    anyGame: SESSIONS,
    size: ARENA,
    threads: ARENA,
    batch: ARENA,
    players: ARENA,
    lenient: SESSIONS,
    keys: SESSIONS,
    labelRule: SESSIONS,
    part: SESSIONS,
    allowTrain: SESSIONS,
    evidenceFloor: SESSIONS,
    timelines: SESSIONS,
    out: SESSIONS,
    figures: SESSIONS,
    sweep: SESSIONS,
    run: SESSIONS,
    delays: SESSIONS,
    work: SESSIONS,
    json: ['labels', 'arena', 'sessions'],
  },
};

/** The one mode that was asked for. @throws UnderstudyError `bad-option` for none, half of one, or two */
export function evaluateModeOf(sessions: readonly string[], options: EvaluateOptions): EvaluateMode {
  const { labels, predictions, arena, sweep, run, delays } = options;
  const wanted: EvaluateMode[] = [];
  if (arena === true) wanted.push('arena');
  if (labels !== undefined || predictions !== undefined) wanted.push('labels');
  if (sessions.length > 0 || [sweep, run, delays].some((path) => path !== undefined)) wanted.push('sessions');
  const isHalf = wanted[0] === 'labels' && (labels === undefined || predictions === undefined);
  if (wanted.length === 1 && !isHalf) return wanted[0];
  throw badOption(
    'evaluate needs either sessions, or --arena, or both --labels and --predictions: one of the three.',
    'Name what to score, as in `understudy evaluate sessions/mine --model models/mine`.',
  );
}
