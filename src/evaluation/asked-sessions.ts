/** Scores on recorded fights as a user asks for them, and the request that they make. */
import { badOption } from '../core/errors.js';
import { SHIPPED_BUNDLE } from '../policy/shipped-bundle.js';
import { readThresholds } from '../policy/threshold-list.js';
import type { ReadOptions } from '../session/event-log.js';
import type { LabelRule } from '../session/labels.js';
import { readingOptions } from '../session/read-options.js';
import type { SessionsRequest } from './evaluate-sessions.js';

export interface AskedSessions extends ReadOptions {
  /** Bundles; default the one that ships. */
  readonly model?: readonly string[];
  readonly threshold?: string;
  readonly labelRule: LabelRule;
  readonly part: 'all' | 'held-out';
  readonly allowTrain?: boolean;
  readonly anyGame?: boolean;
  readonly evidenceFloor: number;
  readonly timelines: number;
  /** Folder of the report. */
  readonly out?: string;
  readonly sweep?: string;
  readonly run?: string;
  readonly delays?: string;
  /** The work folder of a training, for pictures beside their reconstructions. */
  readonly work?: string;
}

/** What scoring is given besides what is asked for. */
export interface ScoringParts extends Pick<SessionsRequest, 'openModel' | 'signal' | 'onNotices'> {
  /** Makes pictures again with the training in a work folder. */
  readonly reconstructFrom: (
    work: string,
    ...pictures: Parameters<NonNullable<SessionsRequest['reconstruct']>>
  ) => ReturnType<NonNullable<SessionsRequest['reconstruct']>>;
}

/** @throws UnderstudyError `bad-option` where parts of a report are named and there is none, or no session */
export function refuseHalfAsked(sessions: readonly string[], { out, work }: AskedSessions): void {
  if (sessions.length > 0) return;
  if (out === undefined) {
    throw badOption('--sweep, --run and --delays are drawn in a report, and --out names none.', 'Add --out report/.');
  }
  if (work !== undefined) {
    throw badOption('--work draws pictures of sessions, and none is named.', 'Name a session, or leave --work out.');
  }
}

/** @throws UnderstudyError `bad-threshold` */
export function sessionsRequest(
  sessions: readonly string[],
  asked: AskedSessions,
  { reconstructFrom, ...parts }: ScoringParts,
): SessionsRequest {
  const { threshold, labelRule, part, evidenceFloor, timelines, sweep, run, delays, work } = asked;
  return {
    sessions,
    reading: readingOptions(asked),
    labels: labelRule,
    models: asked.model ?? [SHIPPED_BUNDLE],
    thresholds: threshold === undefined ? {} : readThresholds(threshold),
    onlyHeldOut: part === 'held-out',
    allowTrain: asked.allowTrain ?? false,
    anyGame: asked.anyGame ?? false,
    evidenceFloor,
    timelines,
    sweep: sweep ?? null,
    run: run ?? null,
    delays: delays ?? null,
    reconstruct: work === undefined ? null : (dataset, bundle) => reconstructFrom(work, dataset, bundle),
    ...parts,
  };
}
