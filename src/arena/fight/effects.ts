/** Sparks and dust: part of the state, so that every drawing of one state is the same picture. They change no fight. */
import type { Effect, FightState } from './state.js';

/** Longest life of an effect, steps. */
export const EFFECT_STEPS = 40;
const MAX_EFFECTS = 40;

export function showEffect(state: FightState, kind: Effect['kind'], x: number, y: number, direction: number): void {
  if (state.effects.length >= MAX_EFFECTS) state.effects.shift();
  state.effects.push({ kind, x, y, direction, step: state.step });
}

/** Removes effects that have faded. */
export function fadeEffects(state: FightState): void {
  while (state.effects.length > 0 && state.step - state.effects[0].step > EFFECT_STEPS) state.effects.shift();
}
