/**
 * Everything a fight is made of at one instant: plain numbers, so that it can be drawn, hashed and compared.
 * Positions are px of the 640x360 stage, y downwards; durations are steps of 1/60 s. Only src/arena/fight changes it.
 */
import type { HeldActions } from '../../core/action-set.js';
import type { Level } from './rules.js';

export type Outcome = 'won' | 'lost' | 'timeout';
export type Phase = 1 | 2 | 3;

/**
 * - `ready`: the fight is about to start; keys are ignored and the boss is dim.
 * - `fight`: the boss attacks and can be hit.
 * - `change`: between two phases; the boss is dim and invulnerable, the player may move.
 * - `over`: the outcome is known and nothing changes any more.
 */
export type Stage = 'ready' | 'fight' | 'change' | 'over';

export type ThreatKind = 'ball' | 'tear' | 'shot';

export interface PlayerState {
  /** Middle of the body, px. */
  x: number;
  /** Feet above the ground, px, >= 0. */
  height: number;
  /** Steps since the jump began; 0 on the ground. */
  airSteps: number;
  /** 1 looks right, -1 looks left. */
  facing: 1 | -1;
  /** -1, 0 or 1: where the legs go in this step. */
  running: -1 | 0 | 1;
  ducking: boolean;
  aimingUp: boolean;
  dashSteps: number;
  dashDirection: 1 | -1;
  dashCooldownSteps: number;
  /** Steps for which an early press of JUMP still counts. */
  jumpBufferSteps: number;
  fireCooldownSteps: number;
  /** 0..3 */
  hitPoints: number;
  /** Steps for which nothing can hit the player. */
  untouchableSteps: number;
}

export interface BossState {
  /** Middle of the body, px. */
  x: number;
  y: number;
  /** Size of what bullets hit, px. */
  width: number;
  height: number;
  /** Hits left in this phase. */
  hitsLeft: number;
  /** Steps for which the last hit still shows. */
  flashSteps: number;
  /** Steps until the attack that is being announced (its "tell"); 0 when none is. */
  tellSteps: number;
  /** Steps until the next attack. */
  attackSteps: number;
  /** Attacks left in the row (phase 1). */
  rowLeft: number;
  /** Ball speed of this fight, px/s. */
  ballSpeed: number;
}

export interface Threat {
  /** 0-based, in the order of appearance. */
  readonly id: number;
  readonly kind: ThreatKind;
  x: number;
  y: number;
  /** px a second */
  vx: number;
  vy: number;
  /** px; a tear is 28x40 and counts as 14 */
  readonly radius: number;
  /** True once a homing shot flies straight; always true of the others. */
  locked: boolean;
}

export interface Bullet {
  x: number;
  y: number;
  /** px a second */
  readonly vx: number;
  readonly vy: number;
}

/** Something to draw that changes nothing in the fight: sparks, dust, splashes. */
export interface Effect {
  readonly kind: 'muzzle' | 'impact' | 'hurt' | 'burst' | 'splash' | 'dust' | 'dash';
  readonly x: number;
  readonly y: number;
  /** -1 or 1 where a direction matters, else 0. */
  readonly direction: number;
  /** The step in which it began. */
  readonly step: number;
}

/** What happened in one phase. */
export interface PhaseTally {
  steps: number;
  hits: number;
  damage: number;
}

export interface FightState {
  readonly seed: number;
  readonly level: Level;
  /** Steps taken, 60 a second. */
  step: number;
  stage: Stage;
  /** Steps left of `ready` or `change`. */
  stageSteps: number;
  phase: Phase;
  outcome: Outcome | null;
  /** What was held in the last step, also the keys that are ignored during `ready`. */
  held: HeldActions;
  readonly player: PlayerState;
  readonly boss: BossState;
  readonly threats: Threat[];
  readonly bullets: Bullet[];
  readonly effects: Effect[];
  /** Bullets fired. */
  shotsFired: number;
  threatsSeen: number;
  readonly damageBy: Record<ThreatKind, number>;
  /** Phases 1 to 3. */
  readonly tally: readonly [PhaseTally, PhaseTally, PhaseTally];
}
