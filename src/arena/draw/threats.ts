/** What the boss throws and what the player fires: flat, bright shapes at least 28 px across; own bullets stay dull. */
import { GROUND_Y } from '../fight/rules.js';
import type { Bullet, FightState, Threat } from '../fight/state.js';
import type { DrawingContext } from './context.js';
import { PALETTE } from './palette.js';
import { fillEllipse, fillPolygon, fillRounded } from './shapes.js';

export function drawThreats(context: DrawingContext, state: Readonly<FightState>): void {
  for (const threat of state.threats) {
    if (threat.kind === 'ball') drawBall(context, threat);
    else if (threat.kind === 'tear') drawTear(context, threat);
    else drawShot(context, threat, state.step);
  }
}

/** A juggler's ball: it rolls as far as it travels. */
function drawBall(context: DrawingContext, { x, y, radius }: Readonly<Threat>): void {
  context.globalAlpha = 0.3;
  fillEllipse(context, x, GROUND_Y + 3, radius, 4, PALETTE.ink);
  context.globalAlpha = 1;
  fillEllipse(context, x, y, radius + 2, radius + 2, PALETTE.ink);
  fillEllipse(context, x, y, radius, radius, PALETTE.ball);
  context.save();
  context.translate(x, y);
  context.rotate(x / radius);
  fillEllipse(context, 0, 0, radius, radius * 0.42, PALETTE.ballShade);
  context.restore();
}

function drawTear(context: DrawingContext, { x, y }: Readonly<Threat>): void {
  fillTear(context, x, y, 2, PALETTE.ink);
  fillTear(context, x, y, 0, PALETTE.tear);
  fillEllipse(context, x + 4, y + 9, 6, 7, PALETTE.tearShade);
}

/** 28 px wide, 40 px high, round below. */
function fillTear(context: DrawingContext, x: number, y: number, grow: number, color: string): void {
  context.beginPath();
  context.moveTo(x, y - 22 - grow * 1.5);
  context.quadraticCurveTo(x + 5, y - 10, x + 14 + grow, y + 4);
  context.arc(x, y + 6, 14 + grow, -0.1, Math.PI + 0.1);
  context.quadraticCurveTo(x - 5, y - 10, x, y - 22 - grow * 1.5);
  context.closePath();
  context.fillStyle = color;
  context.fill();
}

/** A spinning star; its trail points back along its flight. */
function drawShot(context: DrawingContext, { x, y, vx, vy, radius, locked }: Readonly<Threat>, step: number): void {
  const speed = Math.sqrt(vx * vx + vy * vy) || 1;
  const bx = -vx / speed;
  const by = -vy / speed;
  context.globalAlpha = 0.3;
  fillPolygon(
    context,
    [x - by * 12, y + bx * 12, x + by * 12, y - bx * 12, x + bx * 44, y + by * 44],
    PALETTE.bosses[2].plain,
  );
  context.globalAlpha = 1;
  fillEllipse(context, x, y, radius + 2, radius + 2, PALETTE.ink);
  fillEllipse(context, x, y, radius, radius, PALETTE.shot);
  context.save();
  context.translate(x, y);
  context.rotate(step * (locked ? 0.3 : 0.12));
  fillPolygon(context, STAR, PALETTE.shotShade);
  context.restore();
}

const STAR = Array.from({ length: 10 }, (_, i) => {
  const radius = i % 2 === 0 ? 13 : 6;
  return [Math.cos((i * Math.PI) / 5) * radius, Math.sin((i * Math.PI) / 5) * radius];
}).flat();

export function drawBullets(context: DrawingContext, bullets: readonly Readonly<Bullet>[]): void {
  for (const { x, y, vx } of bullets) {
    const box = vx === 0 ? ([x - 4, y - 9, 8, 18] as const) : ([x - 9, y - 4, 18, 8] as const);
    fillRounded(context, box, 4, PALETTE.bullet);
  }
}
