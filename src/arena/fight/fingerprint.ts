/** The fingerprint of a fight: every number that decides how it continues, in a fixed order. Effects are left out. */
import { NumberHash } from './hash.js';
import type { FightState } from './state.js';

const STAGES = ['ready', 'fight', 'change', 'over'];
const OUTCOMES = ['won', 'lost', 'timeout'];
const KINDS = ['ball', 'tear', 'shot'];

/** 16 hexadecimal digits; `random` is the generator's state. */
export function hashState(state: Readonly<FightState>, random: readonly number[]): string {
  const hash = new NumberHash();
  const add = (...values: (number | boolean)[]): void => {
    for (const value of values) hash.add(Number(value));
  };
  add(state.seed, state.level === 'hard', state.step, STAGES.indexOf(state.stage), state.stageSteps, state.phase);
  add(state.outcome === null ? -1 : OUTCOMES.indexOf(state.outcome), state.held);
  const { player, boss } = state;
  add(player.x, player.height, player.airSteps, player.facing, player.ducking, player.dashSteps);
  add(player.dashDirection, player.dashCooldownSteps, player.jumpBufferSteps, player.fireCooldownSteps);
  add(player.hitPoints, player.untouchableSteps);
  add(boss.x, boss.y, boss.width, boss.height, boss.hitsLeft, boss.attackSteps, boss.rowLeft, boss.ballSpeed);
  add(state.threats.length, state.bullets.length, state.shotsFired, state.threatsSeen);
  for (const { id, kind, x, y, vx, vy, locked } of state.threats) add(id, KINDS.indexOf(kind), x, y, vx, vy, locked);
  for (const { x, y, vx, vy } of state.bullets) add(x, y, vx, vy);
  add(state.damageBy.ball, state.damageBy.tear, state.damageBy.shot);
  for (const { steps, hits, damage } of state.tally) add(steps, hits, damage);
  add(...random);
  return hash.digest();
}
