/**
 * The scripted expert: wins, within human limits. It acts on what {@link Eyes} see and through {@link Fingers}; its
 * only memory is which threat it has already jumped over or dashed from.
 */
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import { Random } from '../../core/random.js';
import { actionBit } from '../actions.js';
import type { FightState } from '../fight.js';
import { PLAYER, STAGE_WIDTH } from '../fight/rules.js';
import { Eyes, type SeenThreat, type Sight } from './eyes.js';
import { Fingers } from './fingers.js';
import type { Player } from './player.js';

const SHOOT = actionBit('SHOOT');
const UP = actionBit('UP');

/** Where it likes to stand while the boss is on the right, px. */
const HOME = [80, 240] as const;
/** It jumps when a ball will be under it in this time, s, plus or minus the jitter. */
const JUMP_LEAD_S = 0.36;
const JUMP_JITTER_S = 0.03;
const JUMP_HOLD_S = [0.2, 0.3] as const;
/** A patient one presses JUMP this long before it lands, s: a press more than 0.1 s before the landing is lost. */
const JUMP_BEFORE_GROUND_S = 0.09;
/** A tear below this y, px, and nearer than `TEAR_NEAR` is walked away from until `TEAR_CLEAR`. */
const TEAR_Y = 50;
const TEAR_NEAR = 36;
const TEAR_CLEAR = 48;
/** A tear below this y is about to land: it does not run under it. */
const LANDING_Y = 170;
/** A shot nearer than this and coming is fled with a dash, px. */
const SHOT_NEAR = 135;
const DASH_HOLD_S = [0.15, 0.22] as const;
const CENTRE_SLACK = 24;
const BODY_Y = 283;

type Direction = -1 | 0 | 1;

export interface ExpertOptions {
  readonly seed?: number;
  /** How often it decides, 10 to 60 a second; between decisions its keys stay. Default 60. */
  readonly decisionHz?: number;
  /**
   * Waits for the ground before it presses JUMP again. Without this a press high in the air is lost, which causes all
   * its losses to balls on `hard`, where balls come faster than a jump lasts. Default false.
   */
  readonly patient?: boolean;
}

export class ExpertPlayer implements Player {
  readonly #decisionSteps: number;
  readonly #patient: boolean;
  #random = new Random(0);
  #eyes = new Eyes(this.#random);
  #fingers = new Fingers(this.#random);
  /** Ids of threats already answered with a jump or a dash. */
  readonly #answered = new Set<number>();
  #jumpLeadS = JUMP_LEAD_S;
  /** Walking out from under a tear: it continues until it is `TEAR_CLEAR` away. */
  #fleeing = false;
  #step = 0;
  #steady = NONE_HELD;

  constructor({ seed = 0, decisionHz = 60, patient = false }: ExpertOptions = {}) {
    this.#patient = patient;
    this.#decisionSteps = Math.max(1, Math.round(60 / decisionHz));
    this.reset(seed);
  }

  reset(seed: number): void {
    this.#random = new Random(seed);
    this.#eyes = new Eyes(this.#random);
    this.#fingers = new Fingers(this.#random);
    this.#answered.clear();
    this.#jumpLeadS = JUMP_LEAD_S;
    this.#fleeing = false;
    this.#step = 0;
    this.#steady = NONE_HELD;
  }

  decide(state: Readonly<FightState>): HeldActions {
    const sight = this.#eyes.look(state);
    if (this.#step % this.#decisionSteps === 0) this.#think(sight);
    this.#step += 1;
    return this.#fingers.step() | this.#steady;
  }

  #think(sight: Sight): void {
    this.#steady = (sight.dim ? NONE_HELD : SHOOT) | (sight.phase === 3 && !sight.ready ? UP : NONE_HELD);
    if (sight.ready) return;
    if (sight.phase === 1) this.#fingers.steer(this.#overBalls(sight));
    else if (sight.phase === 2) this.#fingers.steer(this.#betweenTears(sight));
    else this.#fingers.steer(this.#fromShots(sight));
  }

  #overBalls(sight: Sight): Direction {
    for (const ball of sight.threats) {
      if (ball.vx >= 0 || this.#answered.has(ball.id)) continue;
      const contactS = (ball.x - sight.x) / -ball.vx;
      if (contactS > this.#jumpLeadS) continue;
      if (this.#patient && sight.toGroundS > JUMP_BEFORE_GROUND_S) continue;
      this.#answered.add(ball.id);
      this.#jumpLeadS = JUMP_LEAD_S + this.#random.uniform(-JUMP_JITTER_S, JUMP_JITTER_S);
      if (contactS > 0) this.#fingers.tap('JUMP', JUMP_HOLD_S);
    }
    return homewards(sight.x);
  }

  #betweenTears(sight: Sight): Direction {
    const low = sight.threats.filter((tear) => tear.y > TEAR_Y);
    const reach = this.#fleeing ? TEAR_CLEAR : TEAR_NEAR;
    this.#fleeing = low.some((tear) => Math.abs(tear.x - sight.x) < reach);
    if (this.#fleeing) return towards(nearestGap(sight.x, low), sight.x);
    const home = homewards(sight.x);
    const blocked = low.some((tear) => (tear.x - sight.x) * home > 0 && Math.abs(tear.x - sight.x) < TEAR_CLEAR + 20);
    return blocked ? 0 : home;
  }

  #fromShots(sight: Sight): Direction {
    for (const shot of sight.threats) {
      if (!isComing(shot, sight.x)) continue;
      const away = shot.x < sight.x ? 1 : -1;
      if (!this.#answered.has(shot.id)) {
        this.#answered.add(shot.id);
        this.#fingers.tap('DASH', DASH_HOLD_S);
      }
      return away;
    }
    const off = sight.x - STAGE_WIDTH / 2;
    return Math.abs(off) < CENTRE_SLACK ? 0 : off > 0 ? -1 : 1;
  }
}

/** The direction back into the home zone; 0 inside it. */
function homewards(x: number): Direction {
  if (x < HOME[0]) return 1;
  return x > HOME[1] ? -1 : 0;
}

/**
 * The nearest place clear of all low tears that can be reached without running under a tear that is about to land; `x`
 * itself, that is to wait, where there is no such place.
 */
function nearestGap(x: number, low: readonly SeenThreat[]): number {
  const aside = TEAR_CLEAR + 4;
  const goals = low.flatMap((tear) => [tear.x - aside, tear.x + aside]);
  const open = goals.filter(
    (goal) =>
      goal >= PLAYER.minX &&
      goal <= PLAYER.maxX[1] &&
      low.every(
        (tear) => Math.abs(tear.x - goal) >= TEAR_CLEAR && (tear.y < LANDING_Y || (tear.x - x) * (tear.x - goal) >= 0),
      ),
  );
  return open.reduce((best, goal) => (Math.abs(goal - x) < Math.abs(best - x) ? goal : best), open[0] ?? x);
}

function towards(goal: number, x: number): Direction {
  return goal > x ? 1 : goal < x ? -1 : 0;
}

function isComing(shot: SeenThreat, x: number): boolean {
  const dx = x - shot.x;
  const dy = BODY_Y - shot.y;
  return dx * dx + dy * dy < SHOT_NEAR * SHOT_NEAR && shot.vx * dx + shot.vy * dy > 0;
}
