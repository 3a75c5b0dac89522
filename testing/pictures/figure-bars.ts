/** Reads the bars of a figure back out of its SVG: what is drawn, not what the specification asked for. */

/** One bar. */
export interface DrawnBar {
  readonly group: string;
  readonly series: string;
  /** Its length as a share of the longest bar's, 0..1. */
  readonly share: number;
  /** What is written at its end. */
  readonly label: string;
  readonly fill: string;
}

/** The bars of a grouped bar chart, in the order drawn. Throws when a bar has no text at its end. */
export function barsOf(svg: string): DrawnBar[] {
  const bars = [...svg.matchAll(/<path [^>]*aria-roledescription="bar"[^>]*>/g)].map(([mark]) => ({
    ...named(mark),
    length: Number(/ d="M0,[\d.e-]+h([\d.e-]+)v/.exec(mark)![1]),
    middle: middleOf(mark),
    fill: / fill="([^"]*)"/.exec(mark)![1],
  }));
  const texts = [...svg.matchAll(/<text [^>]*aria-roledescription="text mark"[^>]*>([^<]*)<\/text>/g)].map(
    ([mark, text]) => ({ ...named(mark), ...placeOf(mark), text }),
  );
  const longest = Math.max(...bars.map((bar) => bar.length));
  return bars.map(({ group, series, length, middle, fill }) => {
    const text = texts.find((one) => one.group === group && one.series === series);
    if (text === undefined) throw new Error(`no text at the bar of ${group}, ${series}`);
    if (Math.abs(text.y - middle) > 6 || text.x < length || text.x > length + 8) {
      throw new Error(
        `the text of ${group}, ${series} is at ${text.x}, ${text.y}, its bar ends at ${length}, ${middle}`,
      );
    }
    return { group, series, share: length / longest, label: text.text, fill };
  });
}

function named(mark: string): { group: string; series: string } {
  const label = /aria-label="([^"]*)"/.exec(mark)![1];
  const field = (name: string): string => new RegExp(`(?:^|; )${name}: ([^;]*)`).exec(label)![1];
  return { group: field('group'), series: field('series') };
}

function middleOf(bar: string): number {
  const [, top, height] = / d="M0,([\d.e-]+)h[\d.e-]+v([\d.e-]+)h/.exec(bar)!;
  return Number(top) + Number(height) / 2;
}

function placeOf(text: string): { x: number; y: number } {
  const [, x, y] = /transform="translate\(([\d.e-]+),([\d.e-]+)\)"/.exec(text)!;
  return { x: Number(x), y: Number(y) };
}
