/**
 * `play --session`: replays a recorded session as fast as the model runs, on a virtual clock. Presses nothing; its
 * decisions are in decisions.jsonl, byte for byte the same in each run.
 */
import { SystemClock, VirtualClock } from '../../core/clock.js';
import type { TickObserver } from '../../core/tick-report.js';
import { DryRunKeySink } from '../../keyboard/dry-run-key-sink.js';
import { SessionFrameSource } from '../../session/frame-source.js';
import { fightOfFrames } from '../../session/labels.js';
import { reportNotices } from '../../session/notices.js';
import { readSession, type Session } from '../../session/session.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import { leaseMsFor } from '../../keyboard/lease.js';
import { AgentRun, type RunTerms } from '../agent-run.js';
import { openChosenPolicy } from '../chosen-policy.js';
import type { WatchedEnvironment } from '../environment.js';
import { DecisionLog } from './decision-log.js';
import { FightBorderPolicy } from '../../evaluation/fight-borders.js';
import { OpenParts } from '../open-parts.js';
import type { SessionPlay } from '../request.js';
import type { RunSummary } from '../summary.js';

/** @throws UnderstudyError as readSession and openChosenPolicy; `file-missing` when the session has no pictures */
export async function playSession(request: SessionPlay, environment: WatchedEnvironment): Promise<RunSummary> {
  const { name, lenient } = request.session;
  const session = await readSession(name, { lenient });
  reportNotices(session.notices, environment.say);
  const clock = new VirtualClock();
  await using parts = new OpenParts();
  const chosen = await openChosenPolicy(
    { ...atRateOf(session, request), actions: session.actions, game: session.header?.game ?? null },
    new SystemClock(),
    environment,
  );
  parts.use(chosen.policy);
  const source = parts.use(await SessionFrameSource.open(session, chosen.contract, clock));
  const fights = fightOfFrames(session);
  const fightOf = (frame: number): number => fights[frame];
  const observers: TickObserver[] = []; // the log joins once the run has its folder
  const run = parts.use(
    new AgentRun(
      {
        mode: 'session',
        model: chosen.path,
        actions: chosen.policy.actions,
        rateHz: chosen.rateHz,
        clock,
        source,
        policy: new FightBorderPolicy(chosen.policy, fightOf),
        sink: new DryRunKeySink(),
        gates: [],
        leaseMs: leaseMsFor(1000 / chosen.rateHz),
        applyDelayTicks: chosen.applyDelayTicks,
        health: () => null,
        observers,
      },
      replayTerms(request, chosen.rateHz),
      environment,
    ),
  );
  const log = parts.use(new DecisionLog(run.folder.path, chosen.policy.actions, fightOf));
  observers.push(log, progressOf(session));
  const isAllSeen = (): boolean => source.ended || log.lastFrame === session.frames.count - 1;
  await run.play(() => isAllSeen() || log.hasFailed || run.seconds >= request.pace.seconds);
  log.settle();
  const outcome = isAllSeen() && !environment.signals.signal.aborted ? 'ended' : 'stopped';
  return run.conclude(outcome, [], { session: session.files.base, ...onlyMeasured(run) });
}

/** The model's own steps are measured in real time; the other times come from the virtual clock and mean nothing. */
function onlyMeasured(run: AgentRun): Pick<RunSummary, 'latencyMs' | 'latenessMs' | 'stageMs'> {
  const { stageMs } = run.telemetry.figures();
  return { latencyMs: null, latenessMs: null, stageMs: { ...stageMs, capture: null, act: null } };
}

/** Ticks come at the session's own rate unless another was asked for: then the latent window spans the right time. */
function atRateOf(session: Session, request: SessionPlay): SessionPlay {
  const rateHz = request.pace.rateHz ?? session.rateHz;
  return Number.isNaN(rateHz) ? request : { ...request, pace: { ...request.pace, rateHz } };
}

/**
 * The virtual clock moves only while the loop waits for the recording's next frame, so the budget is one period: no
 * tick is late. The view is a line of progress.
 */
function replayTerms({ pace, keep }: SessionPlay, rateHz: number): RunTerms {
  return { pace: { ...pace, budgetMs: 1000 / rateHz }, keep, view: 'none' };
}

function progressOf({ frames }: Session): TickObserver {
  const line = new InPlaceLine(process.stderr);
  return {
    onTick: (_report, frame) => {
      if (frame === null) return;
      line.show(performance.now(), () => `${frame.index + 1} of ${frames.count} frames played`);
      if (frame.index === frames.count - 1) line.finish();
    },
  };
}
