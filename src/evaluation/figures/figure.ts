/**
 * A figure as a report needs it: with a title, a sentence on how to read it, and a drawing for any width. Draws each for
 * a wide and for a narrow screen; writes files. Must not depend on any particular figure.
 */
import { join } from 'node:path';
import { messageOf } from '../../core/errors.js';
import { renderSvg, writeFigure, type FigureSpec } from './render.js';

/** A drawing with its title and how to read it. */
export interface Figure {
  /** File name and anchor: letters, digits and dashes. */
  readonly id: string;
  readonly title: string;
  /** One sentence. */
  readonly reading: string;
  /** The drawing, without title, at most `widthPx` wide. */
  readonly draw: (widthPx: number) => FigureSpec;
}

/** px; the text column of a report. */
export const WIDE_PX = 880;
/** px; fits a screen of 390 without shrinking, so that its text stays readable. */
export const NARROW_PX = 344;
/** Below this width drawings stack their parts. */
const NARROW_BELOW_PX = 500;

export const isNarrow = (widthPx: number): boolean => widthPx < NARROW_BELOW_PX;

/** Space around a drawing, px. */
export const paddingPx = (widthPx: number): number => (isNarrow(widthPx) ? 4 : 16);

/** A drawing of one view whose outer width is `widthPx`, axes and all. */
export function fitted(widthPx: number) {
  const autosize = { type: 'fit-x', contains: 'padding' } as const;
  return { width: widthPx, padding: paddingPx(widthPx), autosize };
}

/** A figure drawn for a page: for wide screens and paper, and the same for narrow screens. */
export interface DrawnFigure extends Omit<Figure, 'draw'> {
  /** SVG documents; `narrow` at most {@link NARROW_PX} wide. */
  readonly wide: string;
  readonly narrow: string;
}

/** @throws UnderstudyError `package-missing` */
export async function drawFigure({ id, title, reading, draw }: Figure): Promise<DrawnFigure> {
  return { id, title, reading, wide: await renderSvg(draw(WIDE_PX)), narrow: await renderSvg(draw(NARROW_PX)) };
}

/**
 * Writes `<folder>/<id>.svg` and `.png`, with the title.
 *
 * @returns both paths
 * @throws UnderstudyError `write-failed`, `package-missing`
 */
export function writeFigureFiles(folder: string, { id, title, draw }: Figure): Promise<readonly string[]> {
  return writeFigure(join(folder, id), { ...draw(WIDE_PX), title });
}

/**
 * The same beside a result that is written already, which no failure to draw may cost: it is said as a warning.
 *
 * @param figure makes what is drawn
 * @param what of the warning: 'no training curves'
 */
export async function writeFigureOrWarn(
  folder: string,
  figure: () => Figure | Promise<Figure>,
  what: string,
  say: (text: string) => void,
): Promise<void> {
  try {
    await writeFigureFiles(folder, await figure());
  } catch (error) {
    say(`warning: ${what}: ${messageOf(error)}`);
  }
}
