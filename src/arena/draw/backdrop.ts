/**
 * The theatre: painted night behind the stage, curtains, boards, footlights, the heads of the audience. Dark and still,
 * so that nothing here is mistaken for a threat at 128x72.
 */
import { GROUND_Y, READY_STEPS, STAGE_HEIGHT, STAGE_WIDTH } from '../fight/rules.js';
import type { FightState } from '../fight/state.js';
import { feetY } from '../fight/body.js';
import type { DrawingContext } from './context.js';
import { PALETTE } from './palette.js';
import { fillEllipse, fillPolygon } from './shapes.js';

const CURTAIN_OPEN = 34;
const CURTAIN_READY = 190;
const FOLD = 17;

export function drawBackdrop(context: DrawingContext, state: Readonly<FightState>): void {
  drawScenery(context, state);
  drawSpotlight(context, state);
  drawCurtains(context, state);
  drawBoards(context);
  drawPool(context, state);
  drawAudience(context, state);
}

function drawScenery(context: DrawingContext, { phase }: Readonly<FightState>): void {
  context.fillStyle = PALETTE.sky;
  context.fillRect(0, 0, STAGE_WIDTH, GROUND_Y);
  fillEllipse(context, phase === 3 ? 500 : 150, 96, 34, 34, PALETTE.moon);
  fillPolygon(
    context,
    [0, 250, 70, 196, 130, 232, 215, 168, 300, 236, 380, 186, 470, 240, 560, 178, 640, 236, 640, 310, 0, 310],
    PALETTE.hills,
  );
  fillPolygon(
    context,
    [0, 276, 110, 244, 220, 272, 350, 248, 470, 278, 560, 250, 640, 270, 640, 310, 0, 310],
    PALETTE.wall,
  );
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

/** Light and shadow on the boards under who stands or flies above. */
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

function drawAudience(context: DrawingContext, { outcome }: Readonly<FightState>): void {
  context.fillStyle = PALETTE.pit;
  context.beginPath();
  context.moveTo(0, STAGE_HEIGHT);
  for (let i = 0; i < 17; i += 1) {
    const x = i * 40;
    const y = 351 + ((i * 7) % 5) - (outcome === 'won' ? 6 : 0);
    context.lineTo(x - 14, STAGE_HEIGHT);
    context.quadraticCurveTo(x - 12, y, x, y - 2);
    context.quadraticCurveTo(x + 12, y, x + 14, STAGE_HEIGHT);
  }
  context.closePath();
  context.fill();
  if (outcome !== 'won') return;
  for (let i = 0; i < 17; i += 1) context.fillRect(i * 40 + (i % 2 ? 14 : -18), 338 + ((i * 5) % 7), 5, 22);
}
