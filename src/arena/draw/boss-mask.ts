/**
 * The boss, a mask in three plays: comedy squats on the boards and juggles, tragedy stands and weeps, the star floats
 * above. What opens announces an attack: comedy's mouth, tragedy's eyes, both of the star's.
 */
import { BOSS_BODY, LEVELS, stepsOf } from '../fight/rules.js';
import type { BossState, FightState, Phase } from '../fight/state.js';
import type { DrawingContext } from './context.js';
import { PALETTE, type BossColors } from './palette.js';
import { fillEllipse, fillPolygon, fillRounded, scatter } from './shapes.js';

interface Mask {
  readonly boss: Readonly<BossState>;
  readonly colors: BossColors;
  /** The face's colour now. */
  readonly face: string;
  readonly shade: string;
  /** 0 closed .. 1 wide open: the attack comes. */
  readonly open: number;
  readonly step: number;
}

export function drawBoss(context: DrawingContext, state: Readonly<FightState>): void {
  const { boss, phase, stage, step } = state;
  if (state.outcome === 'won') {
    drawBroken(context, state);
    return;
  }
  const colors = PALETTE.bosses[phase - 1];
  const dim = stage === 'ready' || stage === 'change';
  const hit = boss.flashSteps > 0 && !dim;
  const face = dim ? colors.dim : hit ? colors.hit : colors.plain;
  const mask: Mask = { boss, colors, face, shade: dim || hit ? face : colors.shade, open: openness(state), step };
  const sway = stage === 'over' ? 0 : Math.sin(step * (dim ? 0.03 : 0.07)) * (phase === 3 ? 3 : 1.5);
  context.save();
  context.translate(boss.x + (hit ? 1.5 : 0), boss.y + sway);
  DRAWINGS[phase - 1](context, mask);
  drawCracks(context, boss, phase);
  context.restore();
}

/** Opens while the attack is announced and closes soon after the attack has begun. */
function openness({ boss, level }: Readonly<FightState>): number {
  if (boss.tellSteps === 0) return 0;
  const tell = stepsOf(LEVELS[level].tellS);
  return Math.min(1, (tell - boss.tellSteps + 4) / 10);
}

const DRAWINGS = [drawComedy, drawTragedy, drawStar] as const;

/** A round jester's face with a cap of two horns. */
function drawComedy(context: DrawingContext, { boss, face, shade, open }: Mask): void {
  const w = boss.width / 2;
  const h = boss.height / 2;
  fillPolygon(context, [-w + 4, -h + 26, -w - 12, -h - 14, -12, -h + 4], face);
  fillPolygon(context, [w - 4, -h + 26, w + 12, -h - 14, 12, -h + 4], face);
  fillEllipse(context, -w - 12, -h - 14, 7, 7, PALETTE.spark);
  fillEllipse(context, w + 12, -h - 14, 7, 7, PALETTE.spark);
  fillRounded(context, [-w, -h, boss.width, boss.height], 44, face);
  fillRounded(context, [w - 34, -h + 14, 30, boss.height - 28], 15, shade);
  for (const x of [-38, 12]) {
    context.strokeStyle = PALETTE.hollow;
    context.lineWidth = 7;
    context.beginPath();
    context.arc(x, -10 + 2 * open, 13, Math.PI + 0.3, 2 * Math.PI - 0.3);
    context.stroke();
  }
  const mouth = 8 + 26 * open;
  context.fillStyle = PALETTE.hollow;
  context.beginPath();
  context.moveTo(-50, 8);
  context.quadraticCurveTo(-14, 18 - 6 * open, 24, 8);
  context.quadraticCurveTo(14, 14 + mouth, -14, 14 + mouth);
  context.quadraticCurveTo(-42, 14 + mouth, -50, 8);
  context.closePath();
  context.fill();
  if (open > 0.4) fillEllipse(context, -14, 24, 15 * open, 9 * open, PALETTE.spark);
}

/** A long face that weeps. */
function drawTragedy(context: DrawingContext, { boss, face, shade, open, step }: Mask): void {
  const w = boss.width / 2;
  const h = boss.height / 2;
  context.fillStyle = face;
  context.beginPath();
  context.moveTo(-w, -h + 30);
  context.quadraticCurveTo(-w, -h, -w + 34, -h);
  context.lineTo(w - 34, -h);
  context.quadraticCurveTo(w, -h, w, -h + 30);
  context.quadraticCurveTo(w, h - 20, 20, h);
  context.lineTo(-20, h);
  context.quadraticCurveTo(-w, h - 20, -w, -h + 30);
  context.closePath();
  context.fill();
  fillPolygon(context, [w - 6, -h + 30, w - 30, -h + 30, w - 34, h - 46, w - 16, h - 60], shade);
  for (const side of [-1, 1]) {
    const x = side * 27 - 6;
    fillPolygon(
      context,
      [x - side * 20, -52, x + side * 20, -36, x + side * 20, -30, x - side * 20, -44],
      PALETTE.hollow,
    );
    fillEllipse(context, x, -20, 16, 5 + 14 * open, PALETTE.hollow);
    if (open > 0.3) fillEllipse(context, x, -20 + 3 * open, 9 * open, 9 * open, PALETTE.bosses[1].hit);
    const run = (step * 0.7 + side * 20 + 40) % 40;
    fillRounded(context, [x - 4, 2 + run * 0.4, 8, 18], 4, shade);
  }
  context.strokeStyle = PALETTE.hollow;
  context.lineWidth = 9;
  context.beginPath();
  context.arc(-6, 66, 26, Math.PI + 0.45, 2 * Math.PI - 0.45);
  context.stroke();
}

/** The star of the play: a half mask with rays and two floating gloves. */
function drawStar(context: DrawingContext, { boss, colors, face, shade, open, step }: Mask): void {
  const w = boss.width / 2;
  const h = boss.height / 2;
  const turn = step * 0.004;
  for (let i = 0; i < 14; i += 1) {
    const angle = turn + (i * Math.PI) / 7;
    const x = Math.cos(angle);
    const y = Math.sin(angle);
    const reach = i % 2 === 0 ? 1.42 : 1.24;
    const rim = [x * w * 0.86 - y * 13, y * h * 0.86 + x * 11, x * w * 0.86 + y * 13, y * h * 0.86 - x * 11];
    fillPolygon(context, [...rim, x * w * reach, y * h * reach], i % 2 === 0 ? face : shade);
  }
  fillEllipse(context, 0, 0, w - 4, h - 1, face);
  fillPolygon(context, [-46, -26, 46, -26, 56, -12, 46, 6, 12, 2, 0, -4, -12, 2, -46, 6, -56, -12], shade);
  for (const side of [-1, 1]) {
    fillEllipse(context, side * 28, -8, 17, 6 + 10 * open, PALETTE.hollow);
    if (open > 0.3) fillEllipse(context, side * 28, -8, 8 * open, 8 * open, colors.hit);
    const glove = Math.sin(step * 0.08 + side) * 5 - 14 * open;
    fillEllipse(context, side * (w + 30), 22 + glove, 14, 16, face);
  }
  fillEllipse(context, 0, 24, 13 + 8 * open, 4 + 11 * open, PALETTE.hollow);
}

/** Cracks spread as the hits left run out; each phase has its own places for them. */
function drawCracks(context: DrawingContext, boss: Readonly<BossState>, phase: Phase): void {
  const lost = 1 - boss.hitsLeft / BOSS_BODY[phase - 1].hits;
  const cracks = Math.floor(lost * 5);
  context.strokeStyle = PALETTE.hollow;
  context.lineWidth = 2;
  context.beginPath();
  for (let i = 0; i < cracks; i += 1) {
    let x = (scatter(i, phase) - 0.5) * boss.width * 0.7;
    let y = -boss.height / 2 + 8;
    context.moveTo(x, y);
    for (let j = 1; j <= 3; j += 1) {
      x += (scatter(i * 7 + j, phase) - 0.5) * 24;
      y += 9 + scatter(i * 11 + j, phase) * 9;
      context.lineTo(x, y);
    }
  }
  context.stroke();
}

/** Beaten: the mask in two halves. */
function drawBroken(context: DrawingContext, { boss }: Readonly<FightState>): void {
  for (const side of [-1, 1]) {
    context.save();
    context.translate(boss.x + side * 34, boss.y + 26);
    context.rotate(side * 0.45);
    const { dim } = PALETTE.bosses[2];
    fillPolygon(
      context,
      [0, -44, side * 52, -40, side * 62, 0, side * 44, 42, 0, 48, side * 12, 24, 0, 8, side * 14, -14],
      dim,
    );
    fillEllipse(context, side * 34, -8, 14, 6, PALETTE.hollow);
    context.restore();
  }
}
