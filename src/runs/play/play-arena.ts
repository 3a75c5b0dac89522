/** `play --arena`: the fight in this process, in real time; no display, no window, no keys of the system's. */
import { Arming } from '../../agent/arming.js';
import { PLAYER } from '../../arena/fight/rules.js';
import { ArenaStage } from '../../arena/live.js';
import { SystemClock } from '../../core/clock.js';
import { leaseMsFor } from '../../keyboard/guarded-key-sink.js';
import { processActs } from '../faults/process-acts.js';
import { RunFaults } from '../faults/run-faults.js';
import type { Health } from '../../terminal/status-line.js';
import { AgentRun } from '../agent-run.js';
import { openChosenPolicy } from '../chosen-policy.js';
import { OpenParts } from '../open-parts.js';
import { runSettings, type PlayContext } from '../../cli/options/play.js';
import type { FightRecord, RunOutcome, RunSummary } from '../summary.js';

export async function playArena(context: PlayContext): Promise<RunSummary> {
  const { options, signals } = context;
  await using parts = new OpenParts();
  const faults = parts.use(new RunFaults(options.fault, options.faultSeed, new SystemClock()));
  const { clock } = faults;
  const { policy, actions, path, rateHz, applyDelayTicks } = await openChosenPolicy(context, null, clock);
  parts.use(policy);
  const stage = parts.use(
    await ArenaStage.open({ clock, seed: options.seed, level: options.level, leaseMs: leaseMsFor(1000 / rateHz) }),
  );
  const arming = new Arming({ nowMs: () => clock.nowMs(), armed: options.armed === 'yes' });
  const run = parts.use(
    new AgentRun(
      {
        mode: 'arena',
        model: path,
        actions,
        clock,
        ...faults.around(
          { source: stage, policy },
          processActs(() => null),
        ),
        sink: stage,
        gates: [arming.gate()],
        arming,
        applyDelayTicks,
        health: () => healthOf(stage),
      },
      runSettings(context, rateHz),
    ),
  );
  faults.tellTo((message, fields) => run.event(message, fields));
  const fights: FightRecord[] = [];
  let outcome: RunOutcome = 'stopped';
  for (let i = 0; i < options.fights && !signals.signal.aborted; i += 1) {
    if (i > 0) stage.restart(options.seed + i);
    await run.play(() => stage.outcome !== null || run.seconds >= (options.seconds ?? Number.POSITIVE_INFINITY));
    if (stage.outcome === null) {
      outcome = 'stopped';
      break;
    }
    outcome = stage.outcome;
    const { seconds, hits, damage } = stage.summary;
    fights.push({ seed: options.seed + i, outcome, seconds, hits, damage });
  }
  return run.conclude(outcome, fights);
}

function healthOf({ health }: ArenaStage): Health {
  const { phase, bossInPhase, player } = health;
  return { phase, boss: bossInPhase, player, playerMost: PLAYER.hitPoints };
}
