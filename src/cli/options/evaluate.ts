/** The options of `evaluate` as Commander passes them, and which of its modes takes which option. */
import type { PictureSize } from '../../arena/canvas.js';
import { badOption } from '../../core/errors.js';
import type { AskedSessions } from '../../evaluation/asked-sessions.js';
import type { FirstFightOptions } from './fights.js';
import type { FleetOptions } from './fleet.js';
import type { InsideOptions } from '../../runs/inside.js';
import type { OptionModes } from './modes.js';
import type { PlayEngine } from '../../runs/play-engine.js';
import type { AskedEvaluation } from '../../runs/game/asked-evaluation.js';

export interface EvaluateOptions
  extends AskedEvaluation, AskedSessions, FleetOptions, FirstFightOptions, Omit<InsideOptions, 'command'> {
  readonly labels?: string;
  readonly predictions?: string;
  readonly arena?: boolean;
  /** The option may be repeated. */
  readonly model?: readonly string[];
  readonly engine: PlayEngine;
  readonly delayMs: number;
  readonly threshold?: string;
  readonly anyGame?: boolean;
  readonly size: PictureSize;
  readonly threads?: number;
  readonly batch?: number;
  /** False with --no-players; a list with --players. */
  readonly players: boolean | string;
  readonly game?: string;
  /** By the program that steps it. */
  readonly stepped?: boolean;
  readonly figures?: boolean;
  readonly json?: boolean;
}

/** Two label files; fights in the arena, or in a game, through its window or stepped; recorded fights and what else a report shows. */
export type EvaluateMode = 'labels' | 'arena' | 'game' | 'stepped' | 'sessions';

const SESSIONS: readonly EvaluateMode[] = ['sessions'];
const ARENA: readonly EvaluateMode[] = ['arena'];
const GAME: readonly EvaluateMode[] = ['game'];
const STEPPED: readonly EvaluateMode[] = ['stepped'];
const GAMES: readonly EvaluateMode[] = ['game', 'stepped'];
const FIGHTS: readonly EvaluateMode[] = ['arena', 'game', 'stepped'];
const MODELS: readonly EvaluateMode[] = ['arena', 'game', 'stepped', 'sessions'];

export const EVALUATE_OPTION_MODES: OptionModes<EvaluateMode, EvaluateOptions> = {
  words: {
    labels: 'two label files (--labels)',
    arena: 'the arena (--arena)',
    game: 'a game (--game)',
    stepped: 'a stepped game (--game --stepped)',
    sessions: 'recorded sessions',
  },
  takenBy: {
    labels: ['labels'],
    predictions: ['labels'],
    arena: ARENA,
    game: GAMES,
    stepped: STEPPED,
    allowLaunch: GAMES,
    inside: GAME,
    insideSize: GAME,
    seconds: GAME,
    wait: GAME,
    budgetMs: GAME,
    resume: GAME,
    runs: GAME,
    fights: FIGHTS,
    seed: FIGHTS,
    level: ARENA,
    model: MODELS,
    engine: ['arena', 'game', 'sessions'],
    rate: FIGHTS,
    delayMs: ARENA,
    act: FIGHTS,
    apply: FIGHTS,
    threshold: MODELS,
    anyGame: ['sessions', 'game'],
    size: ARENA,
    threads: ['arena', 'stepped'],
    batch: ARENA,
    queue: ARENA,
    store: ARENA,
    needs: ARENA,
    players: FIGHTS,
    lenient: SESSIONS,
    keys: SESSIONS,
    labelRule: SESSIONS,
    part: SESSIONS,
    allowTrain: ['sessions', 'arena', 'stepped'],
    evidenceFloor: SESSIONS,
    timelines: SESSIONS,
    out: SESSIONS,
    figures: SESSIONS,
    sweep: SESSIONS,
    run: SESSIONS,
    delays: SESSIONS,
    work: SESSIONS,
    json: 'every',
  },
};

/** The one mode that was asked for. @throws UnderstudyError `bad-option` for none, half of one, or two */
export function evaluateModeOf(sessions: readonly string[], options: EvaluateOptions): EvaluateMode {
  const { labels, predictions, arena, sweep, run, delays } = options;
  const wanted: EvaluateMode[] = [];
  if (arena === true) wanted.push('arena');
  if (options.game !== undefined) wanted.push(options.stepped === true ? 'stepped' : 'game');
  if (labels !== undefined || predictions !== undefined) wanted.push('labels');
  if (sessions.length > 0 || [sweep, run, delays].some((path) => path !== undefined)) wanted.push('sessions');
  const isHalf = wanted[0] === 'labels' && (labels === undefined || predictions === undefined);
  if (wanted.length === 1 && !isHalf) return wanted[0];
  throw badOption(
    'evaluate needs either sessions, or --arena, or --game, or both --labels and --predictions: one of the four.',
    'Name what to score, as in `understudy evaluate sessions/mine --model models/mine`.',
  );
}
