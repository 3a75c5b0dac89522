/**
 * Health, as marks whose gray is nearly that of what they lie on: a person sees the colour, a model is not disturbed.
 */
import { BOSS_BODY, PLAYER } from '../fight/rules.js';
import type { FightState } from '../fight/state.js';
import type { DrawingContext } from './context.js';
import { PALETTE } from './palette.js';
import { fillRounded } from './shapes.js';

const BAR = { x: 408, y: 330, width: 204, height: 9 };
const HEARTS = { x: 34, y: 334, step: 22 };

export function drawGauges(context: DrawingContext, state: Readonly<FightState>): void {
  drawBossBar(context, state);
  for (let i = 0; i < PLAYER.hitPoints; i += 1) {
    const color = i < state.player.hitPoints ? PALETTE.heart : PALETTE.heartLost;
    heart(context, HEARTS.x + i * HEARTS.step, HEARTS.y, color);
  }
}

/** Three pieces, one for each phase, emptied from the right: the whole fight is in sight. */
function drawBossBar(context: DrawingContext, { phase, boss }: Readonly<FightState>): void {
  const total = BOSS_BODY.reduce((sum, body) => sum + body.hits, 0);
  let x = BAR.x + BAR.width;
  BOSS_BODY.forEach((body, index) => {
    const width = (BAR.width * body.hits) / total - 4;
    x -= width + 4;
    const left = index + 1 < phase ? 0 : index + 1 > phase ? 1 : boss.hitsLeft / body.hits;
    fillRounded(context, [x, BAR.y, width, BAR.height], 4, PALETTE.bossBarEmpty);
    if (left > 0) fillRounded(context, [x, BAR.y, Math.max(8, width * left), BAR.height], 4, PALETTE.bossBar);
  });
}

function heart(context: DrawingContext, x: number, y: number, color: string): void {
  context.fillStyle = color;
  context.beginPath();
  context.moveTo(x, y + 7);
  context.quadraticCurveTo(x - 12, y - 2, x - 6, y - 6);
  context.quadraticCurveTo(x - 1, y - 8, x, y - 3);
  context.quadraticCurveTo(x + 1, y - 8, x + 6, y - 6);
  context.quadraticCurveTo(x + 12, y - 2, x, y + 7);
  context.closePath();
  context.fill();
}
