/**
 * `play --session`: a recorded session seen again, as fast as the model goes, on a clock of its own. Presses nothing;
 * what it decided is in decisions.jsonl, the same twice byte for byte.
 */
import { SystemClock, VirtualClock } from '../../core/clock.js';
import type { TickObserver } from '../../core/tick-report.js';
import { DryRunKeySink } from '../../keyboard/dry-run-key-sink.js';
import { SessionFrameSource } from '../../session/frame-source.js';
import { fightOfFrames } from '../../session/labels.js';
import { readSession, type Session } from '../../session/session.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import { sayNotices } from '../../cli/options/session.js';
import { AgentRun, type RunSettings } from '../agent-run.js';
import { openChosenPolicy } from '../chosen-policy.js';
import { DecisionLog } from './decision-log.js';
import { FightBorderPolicy } from '../../evaluation/fight-borders.js';
import { OpenParts } from '../open-parts.js';
import { runSettings, type PlayContext } from '../../cli/options/play.js';
import type { RunSummary } from '../summary.js';

/** @throws UnderstudyError as readSession and openChosenPolicy; `file-missing` when the session has no pictures */
export async function playSession(context: PlayContext): Promise<RunSummary> {
  const { options, signals } = context;
  const session = await readSession(options.session!, { lenient: options.lenient ?? false });
  sayNotices(session.notices);
  const clock = new VirtualClock();
  await using parts = new OpenParts();
  const chosen = await openChosenPolicy(atRateOf(session, context), null, new SystemClock());
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
        actions: chosen.actions,
        clock,
        source,
        policy: new FightBorderPolicy(chosen.policy, fightOf),
        sink: new DryRunKeySink(),
        gates: [],
        applyDelayTicks: chosen.applyDelayTicks,
        health: () => null,
        observers,
      },
      replaySettings(context, chosen.rateHz),
    ),
  );
  const log = parts.use(new DecisionLog(run.folder.path, chosen.actions, fightOf));
  observers.push(log, progressOf(session));
  const isAllSeen = (): boolean => source.ended || log.lastFrame === session.frames.count - 1;
  const endsAtSeconds = options.seconds ?? Number.POSITIVE_INFINITY;
  await run.play(() => isAllSeen() || log.hasFailed || run.seconds >= endsAtSeconds);
  log.settle();
  const outcome = isAllSeen() && !signals.signal.aborted ? 'ended' : 'stopped';
  return run.conclude(outcome, [], { session: session.files.base, ...onlyMeasured(run) });
}

/** The model's own steps are measured; what a virtual clock says of the rest is no time of anybody's. */
function onlyMeasured(run: AgentRun): Pick<RunSummary, 'latencyMs' | 'latenessMs' | 'stageMs'> {
  const { stageMs } = run.telemetry.figures();
  return { latencyMs: null, latenessMs: null, stageMs: { ...stageMs, capture: null, act: null } };
}

/** Ticks come at the session's own rate unless another was asked for: a window then spans the time it should. */
function atRateOf(session: Session, context: PlayContext): PlayContext {
  const rate = context.options.rate ?? session.rateHz;
  return Number.isNaN(rate) ? context : { ...context, options: { ...context.options, rate } };
}

/**
 * No tick is late on a clock that moves only when the loop waits: what it waits for is the recording's own next frame.
 * The view is a line of progress.
 */
function replaySettings(context: PlayContext, rateHz: number): RunSettings {
  return { ...runSettings(context, rateHz), budgetMs: 1000 / rateHz, view: 'none' };
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
