/** Small pieces of SVG for the parts of an overlay that stay the same. On a machine without a font the text is missing. */
import type { Box } from './pixels.js';

const MONOSPACE = 'DejaVu Sans Mono, Liberation Mono, Menlo, Consolas, monospace';
/** Advance of a character of a monospaced font, in heights. */
export const MONOSPACE_ADVANCE = 0.602;

export interface TextStyle {
  readonly size: number;
  readonly fill: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
}

/** @param y the baseline */
export function svgText(text: string, x: number, y: number, { size, fill, anchor, bold }: TextStyle): string {
  const escaped = text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return (
    `<text x="${x}" y="${y}" font-family="${MONOSPACE}" font-size="${size}" fill="${fill}" ` +
    `text-anchor="${anchor ?? 'start'}"${bold ? ' font-weight="bold"' : ''}>${escaped}</text>`
  );
}

export function svgBox({ left, top, width, height }: Box, attributes: string): string {
  return `<rect x="${left}" y="${top}" width="${width}" height="${height}" ${attributes}/>`;
}

export function svgDocument(width: number, height: number, ground: string, content: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<rect width="${width}" height="${height}" fill="${ground}"/>${content}</svg>`
  );
}
