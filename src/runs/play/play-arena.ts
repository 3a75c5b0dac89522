/** `play --arena`: the fight in this process, in real time, without a display, a window or system keys. */
import { Arming } from '../../agent/arming.js';
import { ARENA_ACTIONS } from '../../arena/actions.js';
import { PLAYER } from '../../arena/fight/rules.js';
import { ArenaStage } from '../../arena/live.js';
import { SystemClock } from '../../core/clock.js';
import type { FrameSource } from '../../core/frame.js';
import { leaseMsFor } from '../../keyboard/lease.js';
import { processActs } from '../faults/process-acts.js';
import { RunFaults } from '../faults/run-faults.js';
import type { Health } from '../../terminal/status-line.js';
import { AgentRun } from '../agent-run.js';
import { openChosenPolicy } from '../chosen-policy.js';
import type { WatchedEnvironment } from '../environment.js';
import { OpenParts } from '../open-parts.js';
import type { ArenaPlay } from '../request.js';
import type { FightRecord, RunOutcome, RunSummary } from '../summary.js';

export async function playArena(request: ArenaPlay, environment: WatchedEnvironment): Promise<RunSummary> {
  const { arena, pace, safety } = request;
  const { seed, level } = arena;
  const { signal } = environment.signals;
  await using parts = new OpenParts();
  const faults = parts.use(new RunFaults(request.faults, new SystemClock()));
  const { clock } = faults;
  const { policy, path, rateHz, applyDelayTicks } = await openChosenPolicy(
    { ...request, game: null, actions: ARENA_ACTIONS },
    clock,
    environment,
  );
  parts.use(policy);
  const leaseMs = leaseMsFor(1000 / rateHz);
  const stage = parts.use(await ArenaStage.open({ clock, seed, level, leaseMs }));
  const arming = new Arming({ nowMs: () => clock.nowMs(), armed: safety.armed });
  const run = parts.use(
    new AgentRun(
      {
        mode: 'arena',
        model: path,
        actions: policy.actions,
        rateHz,
        clock,
        ...faults.around(
          { source: beginsArmed(stage, arming), policy },
          processActs(() => null),
        ),
        sink: stage,
        gates: [arming.gate()],
        arming,
        leaseMs,
        applyDelayTicks,
        health: () => healthOf(stage),
      },
      request,
      environment,
    ),
  );
  faults.reportTo((message, fields) => run.event(message, fields));
  const fights: FightRecord[] = [];
  let outcome: RunOutcome = 'stopped';
  for (let i = 0; i < arena.fights && !signal.aborted; i += 1) {
    if (i > 0) stage.restart(seed + i);
    await run.play(() => stage.outcome !== null || run.seconds >= pace.seconds);
    if (stage.outcome === null) {
      outcome = 'stopped';
      break;
    }
    outcome = stage.outcome;
    const { seconds, hits, damage } = stage.summary;
    fights.push({ seed: seed + i, outcome, seconds, hits, damage });
  }
  return run.conclude(outcome, fights);
}

/** A fight begins with its first picture: there is none before the agent is armed for the first time. */
function beginsArmed(stage: ArenaStage, arming: Arming): FrameSource {
  let begun = false;
  return {
    next: () => {
      begun ||= arming.state === 'armed';
      return begun ? stage.next() : Promise.resolve(null);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(), // the stage is disposed of as the sink
  };
}

function healthOf({ health }: ArenaStage): Health {
  const { phase, bossInPhase, player } = health;
  return { phase, boss: bossInPhase, player, playerMost: PLAYER.hitPoints };
}
