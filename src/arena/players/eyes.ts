/**
 * What a person sees of the fight: threats 150 to 250 ms late, extrapolated at constant speed; the own body 65 ms late.
 * The lateness is drawn again twice a second. Uses only what is in the picture.
 */
import type { Random } from '../../core/random.js';
import type { FightState, Phase, ThreatKind } from '../fight.js';
import { PLAYER, STEP_RATE_HZ, stepsOf } from '../fight/rules.js';

/** A threat, extrapolated to now. */
export interface SeenThreat {
  readonly id: number;
  readonly kind: ThreatKind;
  readonly x: number;
  readonly y: number;
  /** px/s, from its last two seen places; 0 in its first moments. */
  readonly vx: number;
  readonly vy: number;
}

export interface Sight {
  readonly phase: Phase;
  /** The boss cannot be hit: before the fight and between its phases. */
  readonly dim: boolean;
  readonly ready: boolean;
  readonly x: number;
  /** Time until the own body touches the ground, s; 0 on the ground. */
  readonly toGroundS: number;
  readonly threats: readonly SeenThreat[];
}

interface Glimpse {
  readonly phase: Phase;
  readonly stage: FightState['stage'];
  readonly x: number;
  readonly airSteps: number;
  readonly threats: readonly { id: number; kind: ThreatKind; x: number; y: number }[];
}

const BODY_STEPS = 4; // 65 ms
const LATENESS_S = [0.15, 0.25] as const;
const REDRAW_STEPS = stepsOf(0.5);
/** Speeds are computed from two glimpses this many steps apart. */
const SPEED_STEPS = 5;
const MEMORY = stepsOf(LATENESS_S[1]) + SPEED_STEPS + 1;

export class Eyes {
  #glimpses: Glimpse[] = [];
  #lateness = stepsOf(LATENESS_S[1]);
  #sinceRedraw = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Remembers the state of one step and returns what is seen of the earlier ones. */
  look(state: Readonly<FightState>): Sight {
    this.#remember(state);
    if (this.#sinceRedraw === 0) this.#lateness = stepsOf(this.#random.uniform(LATENESS_S[0], LATENESS_S[1]));
    this.#sinceRedraw = (this.#sinceRedraw + 1) % REDRAW_STEPS;
    const seen = this.#ago(this.#lateness);
    const before = this.#ago(this.#lateness + SPEED_STEPS);
    const body = this.#ago(BODY_STEPS);
    return {
      phase: seen.phase,
      dim: seen.stage !== 'fight',
      ready: seen.stage === 'ready',
      x: body.x,
      toGroundS: body.airSteps === 0 ? 0 : Math.max(0, PLAYER.jumpS - (body.airSteps + BODY_STEPS) / STEP_RATE_HZ),
      threats: seen.threats.map((threat) => this.#extrapolate(threat, before)),
    };
  }

  #remember({ phase, stage, player, threats }: Readonly<FightState>): void {
    const kept = threats.map(({ id, kind, x, y }) => ({ id, kind, x, y }));
    this.#glimpses.push({ phase, stage, x: player.x, airSteps: player.airSteps, threats: kept });
    if (this.#glimpses.length > MEMORY) this.#glimpses.shift();
  }

  #ago(steps: number): Glimpse {
    return this.#glimpses[Math.max(0, this.#glimpses.length - 1 - steps)];
  }

  #extrapolate({ id, kind, x, y }: Glimpse['threats'][number], before: Glimpse): SeenThreat {
    const earlier = before.threats.find((threat) => threat.id === id);
    if (!earlier) return { id, kind, x, y, vx: 0, vy: 0 };
    const vx = ((x - earlier.x) / SPEED_STEPS) * STEP_RATE_HZ;
    const vy = ((y - earlier.y) / SPEED_STEPS) * STEP_RATE_HZ;
    const late = this.#lateness / STEP_RATE_HZ;
    return { id, kind, x: x + vx * late, y: y + vy * late, vx, vy };
  }
}
