/**
 * How often each action is held: the analysis of the write-up's Appendix B, the same inside fights, and the presses that
 * the frame rate hides. Uses logs only; never opens a video.
 */
import type { LabelMatrix } from '../core/label-matrix.js';
import { quantiles, type Quantiles } from '../core/quantiles.js';
import { fightResults, summarizeResults, type ResultSummary } from './fight-results.js';
import { joinSessions, type JoinedSessions } from './joined.js';
import { isBetweenFrames, pairHolds } from './holds.js';
import { labelsSha256, type LabelRule } from './labels.js';
import type { Session } from './session.js';
import { makeWindows } from './samples.js';

export interface ActionStatistics {
  /** Frames at which the action is held. */
  readonly frames: number;
  /** Of all frames, 0..100. */
  readonly percent: number;
  readonly framesInFights: number;
  /** Of the frames inside fights, 0..100. */
  readonly percentInFights: number;
  readonly presses: number;
  /** Presses held for less than one period. */
  readonly shorterThanFrame: number;
  /** Presses during which there is no frame. */
  readonly betweenFrames: number;
  /** How long presses last, ms; null where there are none. */
  readonly holdMs: Quantiles | null;
}

/** A combination of actions held at one frame. */
export interface HeldTogether {
  readonly actions: readonly string[];
  /** Frames at which exactly these actions are held. */
  readonly frames: number;
  /** Of all frames, 0..100. */
  readonly percent: number;
}

/** `session stats --json`. */
export interface SessionStatistics extends ResultSummary {
  readonly sessions: readonly string[];
  readonly labelRule: LabelRule;
  readonly frames: number;
  readonly fights: number;
  readonly framesInFights: number;
  readonly actions: Readonly<Record<string, ActionStatistics>>;
  readonly presses: { readonly total: number; readonly shorterThanFrame: number; readonly betweenFrames: number };
  /** Combinations of two or more actions, most frequent first. */
  readonly heldTogether: readonly HeldTogether[];
  readonly labelsSha256: { readonly all: string; readonly inFights: string };
  readonly windows: {
    readonly study: number;
    readonly studyRare: number;
    readonly withinFights: number;
    readonly withinFightsRare: number;
  };
}

/**
 * Statistics over one or more sessions, as if they were one.
 *
 * @throws UnderstudyError as joinSessions
 */
export function sessionStatistics(sessions: readonly Session[], rule: LabelRule = 'at-frame'): SessionStatistics {
  const joined = joinSessions(sessions, rule);
  const study = makeWindows(joined.fights, joined.labels, { acrossFights: true });
  const within = makeWindows(joined.fights, joined.labels);
  const actions = actionStatistics(joined);
  const sum = (field: 'presses' | 'shorterThanFrame' | 'betweenFrames'): number =>
    joined.actions.names.reduce((total, action) => total + actions[action][field], 0);
  return {
    sessions: sessions.map((session) => session.files.name),
    labelRule: rule,
    frames: joined.allFrames,
    fights: sessions.reduce((total, session) => total + session.fights.length, 0),
    framesInFights: joined.fights.length,
    ...summarizeResults(sessions.flatMap(fightResults)),
    actions,
    presses: {
      total: sum('presses'),
      shorterThanFrame: sum('shorterThanFrame'),
      betweenFrames: sum('betweenFrames'),
    },
    heldTogether: heldTogether(joined),
    labelsSha256: { all: labelsSha256(...joined.allLabels), inFights: labelsSha256(joined.labels) },
    windows: {
      study: study.count,
      studyRare: study.rareCount,
      withinFights: within.count,
      withinFightsRare: within.rareCount,
    },
  };
}

function actionStatistics(joined: JoinedSessions): Record<string, ActionStatistics> {
  const everywhere = countsOf(joined.allLabels);
  const inside = joined.labels.counts();
  const presses = joined.sessions.flatMap((session) =>
    pairHolds(session).holds.map((hold) => ({
      action: hold.action,
      ms: (hold.to - hold.from) * 1000,
      // a hold whose end is unknown has no length: it lasted at least as long as the log shows
      short: hold.released && hold.to - hold.from < 1 / session.rateHz,
      hidden: hold.released && isBetweenFrames(hold, session.frames.times),
      released: hold.released,
    })),
  );
  const entries = joined.actions.names.map((action, k): [string, ActionStatistics] => {
    const own = presses.filter((one) => one.action === action);
    return [
      action,
      {
        frames: everywhere[k],
        percent: percentOf(everywhere[k], joined.allFrames),
        framesInFights: inside[k],
        percentInFights: percentOf(inside[k], joined.fights.length),
        presses: own.length,
        shorterThanFrame: own.filter((one) => one.short).length,
        betweenFrames: own.filter((one) => one.hidden).length,
        holdMs: quantiles(own.filter((one) => one.released).map((one) => one.ms)),
      },
    ];
  });
  return Object.fromEntries(entries);
}

/** [K] frames at which each action is held, over all parts. */
function countsOf(parts: readonly LabelMatrix[]): number[] {
  const counts = parts.map((labels) => labels.counts());
  return parts[0].actions.names.map((_, action) => counts.reduce((sum, each) => sum + each[action], 0));
}

function heldTogether({ actions, allLabels, allFrames }: JoinedSessions): HeldTogether[] {
  const counts = new Map<number, number>();
  for (const labels of allLabels) {
    for (let row = 0; row < labels.count; row += 1) {
      const held = labels.held(row);
      if ((held & (held - 1)) !== 0) counts.set(held, (counts.get(held) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([heldA, a], [heldB, b]) => b - a || heldA - heldB)
    .map(([held, frames]) => ({
      actions: actions.heldNames(held),
      frames,
      percent: percentOf(frames, allFrames),
    }));
}

function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}
