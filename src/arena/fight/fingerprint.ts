/**
 * The fingerprint of a fight: every number that decides how it continues, in a fixed order. Effects are left out. It
 * distinguishes two fights and is the same in every engine; it is not a defence against forgery.
 */
import { LEVEL_NAMES } from './rules.js';
import type { FightState } from './state.js';

const STAGES = ['ready', 'fight', 'change', 'over'];
const OUTCOMES = ['won', 'lost', 'timeout'];
const KINDS = ['ball', 'tear', 'shot'];

const FNV_PRIME = 0x01000193; // Fowler, Noll and Vo, 32 bits
const FNV_BASIS = 0x811c9dc5;
const SECOND_BASIS = 0x9e3779b9;

/** FNV-1a over the bytes of numbers, two lanes of 32 bits. */
class NumberHash {
  #first = FNV_BASIS;
  #second = SECOND_BASIS;
  readonly #view = new DataView(new ArrayBuffer(8));

  /** Takes in one number as its eight little-endian bytes. */
  add(value: number): void {
    this.#view.setFloat64(0, value === 0 ? 0 : value, true); // -0 counts as 0
    for (let i = 0; i < 8; i += 1) {
      const byte = this.#view.getUint8(i);
      this.#first = Math.imul(this.#first ^ byte, FNV_PRIME);
      this.#second = Math.imul(this.#second ^ byte ^ (this.#first >>> 24), FNV_PRIME);
    }
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return [this.#first, this.#second].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

/** 16 hexadecimal digits; `random` is the generator's state. */
export function hashState(state: Readonly<FightState>, random: readonly number[]): string {
  const hash = new NumberHash();
  const add = (...values: (number | boolean)[]): void => {
    for (const value of values) hash.add(Number(value));
  };
  add(state.seed, LEVEL_NAMES.indexOf(state.level), state.step);
  add(STAGES.indexOf(state.stage), state.stageSteps, state.phase);
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
