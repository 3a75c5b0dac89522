/** What the cues and meters of a game say over time: the correlation of each cue with its level, fights as bands behind. */
import { fitted, type Figure } from './figure.js';
import { HUMAN_PAINT, INK, MODEL_PAINTS } from './theme.js';

/** What is drawn. */
export interface DrawnCheck {
  readonly game: string;
  readonly samples: readonly {
    readonly atSeconds: number;
    readonly scores: Readonly<Partial<Record<string, number>>>;
    readonly meters: Readonly<Record<string, number | null>>;
  }[];
  readonly fights: readonly { readonly fromSeconds: number; readonly toSeconds: number; readonly outcome: string }[];
  /** By cue, the correlation from which on it counts. */
  readonly levels: Readonly<Record<string, number>>;
}

type Sample = DrawnCheck['samples'][number];

interface Point {
  readonly at: number;
  readonly value: number;
}

interface Panel {
  readonly title: string;
  readonly points: readonly Point[];
  /** Lines across. */
  readonly levels: readonly number[];
  readonly domain?: [number, number];
  readonly paint: string;
}

/** px, the height of a panel and the space that its axis takes. */
const PANEL_PX = 110;
const AXIS_PX = 90;

export function gameCheckFigure(check: DrawnCheck): Figure {
  const { game, samples, levels } = check;
  const read = (value: (sample: Sample) => number | null | undefined): Point[] =>
    samples.flatMap((sample) => {
      const found = value(sample);
      return found === null || found === undefined ? [] : [{ at: sample.atSeconds, value: found }];
    });
  const cues = Object.entries(levels).map(([name, level], place): Panel => {
    const paint = MODEL_PAINTS[place % MODEL_PAINTS.length];
    return { title: name, points: read(({ scores }) => scores[name]), levels: [level], domain: [-0.2, 1], paint };
  });
  const meters = Object.keys(samples[0]?.meters ?? {}).map((name): Panel => {
    return { title: name, points: read((sample) => sample.meters[name]), levels: [], paint: INK };
  });
  return {
    id: 'game-check',
    title: `What the cues and meters of ${game} say`,
    reading:
      'Each point is a picture; a cue counts as seen above its dashed line. Green bands are the fights that follow, with how they ended.',
    draw: (widthPx) => ({
      padding: fitted(widthPx).padding,
      vconcat: [...cues, ...meters].map((panel) => panelSpec(panel, check, widthPx - AXIS_PX)),
    }),
  };
}

function panelSpec({ title, points, levels, domain, paint }: Panel, { fights, samples }: DrawnCheck, width: number) {
  const end = Math.max(samples.at(-1)?.atSeconds ?? 0, 0.1);
  const time = { type: 'quantitative' as const, title: 'time (s)', scale: { domain: [0, end], nice: false } };
  const value = { type: 'quantitative' as const, title, scale: domain === undefined ? {} : { domain } };
  const bands = fights.map(({ fromSeconds, toSeconds, outcome }) => ({ from: fromSeconds, to: toSeconds, outcome }));
  return {
    width,
    height: PANEL_PX,
    layer: [
      {
        data: { values: bands },
        mark: { type: 'rect' as const, color: HUMAN_PAINT, opacity: 0.6 },
        encoding: { x: { field: 'from', ...time }, x2: { field: 'to' } },
      },
      {
        data: { values: levels.length > 0 ? bands : [] }, // not over the marks of meters
        mark: { type: 'text' as const, align: 'left' as const, baseline: 'top' as const, dx: 3, dy: 3, fontSize: 10 },
        encoding: { x: { field: 'from', ...time }, y: { value: 0 }, text: { field: 'outcome' } },
      },
      {
        data: { values: points.map((point) => ({ ...point })) },
        mark: { type: 'point' as const, filled: true, size: 9, color: paint },
        encoding: { x: { field: 'at', ...time }, y: { field: 'value', ...value } },
      },
      {
        data: { values: levels.map((level) => ({ level })) },
        mark: { type: 'rule' as const, stroke: INK, strokeDash: [6, 4] },
        encoding: { y: { field: 'level', ...value } },
      },
    ],
  };
}
