/**
 * The practice fight: a state that advances only by `step(held)`, 60 times a second of game time. Same seed, level
 * and inputs, same fight, in Node and in a browser: no clock, no input or output, no Math.random, and only operations
 * that every engine rounds alike.
 *
 *     const fight = new Fight({ seed: 1, level: 'normal' });
 *     while (fight.outcome === null) fight.step(player.decide(fight.state));
 */
import type { HeldActions } from '../core/action-set.js';
import { Random } from '../core/random.js';
import { fire, moveBody, newPlayer } from './fight/body.js';
import { attack, beginPhase, glide, leavePhase, newBoss } from './fight/boss.js';
import { hitBoss, hitPlayer } from './fight/collisions.js';
import { fadeEffects, showEffect } from './fight/effects.js';
import { flyBullets, flyThreats } from './fight/flight.js';
import { hashState } from './fight/fingerprint.js';
import { CHANGE_STEPS, LEVELS, LIMIT_STEPS, PLAYER, READY_STEPS, type Level } from './fight/rules.js';
import type { FightState, Outcome, PhaseTally } from './fight/state.js';
import { summarize, type FightSummary } from './fight/summary.js';

export { STAGE_HEIGHT, STAGE_WIDTH, STEP_MS, STEP_RATE_HZ, type Level } from './fight/rules.js';
export type { FightState, Outcome, Phase, ThreatKind } from './fight/state.js';
export type { FightSummary } from './fight/summary.js';

export interface FightOptions {
  /** Any integer; decides everything that varies. */
  readonly seed: number;
  readonly level: Level;
}

export class Fight {
  readonly #random: Random;
  readonly #state: FightState;

  constructor({ seed, level }: FightOptions) {
    this.#random = new Random(seed);
    const rules = LEVELS[level];
    const x = this.#random.uniform(PLAYER.startX[0], PLAYER.startX[1]);
    const ballSpeed = this.#random.uniform(rules.ballSpeed[0], rules.ballSpeed[1]);
    this.#state = {
      seed,
      level,
      step: 0,
      stage: 'ready',
      stageSteps: READY_STEPS,
      phase: 1,
      outcome: null,
      held: 0,
      player: newPlayer(x),
      boss: newBoss(ballSpeed),
      threats: [],
      bullets: [],
      effects: [],
      shotsFired: 0,
      threatsSeen: 0,
      damageBy: { ball: 0, tear: 0, shot: 0 },
      tally: [newTally(), newTally(), newTally()],
    };
  }

  /** The live state: read it, never write it; it changes with the next step. */
  get state(): Readonly<FightState> {
    return this.#state;
  }

  /** Null while the fight is not over; it never changes once it is known. */
  get outcome(): Outcome | null {
    return this.#state.outcome;
  }

  get summary(): FightSummary {
    return summarize(this.#state);
  }

  /** Advances by 1/60 s with what is held during it. Does nothing once the outcome is known. */
  step(held: HeldActions): void {
    const state = this.#state;
    if (state.stage === 'over') return;
    state.step += 1;
    const pressed = held & ~state.held;
    state.held = held;
    if (state.stage === 'ready') this.#waitForStart();
    else this.#play(held, pressed);
    fadeEffects(state);
    this.#judge();
  }

  /** 16 hexadecimal digits over everything that decides how the fight continues, the generator included. */
  stateHash(): string {
    return hashState(this.#state, this.#random.state());
  }

  #waitForStart(): void {
    const state = this.#state;
    state.stageSteps -= 1;
    if (state.stageSteps === 0) this.#beginPhase();
  }

  #play(held: HeldActions, pressed: HeldActions): void {
    const state = this.#state;
    state.tally[state.phase - 1].steps += 1;
    moveBody(state, held, pressed);
    fire(state, held);
    if (state.boss.flashSteps > 0) state.boss.flashSteps -= 1;
    if (state.stage === 'change') this.#change();
    else attack(state, this.#random);
    flyBullets(state);
    flyThreats(state);
    hitBoss(state);
    hitPlayer(state);
  }

  #change(): void {
    const state = this.#state;
    state.stageSteps -= 1;
    glide(state, 1 - state.stageSteps / CHANGE_STEPS);
    if (state.stageSteps === 0) this.#beginPhase();
  }

  #beginPhase(): void {
    this.#state.stage = 'fight';
    beginPhase(this.#state, this.#random);
  }

  /** Where one step ends the fight in several ways, the boss's fall counts first, then the player's, then the time. */
  #judge(): void {
    const state = this.#state;
    if (state.boss.hitsLeft === 0) this.#endPhase();
    if (state.outcome === null && state.player.hitPoints === 0) state.outcome = 'lost';
    if (state.outcome === null && state.step >= LIMIT_STEPS) state.outcome = 'timeout';
    if (state.outcome !== null) state.stage = 'over';
  }

  #endPhase(): void {
    const state = this.#state;
    for (const { x, y } of state.threats) showEffect(state, 'splash', x, y, 0);
    state.threats.length = 0;
    showEffect(state, 'burst', state.boss.x, state.boss.y, 0);
    if (state.phase === 3) {
      state.outcome = 'won';
      return;
    }
    leavePhase(state, state.phase === 1 ? 2 : 3);
    state.stage = 'change';
    state.stageSteps = CHANGE_STEPS;
  }
}

const newTally = (): PhaseTally => ({ steps: 0, hits: 0, damage: 0 });
