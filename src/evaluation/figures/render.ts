/**
 * Turns a Vega-Lite specification into an SVG and a PNG of it. The only file that imports Vega and Vega-Lite, and
 * lazily; draws no figure by itself and reads no data but the specification's.
 */
import type { TopLevelSpec } from 'vega-lite';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { reinstallAdvice } from '../../core/installation.js';
import { writeWholeFile } from '../../core/whole-file.js';
import { drawSvg, writeImage } from '../../vision/image-file.js';
import { FILL_DEFINITIONS, THEME } from './theme.js';

/** A figure as data. Its config is the theme, so it sets none. */
export type FigureSpec = TopLevelSpec;

/** Pixels of the PNG a unit of the SVG: sharp on a dense screen and in print. */
const PNG_SCALE = 2;

/** The figure as SVG, in the theme. @throws UnderstudyError `package-missing` */
export async function renderSvg(figure: FigureSpec): Promise<string> {
  const { vega, vegaLite } = await loadVega();
  // the theme is readonly, and Vega-Lite's own type is not
  const { spec } = vegaLite.compile(figure, { config: structuredClone(THEME) });
  const view = new vega.View(vega.parse(spec), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    return svg.replace(/^<svg[^>]*>/, (head) => `${head}<defs>${FILL_DEFINITIONS}</defs>`);
  } finally {
    view.finalize();
  }
}

/**
 * Writes `<base>.svg` and `<base>.png`, making the folder.
 *
 * @returns both paths
 * @throws UnderstudyError `write-failed`, `package-missing`
 */
export async function writeFigure(base: string, figure: FigureSpec): Promise<readonly string[]> {
  const svg = await renderSvg(figure);
  const paths = [`${base}.svg`, `${base}.png`] as const;
  writeWholeFile(paths[0], `${svg}\n`, 'Name another folder, or free some space.');
  await writeImage(paths[1], await drawSvg(svg, PNG_SCALE));
  return paths;
}

async function loadVega() {
  try {
    return { vega: await import('vega'), vegaLite: await import('vega-lite') };
  } catch (error) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `Figures need the packages vega and vega-lite, which do not load here: ${messageOf(error)}.`,
      next: reinstallAdvice(),
      cause: error,
    });
  }
}
