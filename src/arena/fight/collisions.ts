/** Who is hit: the boss by bullets, the player by threats. */
import { feetY, headY } from './body.js';
import { showEffect } from './effects.js';
import { keep } from './flight.js';
import { BOSS_FLASH_STEPS, PLAYER } from './rules.js';
import type { FightState, PlayerState, Threat } from './state.js';

/** Bullets that reach the boss are used up; they count only while it fights. */
export function hitBoss(state: FightState): void {
  const { boss } = state;
  keep(state.bullets, (bullet) => {
    const inside =
      Math.abs(bullet.x - boss.x) < boss.width / 2 + 4 && Math.abs(bullet.y - boss.y) < boss.height / 2 + 4;
    if (!inside) return true;
    showEffect(state, 'impact', bullet.x, bullet.y, bullet.vx > 0 ? -1 : bullet.vx < 0 ? 1 : 0);
    if (state.stage === 'fight' && boss.hitsLeft > 0) {
      boss.hitsLeft -= 1;
      boss.flashSteps = BOSS_FLASH_STEPS;
      state.tally[state.phase - 1].hits += 1;
    }
    return false;
  });
}

/** Whether a threat touches the body, with less reach than in the picture: 4 px of its radius and 3 px on each side. */
export function touches(threat: Readonly<Threat>, player: Readonly<PlayerState>): boolean {
  const reach = PLAYER.halfWidthHitPx + threat.radius - PLAYER.graceRadiusPx;
  return Math.abs(threat.x - player.x) < reach && threat.y > headY(player) && threat.y < feetY(player);
}

/** A threat that touches costs a hit point, is used up, and leaves the player untouchable for a while. */
export function hitPlayer(state: FightState): void {
  const { player } = state;
  if (player.untouchableSteps > 0) return;
  const index = state.threats.findIndex((threat) => touches(threat, player));
  if (index < 0) return;
  const [threat] = state.threats.splice(index, 1);
  player.hitPoints -= 1;
  player.untouchableSteps = PLAYER.untouchableSteps;
  state.damageBy[threat.kind] += 1;
  state.tally[state.phase - 1].damage += 1;
  showEffect(state, 'hurt', threat.x, threat.y, 0);
}
