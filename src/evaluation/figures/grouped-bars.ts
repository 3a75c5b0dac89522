/** Horizontal bars in groups, one bar a series, each with its value written at its end; a zero is written as 0. */
import { fitted, isNarrow, paddingPx } from './figure.js';
import type { FigureSpec } from './render.js';
import { FILLS } from './theme.js';

export interface GroupedBars {
  /** Empty where the page shows it. */
  readonly title: string;
  readonly subtitle: string;
  /** What the bars' length means, with its unit. */
  readonly measure: string;
  /** Names of the series, in their order; at most as many as the theme has fills. */
  readonly series: readonly string[];
  /** One bar each; groups and bars are drawn in the order given. */
  readonly bars: readonly {
    readonly group: string;
    readonly series: string;
    /** >= 0 */
    readonly value: number;
    /** What is written at the bar's end. */
    readonly label: string;
  }[];
  /** Outer width, px. Default: 560 px of bars, and the labels beside them. */
  readonly widthPx?: number;
  /** Values on the axis. */
  readonly ticks?: readonly number[];
}

/** Height of a bar, px. */
const BAR_PX = 18;

/** Room for the label of the longest bar, as a share of it. */
const LABEL_ROOM = 0.28;

/** Room for a label, px, where the width is given. */
const LABEL_PX = 110;

/** Width of a bold letter of a group's name, px, at most on average; and the space beside the name. */
const LETTER_PX = 7.5;
const NAME_PADDING_PX = 18;

/** The figure. */
export function groupedBars({ title, subtitle, measure, series, bars, widthPx, ticks }: GroupedBars): FigureSpec {
  if (series.length > FILLS.length) throw new Error(`${series.length} series, but ${FILLS.length} fills`);
  const groups = [...new Set(bars.map((bar) => bar.group))];
  const longest = Math.max(0, ...bars.map((bar) => bar.value));
  const namesPx = NAME_PADDING_PX + LETTER_PX * Math.max(0, ...groups.map((group) => group.length));
  const plotPx = widthPx === undefined ? 0 : widthPx - namesPx - 2 * paddingPx(widthPx);
  const room = widthPx === undefined ? LABEL_ROOM : LABEL_PX / (plotPx - LABEL_PX);
  const end = longest === 0 ? 1 : longest * (1 + room);
  const narrow = widthPx !== undefined && isNarrow(widthPx);
  const value = {
    field: 'value',
    type: 'quantitative' as const,
    title: measure,
    scale: { domain: [0, end], nice: false },
    // each bar has its value beside it, and grid lines would run through them
    axis: {
      grid: false,
      ...(narrow ? { titleAnchor: 'end' as const } : {}), // the plot may be narrower than its title
      ...(ticks === undefined ? { tickCount: 6 } : { values: [...ticks] }),
    },
  };
  return {
    ...(title === '' ? {} : { title: { text: title, subtitle } }),
    data: { values: bars.map((bar) => ({ ...bar })) },
    ...(widthPx === undefined ? { width: 560 } : fitted(widthPx)),
    // a fitted width takes no height by steps
    height: widthPx === undefined ? { step: BAR_PX } : bars.length * BAR_PX * 1.25,
    encoding: {
      y: {
        field: 'group',
        type: 'nominal',
        sort: groups,
        title: null,
        axis: { ticks: false, domain: false, labelFontWeight: 'bold', labelPadding: 8 },
        scale: { paddingInner: 0.3, paddingOuter: 0.15 },
      },
      yOffset: { field: 'series', type: 'nominal', sort: [...series], scale: { paddingInner: 0.12 } },
    },
    layer: [
      {
        mark: { type: 'bar' },
        encoding: {
          x: value,
          fill: {
            field: 'series',
            type: 'nominal',
            sort: [...series],
            scale: { domain: [...series], range: FILLS.slice(0, series.length).map((fill) => fill.paint) },
            ...(narrow ? { legend: { columns: 1 } } : {}),
          },
        },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 5 },
        encoding: { x: value, text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
}
