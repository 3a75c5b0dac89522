/**
 * A picture as text: each character cell shows two pixels, one above the other, as the foreground and the background
 * of an upper half block.
 */

import type { BgraImage } from '../vision/image-file.js';

const RESET = '\x1b[0m';

/**
 * The picture scaled to `columns` wide, its proportions kept, averaged over each cell's area.
 *
 * @param depth bits of colour: 24 for true colour, anything else uses the 256-colour cube
 * @returns one string a line of text, each ending with colours reset
 */
export function halfBlocks(picture: BgraImage, columns: number, depth: number): string[] {
  const rows = Math.max(1, Math.round((columns * picture.height) / picture.width / 2));
  const colourCode = depth >= 24 ? trueColour : cubeColour;
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    let line = '';
    let lastStyle = '';
    for (let column = 0; column < columns; column += 1) {
      const upper = areaMean(picture, column, row * 2, columns, rows * 2);
      const lower = areaMean(picture, column, row * 2 + 1, columns, rows * 2);
      const style = `\x1b[38;${colourCode(upper)};48;${colourCode(lower)}m`;
      line += style === lastStyle ? '▀' : `${style}▀`;
      lastStyle = style;
    }
    lines.push(line + RESET);
  }
  return lines;
}

/** Mean colour of a cell as 0xRRGGBB. Every second pixel is enough for the eye and costs a quarter. */
function areaMean(picture: BgraImage, column: number, row: number, columns: number, rows: number): number {
  const left = Math.floor((column * picture.width) / columns);
  const right = Math.max(left + 1, Math.floor(((column + 1) * picture.width) / columns));
  const top = Math.floor((row * picture.height) / rows);
  const bottom = Math.max(top + 1, Math.floor(((row + 1) * picture.height) / rows));
  let [blue, green, red, count] = [0, 0, 0, 0];
  for (let y = top; y < bottom; y += 2) {
    for (let x = left; x < right; x += 2) {
      const at = (y * picture.width + x) * 4;
      blue += picture.pixels[at] ?? 0;
      green += picture.pixels[at + 1] ?? 0;
      red += picture.pixels[at + 2] ?? 0;
      count += 1;
    }
  }
  return (Math.round(red / count) << 16) | (Math.round(green / count) << 8) | Math.round(blue / count);
}

function trueColour(colour: number): string {
  return `2;${colour >> 16};${(colour >> 8) & 255};${colour & 255}`;
}

/** xterm's 6x6x6 cube, entries 16..231, levels 0, 95, 135, 175, 215, 255. */
function cubeColour(colour: number): string {
  const level = (value: number): number =>
    value < 48 ? 0 : value < 115 ? 1 : Math.min(5, Math.round((value - 55) / 40));
  return `5;${16 + 36 * level(colour >> 16) + 6 * level((colour >> 8) & 255) + level(colour & 255)}`;
}
