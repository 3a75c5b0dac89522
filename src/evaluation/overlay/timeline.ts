/**
 * The timeline below the picture, drawn once for the whole video: a row per action, what was pressed above, each model
 * below, an outline where they differ. Where many frames share a pixel it is as bright as the share of them that hold.
 */
import { drawSvg, type BgraImage } from '../../vision/image-file.js';
import { MARK_HEIGHT, type OverlayLayout } from './layout.js';
import { bgrOf, COLOURS, columnColour, mixed, type Hex } from './palette.js';
import { fillBox } from './pixels.js';
import { fromBgra, type PlanarImage } from './planar.js';
import { svgBox, svgDocument, svgText } from './svg.js';
import { cellState, type OverlayScript } from './tracks.js';

/** Brightness of a pixel where few frames hold, so that a single frame among many stays visible. */
const LEAST_SHARE = 0.35;
/** Narrower frames have an outline of two lines, without ends, which would hide what is inside. px */
const LEAST_FRAME_WIDTH = 4;

/** The timeline without playhead. @throws UnderstudyError `package-missing` */
export async function drawTimeline(layout: OverlayLayout, script: OverlayScript): Promise<PlanarImage> {
  const image = await drawSvg(timelineSvg(layout, script));
  const spans = spansOf(layout, script.frames);
  for (let column = 0; column < layout.columns; column += 1) {
    for (let action = 0; action < script.actions.count; action += 1)
      drawBand(image, layout, script, spans, column, action);
  }
  drawOutcomes(image, layout, script, spans);
  return fromBgra(image);
}

/** For each pixel of the strip the frames that it shows: the first, and the one after the last. */
type Spans = readonly (readonly [first: number, end: number])[];

function spansOf({ stripWidth }: OverlayLayout, frames: number): Spans {
  return Array.from({ length: stripWidth }, (_, x) => {
    const first = Math.min(frames - 1, Math.floor((x * frames) / stripWidth));
    return [first, Math.max(first + 1, Math.floor(((x + 1) * frames) / stripWidth))];
  });
}

function drawBand(
  image: BgraImage,
  layout: OverlayLayout,
  script: OverlayScript,
  spans: Spans,
  column: number,
  action: number,
): void {
  const { pressed, models } = script;
  const track = column === 0 ? pressed : models[column - 1];
  const { top, height, left } = layout.band(column, action);
  const hasEnds = layout.stripWidth >= LEAST_FRAME_WIDTH * script.frames;
  let differed = 0;
  spans.forEach(([first, end], x) => {
    const counts = { on: 0, differs: 0, none: 0 };
    for (let frame = first; frame < end; frame += 1) {
      const state = cellState(track, column === 0 ? null : pressed, frame, action);
      if (state === 'none') counts.none += 1;
      if (state.startsWith('on')) counts.on += 1;
      if (state.endsWith('differs')) counts.differs += 1;
    }
    const share = (count: number): number => (count === 0 ? 0 : Math.max(LEAST_SHARE, count / (end - first)));
    const ground = script.fights[first] < 0 ? COLOURS.ground : COLOURS.inFight;
    const paint = (colour: Hex, amount: number, from: number, rows: number): void => {
      if (amount > 0)
        fillBox(image, { left: left + x, top: from, width: 1, height: rows }, mixed(colour, ground, amount));
    };
    if (counts.none === end - first) paint(COLOURS.dark, 1, top + height / 2 - 1, 1);
    paint(columnColour(column), share(counts.on), top, height);
    const differs = share(counts.differs);
    paint(COLOURS.outline, differs, top, 1);
    paint(COLOURS.outline, differs, top + height - 1, 1);
    if (hasEnds && differs !== differed) paint(COLOURS.outline, Math.max(differs, differed), top, height);
    differed = differs;
  });
}

/** Late and missed ticks have a bright mark; gated and starved ones, at which nothing was decided, a dim one below. */
function drawOutcomes(image: BgraImage, layout: OverlayLayout, { outcomes }: OverlayScript, spans: Spans): void {
  if (outcomes === null) return;
  spans.forEach(([first, end], x) => {
    const here = new Set(outcomes.slice(first, end));
    const left = layout.stripLeft + x;
    if (here.has('gated') || here.has('starved')) {
      fillBox(image, { left, top: layout.headHeight - 4, width: 1, height: 3 }, bgrOf(COLOURS.dim));
    }
    if (!here.has('late') && !here.has('missed')) return;
    const width = Math.max(2, Math.round(layout.font / 8));
    const box = { left, top: layout.headHeight - 3 - MARK_HEIGHT, width, height: MARK_HEIGHT };
    fillBox(image, box, bgrOf(COLOURS.warning));
  });
}

/** Grounds of the fights, their names, the actions' names, and the colours of the bands beside each. */
function timelineSvg(layout: OverlayLayout, script: OverlayScript): string {
  const { width, height } = layout.timeline;
  const fights = fightSpans(script.fights).map((span) => fightSvg(layout, script, span));
  const rows = script.actions.names.map((name, action) => {
    const line = { left: 0, top: layout.rowTop(action), width, height: 1 };
    const middle = layout.rowTop(action) + layout.rowHeight / 2 + layout.font * 0.36;
    const keys = Array.from({ length: layout.columns }, (_, column) => {
      const band = layout.band(column, action);
      const key = { left: layout.stripLeft - layout.margin, top: band.top, width: 4, height: band.height };
      return svgBox(key, `fill="${columnColour(column)}"`);
    });
    const style = { size: layout.font, fill: COLOURS.text, anchor: 'end' as const };
    const label = svgText(name, layout.stripLeft - layout.margin - layout.font * 0.5, middle, style);
    return svgBox(line, `fill="${COLOURS.line}"`) + label + keys.join('');
  });
  return svgDocument(width, height, COLOURS.ground, fights.join('') + rows.join(''));
}

interface FightSpan {
  readonly fight: number;
  readonly first: number;
  readonly end: number;
}

function fightSpans(fights: Int32Array): FightSpan[] {
  const spans: FightSpan[] = [];
  for (let frame = 0; frame < fights.length;) {
    let end = frame + 1;
    while (end < fights.length && fights[end] === fights[frame]) end += 1;
    if (fights[frame] >= 0) spans.push({ fight: fights[frame], first: frame, end });
    frame = end;
  }
  return spans;
}

function fightSvg(layout: OverlayLayout, { frames, actions }: OverlayScript, { fight, first, end }: FightSpan): string {
  const left = layout.frameLeft(first, frames);
  const width = layout.frameLeft(end, frames) - left;
  const height = layout.rowTop(actions.count) - layout.headHeight;
  const ground = svgBox({ left, top: layout.headHeight, width, height }, `fill="${COLOURS.inFight}"`);
  const bracket = svgBox({ left, top: layout.headHeight - 2, width, height: 2 }, `fill="${COLOURS.dim}"`);
  const size = Math.max(9, layout.font * 0.75);
  const name = [`fight ${fight + 1}`, `${fight + 1}`].find((text) => text.length * size * 0.62 < width - 4) ?? '';
  const text = svgText(name, left + 2, layout.headHeight - MARK_HEIGHT - 5, { size, fill: COLOURS.dim });
  return ground + bracket + text;
}
