/** A sweep whose trials are run by workers. What it is asked, what it answers and what it leaves is as without a queue. */
import type { SweepWatcher } from '../../training/sweep.js';
import { sweepSessions, type SweepRequest, type SweepSummary } from '../../training/sweep-sessions.js';
import { openFleetToAsk, type FleetRequest } from '../fleet.js';
import { ENGINE_TAGS } from '../tags.js';
import { trialsByQueue, type TrialsAsked } from './trials.js';

/** @returns, @throws as sweepSessions and openFleet; a trial that fails for good is one of `failed` */
export async function sweepByQueue(
  request: SweepRequest,
  by: FleetRequest,
  watch: SweepWatcher & Pick<TrialsAsked, 'onSeen'>,
  signal: AbortSignal,
): Promise<SweepSummary | null> {
  const { folder, engine, deterministic, source } = request;
  const needs = [...new Set([...by.needs, ENGINE_TAGS[engine]])];
  await using fleet = await openFleetToAsk({ ...by, needs }, watch.say);
  const { sessions } = source;
  const { onSeen } = watch;
  const asked = { sessions, folder, engine, deterministic, signal, onSeen };
  return await sweepSessions(request, watch, signal, () => trialsByQueue(fleet, asked));
}
