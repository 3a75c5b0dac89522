/** The player: a white harlequin with a scarf. White all over, since models recognise it by its gray of 255. */
import { feetY } from '../fight/body.js';
import { PLAYER } from '../fight/rules.js';
import type { FightState, PlayerState } from '../fight/state.js';
import type { DrawingContext } from './context.js';
import { PALETTE } from './palette.js';
import { fillEllipse, fillPolygon, fillRounded } from './shapes.js';

export function drawPerformer(context: DrawingContext, state: Readonly<FightState>): void {
  const { player, step } = state;
  if (state.outcome === 'lost') {
    drawFallen(context, player);
    return;
  }
  const color = player.untouchableSteps > 0 ? PALETTE.untouchable : PALETTE.player;
  context.save();
  context.translate(player.x, feetY(player));
  if (player.dashSteps > 0) drawAfterimages(context, player);
  context.scale(player.facing, 1);
  if (player.ducking) context.scale(1.1, PLAYER.duckedHeightPx / PLAYER.heightPx);
  if (player.dashSteps > 0) context.rotate(0.14);
  drawScarf(context, player, step);
  drawBody(context, player, step, PALETTE.ink, 2);
  drawBody(context, player, step, color, 0);
  drawFace(context, player);
  context.restore();
}

/** Legs, trunk, head, wand arm; `grow` px all round gives the outline. */
function drawBody(
  context: DrawingContext,
  player: Readonly<PlayerState>,
  step: number,
  color: string,
  grow: number,
): void {
  const stride = player.airSteps > 0 ? 3 : player.running === 0 ? 0 : Math.sin(step * 0.5) * 7;
  const tuck = player.airSteps > 0 ? 5 : 0;
  fillRounded(
    context,
    [-11 + stride - grow, -20 - grow, 10 + 2 * grow, 20 - tuck + 2 * grow - (grow ? 1 : 0)],
    4,
    color,
  );
  fillRounded(
    context,
    [1 - stride - grow, -20 - grow, 10 + 2 * grow, 20 - tuck / 2 + 2 * grow - (grow ? 1 : 0)],
    4,
    color,
  );
  fillRounded(context, [-12 - grow, -39 - grow, 24 + 2 * grow, 25 + 2 * grow], 7, color);
  fillEllipse(context, 0, -43, 11.5 + grow, 11.5 + grow, color);
  const arm = player.aimingUp ? ([5, -60, 8, 30] as const) : ([4, -34, 20, 8] as const);
  fillRounded(context, [arm[0] - grow, arm[1] - grow, arm[2] + 2 * grow, arm[3] + 2 * grow], 4, color);
}

function drawFace(context: DrawingContext, player: Readonly<PlayerState>): void {
  const lift = player.aimingUp ? -3 : 0;
  context.fillStyle = PALETTE.ink;
  context.fillRect(3, -46 + lift, 3, 5);
  context.fillRect(8, -46 + lift, 2.5, 5);
}

/** Blown back by running and falling; it flutters with the step. */
function drawScarf(context: DrawingContext, player: Readonly<PlayerState>, step: number): void {
  const blown = player.running === 0 ? 12 : 22;
  const flutter = Math.sin(step * 0.3) * 3 - (player.airSteps > 22 ? 8 : 0);
  fillPolygon(
    context,
    [-4, -36, -10 - blown, -36 + flutter, -7 - blown, -30 + flutter, -14 - blown, -26 + flutter * 1.4, -4, -29],
    PALETTE.scarf,
  );
}

function drawAfterimages(context: DrawingContext, player: Readonly<PlayerState>): void {
  for (const [distance, alpha] of [
    [38, 0.1],
    [20, 0.18],
  ]) {
    context.globalAlpha = alpha;
    fillRounded(context, [-12 - player.dashDirection * distance, -52, 24, 50], 10, PALETTE.bullet);
  }
  context.globalAlpha = 1;
}

function drawFallen(context: DrawingContext, player: Readonly<PlayerState>): void {
  context.save();
  context.translate(player.x, feetY(player));
  context.scale(player.facing, 1);
  fillPolygon(context, [-6, -14, -34, -10, -30, -4, -4, -6], PALETTE.scarf);
  fillRounded(context, [-26, -15, 40, 15], 7, PALETTE.untouchable);
  fillEllipse(context, 20, -11, 11, 11, PALETTE.untouchable);
  context.restore();
}
