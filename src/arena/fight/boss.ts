/** The boss's clock: when it announces an attack (its "tell") and when the attack starts. Attacks are in attacks.ts. */
import type { Random } from '../../core/random.js';
import { ATTACKS } from './attacks.js';
import { BOSS_BODY, LEVELS, stepsOf } from './rules.js';
import type { BossState, FightState, Phase } from './state.js';

export function newBoss(ballSpeed: number): BossState {
  const { hits: hitsLeft, ...body } = BOSS_BODY[0];
  return { ...body, hitsLeft, flashSteps: 0, tellSteps: 0, attackSteps: 0, rowLeft: 0, ballSpeed };
}

/** Puts the boss where a phase begins and waits for its first attack. */
export function beginPhase(state: FightState, random: Random): void {
  const { boss } = state;
  const { x, y, width, height } = BOSS_BODY[state.phase - 1];
  Object.assign(boss, { x, y, width, height, tellSteps: 0, rowLeft: 0 });
  const [from, to] = LEVELS[state.level].firstAttackS;
  boss.attackSteps = stepsOf(random.uniform(from, to));
}

/** Fully healed for the next phase, dim until it begins. */
export function leavePhase(state: FightState, next: Phase): void {
  state.phase = next;
  state.boss.hitsLeft = BOSS_BODY[next - 1].hits;
  state.boss.tellSteps = 0;
  state.boss.flashSteps = 0;
}

/** Counts down to the next attack, announces it, starts it. */
export function attack(state: FightState, random: Random): void {
  const { boss } = state;
  boss.attackSteps -= 1;
  boss.tellSteps = boss.attackSteps <= stepsOf(LEVELS[state.level].tellS) ? Math.max(0, boss.attackSteps) : 0;
  if (boss.attackSteps > 0) return;
  boss.attackSteps = stepsOf(ATTACKS[state.phase - 1](state, random));
}

/** Moves the dim boss to where its next phase begins; `progress` 0..1. */
export function glide(state: FightState, progress: number): void {
  const { boss } = state;
  const from = BOSS_BODY[Math.max(0, state.phase - 2)];
  const to = BOSS_BODY[state.phase - 1];
  const eased = progress * progress * (3 - 2 * progress);
  for (const side of ['x', 'y', 'width', 'height'] as const) {
    boss[side] = from[side] + (to[side] - from[side]) * eased;
  }
}
