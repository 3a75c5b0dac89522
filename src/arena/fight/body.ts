/**
 * The player's body: running, jumping, dashing, ducking and firing by the held actions of one step. Of the boss it uses
 * only the direction.
 */
import type { HeldActions } from '../../core/action-set.js';
import { actionBit } from '../actions.js';
import { showEffect } from './effects.js';
import { GROUND_Y, PLAYER, STEP_RATE_HZ } from './rules.js';
import type { FightState, PlayerState } from './state.js';

const UP = actionBit('UP');
const DOWN = actionBit('DOWN');
const LEFT = actionBit('LEFT');
const RIGHT = actionBit('RIGHT');
const JUMP = actionBit('JUMP');
const SHOOT = actionBit('SHOOT');
const DASH = actionBit('DASH');

const RUN_PX = PLAYER.runPxPerS / STEP_RATE_HZ;
const DASH_PX = PLAYER.dashPxPerS / STEP_RATE_HZ;
/** A jump of height h = `jumpPx` that lasts T = `jumpS`: v = 4 h / T, g = 8 h / T^2. */
const JUMP_SPEED = (4 * PLAYER.jumpPx) / PLAYER.jumpS;
const GRAVITY = (8 * PLAYER.jumpPx) / (PLAYER.jumpS * PLAYER.jumpS);

export function newPlayer(x: number): PlayerState {
  return {
    x,
    height: 0,
    airSteps: 0,
    facing: 1,
    running: 0,
    ducking: false,
    aimingUp: false,
    dashSteps: 0,
    dashDirection: 1,
    dashCooldownSteps: 0,
    jumpBufferSteps: 0,
    fireCooldownSteps: 0,
    hitPoints: PLAYER.hitPoints,
    untouchableSteps: 0,
  };
}

/** y of the feet, px from the top of the stage. */
export function feetY(player: Readonly<PlayerState>): number {
  return GROUND_Y - player.height;
}

/** y of the head, px from the top of the stage. */
export function headY(player: Readonly<PlayerState>): number {
  return feetY(player) - (player.ducking ? PLAYER.duckedHeightPx : PLAYER.heightPx);
}

/**
 * Moves the body by one step.
 *
 * @param pressed the actions that went down in this step
 */
export function moveBody(state: FightState, held: HeldActions, pressed: HeldActions): void {
  const { player } = state;
  player.untouchableSteps = Math.max(0, player.untouchableSteps - 1);
  const wish = ((held & RIGHT ? 1 : 0) - (held & LEFT ? 1 : 0)) as -1 | 0 | 1;
  player.aimingUp = (held & UP) !== 0;
  player.ducking = (held & DOWN) !== 0 && player.airSteps === 0 && player.dashSteps === 0;
  dash(state, wish, pressed);
  run(state, wish);
  jump(state, pressed);
}

function dash(state: FightState, wish: -1 | 0 | 1, pressed: HeldActions): void {
  const { player } = state;
  if (player.dashSteps > 0) return;
  if (player.dashCooldownSteps > 0) player.dashCooldownSteps -= 1;
  if ((pressed & DASH) === 0 || player.dashCooldownSteps > 0) return;
  player.dashSteps = PLAYER.dashSteps;
  player.dashDirection = wish === 0 ? player.facing : wish;
  player.facing = player.dashDirection;
  player.ducking = false;
  showEffect(state, 'dash', player.x, feetY(player) - 24, player.dashDirection);
}

function run(state: FightState, wish: -1 | 0 | 1): void {
  const { player, phase, boss } = state;
  let dx = 0;
  if (player.dashSteps > 0) {
    dx = player.dashDirection * DASH_PX;
    player.dashSteps -= 1;
    if (player.dashSteps === 0) player.dashCooldownSteps = PLAYER.dashCooldownSteps;
  } else if (wish !== 0) {
    player.facing = wish;
    if (!player.ducking) dx = wish * RUN_PX;
  } else if (phase !== 3) {
    player.facing = boss.x >= player.x ? 1 : -1;
  }
  player.running = dx === 0 ? 0 : dx > 0 ? 1 : -1;
  player.x = Math.min(PLAYER.maxX[phase - 1], Math.max(PLAYER.minX, player.x + dx));
}

function jump(state: FightState, pressed: HeldActions): void {
  const { player } = state;
  if (player.airSteps > 0) {
    player.airSteps += 1;
    const seconds = player.airSteps / STEP_RATE_HZ;
    player.height = JUMP_SPEED * seconds - (GRAVITY * seconds * seconds) / 2;
    if (player.height <= 0) land(state);
  }
  if (pressed & JUMP) player.jumpBufferSteps = PLAYER.jumpBufferSteps + 1;
  if (player.jumpBufferSteps === 0) return;
  player.jumpBufferSteps -= 1;
  if (player.airSteps > 0) return;
  player.jumpBufferSteps = 0;
  player.ducking = false;
  player.airSteps = 1;
  player.height = JUMP_SPEED / STEP_RATE_HZ - GRAVITY / (2 * STEP_RATE_HZ * STEP_RATE_HZ);
  showEffect(state, 'dust', player.x, GROUND_Y, 0);
}

function land(state: FightState): void {
  state.player.height = 0;
  state.player.airSteps = 0;
  showEffect(state, 'dust', state.player.x, GROUND_Y, 0);
}

/** Fires while SHOOT is held, six times a second: where the player looks, or straight up while UP is held. */
export function fire(state: FightState, held: HeldActions): void {
  const { player } = state;
  if (player.fireCooldownSteps > 0) player.fireCooldownSteps -= 1;
  if ((held & SHOOT) === 0 || player.fireCooldownSteps > 0) return;
  player.fireCooldownSteps = PLAYER.fireSteps;
  state.shotsFired += 1;
  if (player.aimingUp) {
    const y = headY(player) - 6;
    state.bullets.push({ x: player.x, y, vx: 0, vy: -PLAYER.bulletPxPerS });
    showEffect(state, 'muzzle', player.x, y, 0);
    return;
  }
  const x = player.x + player.facing * 20;
  const y = feetY(player) - (player.ducking ? PLAYER.muzzleHeightPx - 12 : PLAYER.muzzleHeightPx);
  state.bullets.push({ x, y, vx: player.facing * PLAYER.bulletPxPerS, vy: 0 });
  showEffect(state, 'muzzle', x, y, player.facing);
}
