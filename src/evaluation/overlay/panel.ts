/**
 * The columns beside the picture: a lamp and a name for each action, and for models the probability as a bar. The panel
 * is drawn once in each state that a cell can be in; a frame copies the cells that changed.
 */
import { drawSvg } from '../../vision/image-file.js';
import type { OverlayLayout } from './layout.js';
import { bgrOf, COLOURS, columnColour } from './palette.js';
import type { Box } from './pixels.js';
import { copyPart, fillPart, fromBgra, type PlanarImage } from './planar.js';
import { MONOSPACE_ADVANCE, svgBox, svgDocument, svgText } from './svg.js';
import { cellState, type CellState, type OverlayScript, type Track } from './tracks.js';

const STATES: readonly CellState[] = ['none', 'off', 'on', 'off-differs', 'on-differs'];
/** Smaller lettering than this cannot be read in a video. px */
const LEAST_SIZE = 9;

export class Panel {
  readonly #layout: OverlayLayout;
  readonly #script: OverlayScript;
  readonly #sheets: ReadonlyMap<CellState, PlanarImage>;
  readonly #shown = new Map<string, CellState>();

  private constructor(layout: OverlayLayout, script: OverlayScript, sheets: Map<CellState, PlanarImage>) {
    this.#layout = layout;
    this.#script = script;
    this.#sheets = sheets;
  }

  /** @throws UnderstudyError `package-missing` */
  static async open(layout: OverlayLayout, script: OverlayScript): Promise<Panel> {
    const sheets = new Map<CellState, PlanarImage>();
    for (const state of STATES) sheets.set(state, fromBgra(await drawSvg(panelSvg(layout, script, state))));
    return new Panel(layout, script, sheets);
  }

  /** Draws what never changes, and all columns in the state before their first prediction. */
  begin(into: PlanarImage): void {
    const { width, height } = this.#layout.panel;
    copyPart(into, this.#sheet('none'), { left: 0, top: 0, width, height }, this.#layout.panel.left, 0);
  }

  /** Draws what changed since the last call. */
  draw(into: PlanarImage, frame: number): void {
    const { actions, pressed, models } = this.#script;
    [pressed, ...models].forEach((track, column) => {
      this.#update(into, `status ${column}`, this.#layout.status(column), track.answered[frame] === 1 ? 'off' : 'none');
      for (let action = 0; action < actions.count; action += 1) {
        const state = cellState(track, column === 0 ? null : pressed, frame, action);
        this.#update(into, `${column} ${action}`, this.#layout.cell(column, action), state);
        if (track.probabilities !== null && state !== 'none') this.#bar(into, column, action, track, frame);
      }
    });
  }

  #update(into: PlanarImage, name: string, box: Box, state: CellState): void {
    if (this.#shown.get(name) === state) return;
    this.#shown.set(name, state);
    const { left, top } = this.#layout.panel;
    const part = { ...box, left: box.left - left, top: box.top - top };
    copyPart(into, this.#sheet(state), part, box.left, box.top);
  }

  #bar(into: PlanarImage, column: number, action: number, { probabilities }: Track, frame: number): void {
    const box = this.#layout.bar(column, action);
    const full = 2 * Math.round((box.width * probabilities!.at(frame, action)) / 2);
    fillPart(into, { ...box, width: full }, bgrOf(columnColour(column)));
    fillPart(into, { ...box, left: box.left + full, width: box.width - full }, bgrOf(COLOURS.line));
  }

  #sheet(state: CellState): PlanarImage {
    return this.#sheets.get(state)!;
  }
}

/** The whole panel with every cell in one state. */
function panelSvg(layout: OverlayLayout, { actions, pressed, models }: OverlayScript, state: CellState): string {
  const { panel } = layout;
  const columns = [pressed, ...models].map(({ name, probabilities }, column) => {
    const status = state === 'none' ? statusSvg(layout, column) : '';
    const cells = actions.names.map((name, action) =>
      cellSvg(layout, { column, action, name, hasBar: probabilities !== null }, state),
    );
    return titleSvg(layout, column, name) + status + cells.join('');
  });
  const content = `<g transform="translate(${-panel.left} 0)">${columns.join('')}${legendSvg(layout)}</g>`;
  return svgDocument(panel.width, panel.height, COLOURS.ground, content);
}

function titleSvg(layout: OverlayLayout, column: number, name: string): string {
  const { left, top, width, height } = layout.title(column);
  const room = width - layout.margin - 4;
  const { shown, size } = fitted(name, layout.font, room);
  const style = { size, fill: columnColour(column), bold: true };
  return svgText(shown, left + layout.margin, top + height / 2 + layout.font * 0.36, style);
}

/** A name made to fit: in smaller lettering, and cut where that would be too small to read. @param room px */
function fitted(name: string, font: number, room: number): { readonly shown: string; readonly size: number } {
  const most = Math.floor(room / (MONOSPACE_ADVANCE * LEAST_SIZE));
  const shown = name.length > most ? `${name.slice(0, most - 1)}…` : name;
  return { shown, size: Math.min(font, room / (MONOSPACE_ADVANCE * shown.length)) };
}

function statusSvg(layout: OverlayLayout, column: number): string {
  const { left, top, width } = layout.status(column);
  const text = column === 0 ? 'nothing recorded' : 'no prediction yet';
  const size = Math.min(layout.font, (width - layout.margin - 2) / (MONOSPACE_ADVANCE * text.length));
  return svgText(text, left + layout.margin, top + size, { size, fill: COLOURS.text });
}

interface DrawnCell {
  readonly column: number;
  readonly action: number;
  /** Of the action. */
  readonly name: string;
  readonly hasBar: boolean;
}

function cellSvg(layout: OverlayLayout, { column, action, name, hasBar }: DrawnCell, state: CellState): string {
  const { font } = layout;
  const lamp = layout.lamp(column, action);
  const isOn = state === 'on' || state === 'on-differs';
  const colour = columnColour(column);
  const [x, y, radius] = [lamp.left + lamp.width / 2, lamp.top + lamp.height / 2, lamp.width / 2];
  const lampSvg =
    state === 'none'
      ? svgBox({ left: x - radius / 2, top: y - 1, width: radius, height: 2 }, `fill="${COLOURS.dark}"`)
      : `<circle cx="${x}" cy="${y}" r="${radius - (isOn ? 0 : 1)}" fill="${isOn ? colour : COLOURS.ground}" ` +
        `stroke="${isOn ? colour : COLOURS.dark}" stroke-width="${isOn ? 0 : 2}"/>`;
  const edge = Math.max(2, Math.round(font * 0.16));
  const gap = 1.5 * edge;
  const outline = {
    left: lamp.left - gap,
    top: lamp.top - gap,
    width: lamp.width + 2 * gap,
    height: lamp.height + 2 * gap,
  };
  const outlineSvg = state.endsWith('differs')
    ? svgBox(outline, `fill="none" stroke="${COLOURS.outline}" stroke-width="${edge}" rx="${edge * 1.5}"`)
    : '';
  const textX = lamp.left + lamp.width + layout.nameGap;
  const baseline = hasBar ? y + font * 0.08 : y + font * 0.36;
  const fill = isOn ? COLOURS.text : state === 'none' ? COLOURS.dark : COLOURS.dim;
  const room = layout.columnLeft(column) + layout.columnWidth - textX - 2;
  const { shown, size } = fitted(name, font, room);
  return lampSvg + outlineSvg + svgText(shown, textX, baseline, { size, fill, bold: isOn });
}

/** What the signs mean, where there is room for it. */
function legendSvg(layout: OverlayLayout): string {
  const { font, legend, margin } = layout;
  const size = Math.max(LEAST_SIZE, Math.round(font * 0.72));
  const lines = ['is not what was pressed', 'no prediction', 'probability'];
  const pitch = Math.round(size * 1.9);
  if (legend.height < lines.length * pitch + margin || layout.columns < 2) return '';
  const top = legend.top + legend.height - margin - lines.length * pitch;
  const drawn = lines.map((line, place) => {
    const y = top + (place + 0.5) * pitch;
    const sign = { left: legend.left, top: y - size / 2, width: size, height: size };
    const signs = [
      svgBox(sign, `fill="none" stroke="${COLOURS.outline}" stroke-width="2" rx="3"`),
      svgBox({ ...sign, top: y - 1, height: 2 }, `fill="${COLOURS.dark}"`),
      svgBox({ ...sign, top: y - 2, height: 4 }, `fill="${columnColour(1)}"`),
    ];
    return signs[place] + svgText(line, legend.left + size * 1.8, y + size * 0.36, { size, fill: COLOURS.dim });
  });
  return drawn.join('');
}
