/** How bullets and threats fly, and where they end. Uses only operations that every engine rounds alike. */
import { showEffect } from './effects.js';
import { feetY } from './body.js';
import { GROUND_Y, LEVELS, PLAYER, STAGE_HEIGHT, STAGE_WIDTH, STEP_RATE_HZ } from './rules.js';
import type { FightState, Threat } from './state.js';

export function flyBullets(state: FightState): void {
  keep(state.bullets, (bullet) => {
    bullet.x += bullet.vx / STEP_RATE_HZ;
    bullet.y += bullet.vy / STEP_RATE_HZ;
    return bullet.x > -20 && bullet.x < STAGE_WIDTH + 20 && bullet.y > -20;
  });
}

export function flyThreats(state: FightState): void {
  keep(state.threats, (threat) => {
    if (!threat.locked) home(state, threat);
    threat.x += threat.vx / STEP_RATE_HZ;
    threat.y += threat.vy / STEP_RATE_HZ;
    if (threat.kind !== 'ball' && threat.y + threat.radius > GROUND_Y) {
      showEffect(state, 'splash', threat.x, GROUND_Y, 0);
      return false;
    }
    return threat.x > -40 && threat.x < STAGE_WIDTH + 40 && threat.y > -60 && threat.y < STAGE_HEIGHT;
  });
}

/** Turns a shot towards the player by at most the turn of one step; locks its direction once it is near. */
function home(state: FightState, shot: Threat): void {
  const rules = LEVELS[state.level];
  const dx = state.player.x - shot.x;
  const dy = feetY(state.player) - PLAYER.heightPx / 2 - shot.y;
  const distance = Math.sqrt(dx * dx + dy * dy);
  if (distance < rules.shotLock) {
    shot.locked = true;
    return;
  }
  const speed = Math.sqrt(shot.vx * shot.vx + shot.vy * shot.vy);
  const cross = (shot.vx * dy - shot.vy * dx) / (speed * distance); // sine of the angle to the player
  const dot = (shot.vx * dx + shot.vy * dy) / (speed * distance);
  const { cos, sin } = rules.shotTurn;
  if (dot > cos) {
    shot.vx = (dx / distance) * speed;
    shot.vy = (dy / distance) * speed;
    return;
  }
  const turn = cross < 0 ? -sin : sin;
  const vx = shot.vx * cos - shot.vy * turn;
  shot.vy = shot.vx * turn + shot.vy * cos;
  shot.vx = vx;
}

/** Keeps, in place and in order, what `stays` is true of. */
export function keep<T>(items: T[], stays: (item: T) => boolean): void {
  let kept = 0;
  for (const item of items) {
    if (stays(item)) {
      items[kept] = item;
      kept += 1;
    }
  }
  items.length = kept;
}
