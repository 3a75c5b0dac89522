/**
 * The picture of a fight, the same for a browser's canvas and a headless one: 640x360 logical px, no text, a function
 * of the state alone. It never changes the state and needs only the context that it gets.
 */
import { drawBackdrop } from './draw/backdrop.js';
import { drawBoss } from './draw/boss-mask.js';
import type { DrawingContext } from './draw/context.js';
import { drawGauges } from './draw/gauges.js';
import { PALETTE } from './draw/palette.js';
import { drawPerformer } from './draw/performer.js';
import { drawSparks } from './draw/sparks.js';
import { drawBullets, drawThreats } from './draw/threats.js';
import { STAGE_HEIGHT, STAGE_WIDTH } from './fight/rules.js';
import type { FightState } from './fight/state.js';

/**
 * Draws the whole picture over the earlier one. For another size than 640x360, scale the context first; its transform
 * is kept and its alpha is 1 afterwards.
 */
export function drawFight(context: DrawingContext, state: Readonly<FightState>): void {
  context.globalAlpha = 1;
  drawBackdrop(context, state);
  drawGauges(context, state);
  drawBoss(context, state);
  drawBullets(context, state.bullets);
  drawPerformer(context, state);
  drawThreats(context, state);
  drawSparks(context, state);
  if (state.outcome === 'lost' || state.outcome === 'timeout') {
    // the lights go down
    context.globalAlpha = 0.45;
    context.fillStyle = PALETTE.ink;
    context.fillRect(0, 0, STAGE_WIDTH, STAGE_HEIGHT);
    context.globalAlpha = 1;
  }
}
