/** Sparks, dust, splashes, confetti. Each piece's path depends on the effect's step alone, so all drawings agree. */
import { EFFECT_STEPS } from '../fight/effects.js';
import { STAGE_WIDTH } from '../fight/rules.js';
import type { Effect, FightState } from '../fight/state.js';
import type { DrawingContext } from './context.js';
import { PALETTE } from './palette.js';
import { fillEllipse, fillRounded, scatter } from './shapes.js';

interface Spray {
  readonly pieces: number;
  /** steps */
  readonly life: number;
  /** px a step */
  readonly speed: number;
  /** px a step and step, downwards */
  readonly gravity: number;
  readonly size: number;
  readonly color: string;
}

const SPRAYS: Readonly<Record<Effect['kind'], Spray>> = {
  muzzle: { pieces: 0, life: 4, speed: 0, gravity: 0, size: 9, color: PALETTE.spark },
  impact: { pieces: 4, life: 12, speed: 3, gravity: 0.15, size: 4, color: PALETTE.spark },
  hurt: { pieces: 12, life: 26, speed: 4, gravity: 0.2, size: 6, color: PALETTE.hurt },
  burst: { pieces: 24, life: EFFECT_STEPS, speed: 5, gravity: 0.12, size: 8, color: PALETTE.spark },
  splash: { pieces: 6, life: 16, speed: 2.4, gravity: 0.25, size: 4, color: PALETTE.bullet },
  dust: { pieces: 5, life: 14, speed: 1.8, gravity: 0.02, size: 5, color: PALETTE.dust },
  dash: { pieces: 6, life: 14, speed: 3, gravity: 0, size: 4, color: PALETTE.bullet },
};

export function drawSparks(context: DrawingContext, state: Readonly<FightState>): void {
  for (const effect of state.effects) {
    const spray = SPRAYS[effect.kind];
    const age = state.step - effect.step;
    if (age >= spray.life) continue;
    if (effect.kind === 'muzzle')
      fillEllipse(context, effect.x, effect.y, spray.size - age * 1.5, spray.size - age * 1.5, spray.color);
    else drawSpray(context, effect, spray, age);
  }
  context.globalAlpha = 1;
  if (state.outcome === 'won') drawConfetti(context, state.seed);
}

function drawSpray(context: DrawingContext, effect: Readonly<Effect>, spray: Spray, age: number): void {
  const fade = 1 - age / spray.life;
  context.globalAlpha = fade;
  context.fillStyle = spray.color;
  for (let i = 0; i < spray.pieces; i += 1) {
    const angle = scatter(effect.step, i) * 2 * Math.PI;
    const speed = spray.speed * (0.4 + 0.6 * scatter(effect.step, i + 100));
    const x = effect.x + (Math.cos(angle) * speed + effect.direction * spray.speed * 0.6) * age;
    const rise = effect.kind === 'dust' || effect.kind === 'splash' ? -Math.abs(Math.sin(angle)) : Math.sin(angle);
    const y = effect.y + rise * speed * age + (spray.gravity * age * age) / 2;
    const size = spray.size * (0.5 + 0.5 * fade);
    context.fillRect(x - size / 2, y - size / 2, size, size);
  }
  context.globalAlpha = 1;
}

function drawConfetti(context: DrawingContext, seed: number): void {
  for (let i = 0; i < 90; i += 1) {
    context.save();
    context.translate(scatter(seed, i) * STAGE_WIDTH, scatter(seed + 1, i) * 300);
    context.rotate(scatter(seed + 2, i) * Math.PI);
    fillRounded(context, [-4, -2.5, 8, 5], 1, PALETTE.confetti[i % PALETTE.confetti.length]);
    context.restore();
  }
}
