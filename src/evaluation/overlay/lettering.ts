/** Lines of text that change from picture to picture: each character is drawn once, and lines are copied from these. */
import { drawSvg } from '../../vision/image-file.js';
import { COLOURS, bgrOf, type Hex } from './palette.js';
import type { Box } from './pixels.js';
import { copyPart, fillPart, fromBgra, type PlanarImage } from './planar.js';
import { MONOSPACE_ADVANCE, svgDocument, svgText } from './svg.js';

/** All that clocks, frame numbers, fights and outcomes are written with. */
const CHARACTERS = [...new Set('0123456789.: frame fight no fights late starved gated missed')].join('');

export class Lettering {
  /** px of one character, even. */
  readonly width: number;
  /** px, even */
  readonly height: number;
  readonly #sheet: PlanarImage;

  private constructor(sheet: PlanarImage, width: number, height: number) {
    this.#sheet = sheet;
    this.width = width;
    this.height = height;
  }

  /** @param font px @param height of a line, px, even @throws UnderstudyError `package-missing` */
  static async open(font: number, height: number, fill: Hex): Promise<Lettering> {
    const width = 2 * Math.ceil((font * MONOSPACE_ADVANCE) / 2);
    const baseline = Math.round(height / 2 + font * 0.36);
    const drawn = [...CHARACTERS].map((character, place) =>
      svgText(character, (place + 0.5) * width, baseline, { size: font, fill, anchor: 'middle' }),
    );
    const svg = svgDocument(CHARACTERS.length * width, height, COLOURS.ground, drawn.join(''));
    return new Lettering(fromBgra(await drawSvg(svg)), width, height);
  }

  /** Writes a line into a box of this height, and clears the rest of the box. */
  write(into: PlanarImage, text: string, box: Box): void {
    const room = Math.floor(box.width / this.width);
    const shown = [...text].slice(0, room);
    shown.forEach((character, place) => {
      const column = CHARACTERS.indexOf(character);
      if (column < 0) throw new Error(`no picture of '${character}'`);
      const part = { left: column * this.width, top: 0, width: this.width, height: this.height };
      copyPart(into, this.#sheet, part, box.left + place * this.width, box.top);
    });
    const written = shown.length * this.width;
    const rest = { ...box, left: box.left + written, width: box.width - written, height: this.height };
    fillPart(into, rest, bgrOf(COLOURS.ground));
  }
}
