/**
 * The theatre: painted night behind the stage, curtains, boards, footlights, the heads of the audience. Dark and still,
 * so that nothing here is mistaken for a threat at 128x72.
 */
import { GROUND_Y, READY_STEPS, STAGE_HEIGHT, STAGE_WIDTH } from '../fight/rules.js';
import type { FightState } from '../fight/state.js';
import { feetY } from '../fight/body.js';
import type { DrawingContext } from './context.js';
import { PALETTE } from './palette.js';
import { fillEllipse, fillPolygon, scatter } from './shapes.js';

const CURTAIN_OPEN = 34;
const CURTAIN_READY = 190;
const FOLD = 17;

/** Outlines as x, y, x, y, ..., px. */
const FAR_HILLS = [
  0, 250, 70, 196, 130, 232, 215, 168, 300, 236, 380, 186, 470, 240, 560, 178, 640, 236, 640, 310, 0, 310,
];
const NEAR_HILLS = [0, 276, 110, 244, 220, 272, 350, 248, 470, 278, 560, 250, 640, 270, 640, 310, 0, 310];
const CASTLE = [
  286, 270, 286, 190, 282, 190, 297, 160, 312, 190, 308, 190, 308, 214, 322, 214, 322, 206, 330, 206, 330, 214, 338,
  214, 338, 206, 346, 206, 346, 214, 352, 214, 352, 168, 348, 168, 364, 132, 380, 168, 376, 168, 376, 214, 398, 214,
  398, 200, 394, 200, 406, 178, 418, 200, 414, 200, 414, 270,
];

export function drawBackdrop(context: DrawingContext, state: Readonly<FightState>): void {
  drawScenery(context, state);
  drawSpotlight(context, state);
  drawCurtains(context, state);
  drawBoards(context);
  drawPool(context, state);
  drawAudience(context, state);
}

/** A painted night: stars, a moon that has moved in the last phase, a castle between hills. */
function drawScenery(context: DrawingContext, { phase }: Readonly<FightState>): void {
  context.fillStyle = PALETTE.sky;
  context.fillRect(0, 0, STAGE_WIDTH, GROUND_Y);
  context.fillStyle = PALETTE.star;
  for (let i = 0; i < 40; i += 1) {
    const size = 1 + scatter(i, 3) * 1.6;
    context.fillRect(40 + scatter(i, 1) * 560, 30 + scatter(i, 2) * 150, size, size);
  }
  const moonX = phase === 3 ? 500 : 150;
  fillEllipse(context, moonX, 96, 46, 46, PALETTE.moonGlow);
  fillEllipse(context, moonX, 96, 34, 34, PALETTE.moon);
  fillEllipse(context, moonX + 13, 88, 28, 28, PALETTE.moonGlow);
  fillPolygon(context, FAR_HILLS, PALETTE.hills);
  fillPolygon(context, CASTLE, PALETTE.castle);
  fillPolygon(context, NEAR_HILLS, PALETTE.wall);
}

/** A cone of light on the performer, faint enough to stay background. */
function drawSpotlight(context: DrawingContext, { player, phase }: Readonly<FightState>): void {
  const lamp = phase === 3 ? 40 : 600;
  context.globalAlpha = 0.035;
  fillPolygon(context, [lamp - 6, 0, lamp + 6, 0, player.x + 46, GROUND_Y, player.x - 46, GROUND_Y], '#ffe9c0');
  context.globalAlpha = 1;
}

function drawCurtains(context: DrawingContext, { stage, stageSteps }: Readonly<FightState>): void {
  const closed = stage === 'ready' ? Math.max(0, stageSteps / READY_STEPS - 0.25) / 0.75 : 0;
  const width = CURTAIN_OPEN + (CURTAIN_READY - CURTAIN_OPEN) * closed * closed;
  for (const side of [0, 1]) {
    const folds = Math.ceil(width / FOLD);
    const fold = width / folds;
    for (let i = 0; i < folds; i += 1) {
      context.fillStyle = i % 2 === 0 ? PALETTE.curtain : PALETTE.curtainFold;
      const x = side === 0 ? i * fold : STAGE_WIDTH - (i + 1) * fold;
      context.fillRect(x, 0, fold + 0.5, GROUND_Y);
    }
  }
  drawValance(context);
}

/** Seven swags of cloth along the top. */
function drawValance(context: DrawingContext): void {
  const swag = STAGE_WIDTH / 8;
  for (let i = 0; i < 8; i += 1) {
    const x = i * swag;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, 12);
    context.quadraticCurveTo(x + swag / 2, 36, x + swag, 12);
    context.lineTo(x + swag, 0);
    context.closePath();
    context.fillStyle = i % 2 === 0 ? PALETTE.curtain : PALETTE.curtainFold;
    context.fill();
    context.strokeStyle = PALETTE.trim;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x, 12);
    context.quadraticCurveTo(x + swag / 2, 36, x + swag, 12);
    context.stroke();
  }
}

function drawBoards(context: DrawingContext): void {
  context.fillStyle = PALETTE.ground;
  context.fillRect(0, GROUND_Y, STAGE_WIDTH, STAGE_HEIGHT - GROUND_Y);
  context.strokeStyle = PALETTE.groundLine;
  context.lineWidth = 2;
  context.beginPath();
  for (let i = -9; i <= 9; i += 1) {
    context.moveTo(STAGE_WIDTH / 2 + i * 36, GROUND_Y + 2);
    context.lineTo(STAGE_WIDTH / 2 + i * 50, STAGE_HEIGHT);
  }
  context.stroke();
  context.fillStyle = PALETTE.groundEdge;
  context.fillRect(0, GROUND_Y, STAGE_WIDTH, 2);
}

/** Light and shadow on the boards under the player and the boss. */
function drawPool(context: DrawingContext, { player, boss }: Readonly<FightState>): void {
  context.globalAlpha = 0.07;
  fillEllipse(context, player.x, GROUND_Y + 9, 52, 8, '#ffe9c0');
  context.globalAlpha = 0.35;
  const lift = Math.min(1, (GROUND_Y - feetY(player)) / 160);
  fillEllipse(context, player.x, GROUND_Y + 5, 17 - 8 * lift, 4 - 2 * lift, PALETTE.ink);
  if (boss.y + boss.height / 2 > GROUND_Y - 40)
    fillEllipse(context, boss.x, GROUND_Y + 6, boss.width * 0.52, 6, PALETTE.ink);
  context.globalAlpha = 1;
}

/** Footlights along the edge, heads in the pit; they rise when the play is won. */
function drawAudience(context: DrawingContext, { outcome }: Readonly<FightState>): void {
  for (let x = 40; x < STAGE_WIDTH; x += 80) fillEllipse(context, x, GROUND_Y + 2, 6, 2, PALETTE.lamp);
  const rise = outcome === 'won' ? 9 : 0;
  for (let i = 0; i < 18; i += 1) {
    const x = i * 37 + scatter(i, 11) * 14 - 8;
    const size = 9 + scatter(i, 12) * 4;
    const y = STAGE_HEIGHT - 3 + scatter(i, 13) * 5 - rise;
    fillEllipse(context, x, y, size * 0.85, size, PALETTE.pit);
    fillEllipse(context, x, y + size + 8, size * 2, size * 1.2, PALETTE.pit);
    if (rise === 0) continue;
    const sway = scatter(i, 14) * 8 - 4;
    for (const side of [-1, 1]) {
      const hand = x + side * (size + 5);
      fillPolygon(
        context,
        [hand - 3, STAGE_HEIGHT, hand + 3, STAGE_HEIGHT, hand + 2 + sway, y - 12, hand - 2 + sway, y - 12],
        PALETTE.pit,
      );
    }
  }
}
