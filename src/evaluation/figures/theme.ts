/**
 * How every figure looks: one typeface, one set of fills, values written at their marks. Series differ in lightness
 * and in pattern, never in hue alone, so that figures read in grayscale and by colour-blind people.
 */

/** Almost black: text, axes, outlines. */
export const INK = '#1b1b1b';
/** For the background: grid lines. */
const FAINT = '#dcdcdc';

const SANS = 'Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif';

/** A series' fill: a colour, or a pattern drawn with it. Hues are Okabe and Ito's (Color Universal Design, 2008). */
interface Fill {
  /** What a mark's `fill` is set to. */
  readonly paint: string;
  /** The SVG definition that the paint refers to, if any. */
  readonly definition?: string;
}

/** A tile of 6x6 px with `marks` on `ground`. */
function pattern(id: string, ground: string, marks: string): Fill {
  const tile = `<rect width="6" height="6" fill="${ground}"/>${marks}`;
  return {
    paint: `url(#${id})`,
    definition: `<pattern id="${id}" width="6" height="6" patternUnits="userSpaceOnUse">${tile}</pattern>`,
  };
}

const stroke = (d: string, colour: string, width: number): string =>
  `<path d="${d}" stroke="${colour}" stroke-width="${width}" fill="none"/>`;

/** Fills in the order of the series: dark and plain, light and hatched, middling and dotted, white and ruled. */
export const FILLS: readonly Fill[] = [
  { paint: '#0b4f7a' },
  pattern('hatched', '#f6c667', stroke('M-1.5,1.5l3,-3M0,6l6,-6M4.5,7.5l3,-3', '#7a4a00', 1)),
  pattern('dotted', '#6fbfa5', '<circle cx="3" cy="3" r="1.2" fill="#0c3b2e"/>'),
  pattern('ruled', '#ffffff', stroke('M0,3h6', INK, 1.4)),
];

/** For a missing value: never a colour of the scale. */
export const ABSENT = pattern('absent', '#ffffff', stroke('M-1.5,1.5l3,-3M0,6l6,-6M4.5,7.5l3,-3', '#bdbdbd', 1));
/** For a value with little evidence. */
export const THIN_PAINT = '#ececec';
/** Text of such a value. */
export const THIN_INK = '#6b6b6b';

/**
 * Colours of a value from 0 to 1, light to dark throughout, so that grayscale keeps the order (ColorBrewer's YlGnBu, C.
 * Brewer, 2003: safe for the colour-blind).
 */
export const RAMP = [
  '#ffffd9',
  '#edf8b1',
  '#c7e9b4',
  '#7fcdbb',
  '#41b6c4',
  '#1d91c0',
  '#225ea8',
  '#253494',
  '#081d58',
] as const;
/** Above this value the ramp is so dark that white text reads better (contrast 4.5 on both sides of it). */
export const WHITE_TEXT_ABOVE = 0.62;

/** What the human did: a light ground that models' marks lie on. */
export const HUMAN_PAINT = '#b7dfc3';
/** Marks of models on a timeline, first to third; each also has its own lane. */
export const MODEL_PAINTS = ['#0b4f7a', '#b2182b', '#6a3d9a'] as const;

/** The definitions that the fills refer to, for the head of an SVG. */
export const FILL_DEFINITIONS = [...FILLS, ABSENT].map(({ definition }) => definition ?? '').join('');

/** Vega-Lite's configuration. */
export const THEME = {
  background: 'white',
  padding: 16,
  font: SANS,
  title: { anchor: 'start', fontSize: 16, subtitleFontSize: 12, color: INK, subtitleColor: INK, offset: 14 },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelColor: INK,
    titleColor: INK,
    domainColor: INK,
    tickColor: INK,
    gridColor: FAINT,
    titlePadding: 10,
    labelLimit: 0, // a name is never cut
  },
  header: { labelLimit: 0 },
  legend: {
    labelFontSize: 12,
    labelColor: INK,
    symbolSize: 180,
    symbolStrokeWidth: 1,
    labelLimit: 0,
    title: null,
    orient: 'top',
  },
  bar: { stroke: INK, strokeWidth: 1 },
  text: { color: INK, fontSize: 12 },
  view: { stroke: null },
} as const;
