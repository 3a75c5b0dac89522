/** Outlines that several parts of the picture share, and numbers that look random but are the same in every drawing. */
import type { DrawingContext } from './context.js';

export function fillEllipse(
  context: DrawingContext,
  x: number,
  y: number,
  rx: number,
  ry: number,
  color: string,
): void {
  context.fillStyle = color;
  context.beginPath();
  context.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
  context.fill();
}

/** Points as x, y, x, y, ... */
export function fillPolygon(context: DrawingContext, points: readonly number[], color: string): void {
  context.fillStyle = color;
  context.beginPath();
  context.moveTo(points[0], points[1]);
  for (let i = 2; i < points.length; i += 2) context.lineTo(points[i], points[i + 1]);
  context.closePath();
  context.fill();
}

/** A rectangle with round corners. */
export function fillRounded(
  context: DrawingContext,
  [x, y, width, height]: readonly [number, number, number, number],
  radius: number,
  color: string,
): void {
  const right = x + width;
  const bottom = y + height;
  context.beginPath();
  context.moveTo(x + radius, y);
  context.lineTo(right - radius, y);
  context.quadraticCurveTo(right, y, right, y + radius);
  context.lineTo(right, bottom - radius);
  context.quadraticCurveTo(right, bottom, right - radius, bottom);
  context.lineTo(x + radius, bottom);
  context.quadraticCurveTo(x, bottom, x, bottom - radius);
  context.lineTo(x, y + radius);
  context.quadraticCurveTo(x, y, x + radius, y);
  context.closePath();
  context.fillStyle = color;
  context.fill();
}

/** A number 0..1 from two integers; the same in every drawing of a state and on every machine. */
export function scatter(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return (hash >>> 0) / 0x1_0000_0000;
}
