/**
 * Where everything of an overlay video is: the picture at the left, a panel of lamp columns beside it, the timeline
 * below. All sizes follow the picture's height; every box that changes lies on even pixels (see planar.ts).
 */
import type { ActionSet } from '../../core/action-set.js';
import type { Box } from './pixels.js';
import { MONOSPACE_ADVANCE } from './svg.js';

/** Lettering: a 45th of the picture's height, and never too small to read. px */
const [LEAST_FONT, MOST_FONT] = [11, 40];
/** A column narrower than this has no room for "no prediction yet". px */
const LEAST_COLUMN = 88;
/** A column has room for so many letters of a name; of longer ones the end is cut, and the timeline has them whole. */
const MOST_LETTERS = 16;
/** What a column needs besides a name, in heights of lettering: a lamp, an outline around it, the margins. */
const BESIDE_LETTERS = 3.4;

/** Rows of lamps closer than this overlap: a lamp with its outline, in heights of lettering. */
const LEAST_PITCH = 2.4;
/** Room for the names beside the timeline, and for the gap between both; in heights of lettering. */
const [LEAST_NAMES, BESIDE_NAMES] = [5.4, 2.2];

/** Marks of late ticks, between the names of fights and the rows. px */
export const MARK_HEIGHT = 5;

const even = (value: number): number => 2 * Math.round(value / 2);

export class OverlayLayout {
  /** Their rows are in the panel and in the timeline. */
  readonly actions: ActionSet;
  /** px of the whole video. */
  readonly width: number;
  readonly height: number;
  /** Height of lettering, px. */
  readonly font: number;
  readonly margin: number;
  /** The columns of lamps and what is above and below them. */
  readonly panel: Box;
  readonly timeline: Box;
  /** px of one column of the panel. */
  readonly columnWidth: number;
  /** Columns of the panel: what was pressed, then the models. */
  readonly columns: number;
  /** Diameter of a lamp, px. */
  readonly lampSize: number;
  /** From a lamp to its name: an outline fits in between. px */
  readonly nameGap: number;
  /** Height of the timeline's head, with the fights and the playhead's number. */
  readonly headHeight: number;
  readonly rowHeight: number;
  /** Where frames are drawn in the timeline: its first pixel and its width. */
  readonly stripLeft: number;
  readonly stripWidth: number;
  /** px from one row of lamps to the next. */
  readonly #pitch: number;
  readonly #titleTop: number;
  readonly #rowsTop: number;
  readonly #pressedBand: number;
  readonly #modelBand: number;

  /**
   * @param picture px, even
   * @param models columns beside the one of what was pressed
   */
  constructor(picture: { readonly width: number; readonly height: number }, models: number, actions: ActionSet) {
    const font = Math.min(MOST_FONT, Math.max(LEAST_FONT, Math.round(picture.height / 45)));
    this.font = font;
    this.columns = 1 + models;
    this.actions = actions;
    this.margin = even(font / 2);
    const longest = Math.max(...actions.names.map((name) => name.length));
    const letters = MONOSPACE_ADVANCE * Math.min(longest, MOST_LETTERS) + BESIDE_LETTERS;
    this.columnWidth = Math.max(LEAST_COLUMN, even(font * Math.max(7.6, letters)));
    this.lampSize = even(font * 1.7);
    this.nameGap = even(font * 0.75);
    this.#titleTop = even(font * 3.7);
    this.#rowsTop = this.#titleTop + even(font * 2.6);
    // a panel of many rows is higher than the picture
    const leastRows = actions.count * even(font * LEAST_PITCH);
    const height = Math.max(picture.height, this.#rowsTop + leastRows + this.margin);
    const room = height - this.#rowsTop - this.margin;
    this.#pitch = 2 * Math.floor(Math.min(room / actions.count, font * 4.2) / 2);
    const panelWidth = 2 * this.margin + this.columns * this.columnWidth;
    this.panel = { left: picture.width, top: 0, width: panelWidth, height };
    this.width = picture.width + panelWidth;
    this.headHeight = even(font * 1.5) + 2 * MARK_HEIGHT;
    this.#pressedBand = even(Math.max(6, font * 0.6));
    this.#modelBand = even(Math.max(4, font * (models > 1 ? 0.45 : 0.6)));
    this.rowHeight = this.#pressedBand + 2 + models * this.#modelBand + even(font * 0.4);
    const timelineHeight = this.headHeight + actions.count * this.rowHeight + this.margin;
    this.timeline = { left: 0, top: height, width: this.width, height: timelineHeight };
    this.height = height + timelineHeight;
    this.stripLeft = even(font * Math.max(LEAST_NAMES, MONOSPACE_ADVANCE * longest + BESIDE_NAMES));
    this.stripWidth = this.width - this.stripLeft - 2 * this.margin;
  }

  /** Left edge of a column in the whole video. @param column 0 is what was pressed */
  columnLeft(column: number): number {
    return this.panel.left + this.margin + column * this.columnWidth;
  }

  /** A line of text above the columns. @param line 0 or 1 */
  headLine(line: number): Box {
    const height = even(this.font * 1.4);
    const { left, width } = this.panel;
    const top = even(this.margin * 0.8) + line * (height + 2);
    return { left: left + 2 * this.margin, top, width: width - 2 * this.margin, height };
  }

  /** A column's title. */
  title(column: number): Box {
    return {
      left: this.columnLeft(column),
      top: this.#titleTop,
      width: this.columnWidth,
      height: even(this.font * 1.4),
    };
  }

  /** Below a column's title: that there is no prediction yet. */
  status(column: number): Box {
    const { left, top, width, height } = this.title(column);
    return { left, top: top + height, width, height: this.#rowsTop - top - height };
  }

  /** Everything of one action in one column. */
  cell(column: number, action: number): Box {
    const top = this.#rowsTop + action * this.#pitch;
    return { left: this.columnLeft(column), top, width: this.columnWidth, height: this.#pitch };
  }

  lamp(column: number, action: number): Box {
    const { left, top, height } = this.cell(column, action);
    const size = this.lampSize;
    return { left: left + this.margin, top: top + even((height - size) / 2), width: size, height: size };
  }

  /** The bar of a probability, full width. */
  bar(column: number, action: number): Box {
    const lamp = this.lamp(column, action);
    const left = lamp.left + lamp.width + this.nameGap;
    const right = this.columnLeft(column) + this.columnWidth - this.margin;
    const height = even(Math.max(4, this.font * 0.3));
    return { left, top: lamp.top + lamp.height - height, width: even(right - left - 1), height };
  }

  /** What is left of the panel below the lamps. */
  get legend(): Box {
    const { left, width, height } = this.panel;
    const top = this.#rowsTop + this.actions.count * this.#pitch;
    return { left: left + 2 * this.margin, top, width: width - 2 * this.margin, height: height - top };
  }

  /** Top of an action's row, in the timeline. px from its top */
  rowTop(action: number): number {
    return this.headHeight + action * this.rowHeight;
  }

  /** The band of a track in an action's row over the whole strip, px from the timeline's top. */
  band(column: number, action: number): Box {
    const first = this.rowTop(action) + even(this.font * 0.2);
    const isPressed = column === 0;
    const top = isPressed ? first : first + this.#pressedBand + 2 + (column - 1) * this.#modelBand;
    const height = isPressed ? this.#pressedBand : this.#modelBand;
    return { left: this.stripLeft, top, width: this.stripWidth, height };
  }

  /** First pixel of a frame's place in the strip, in the whole video. @param frames N, of the whole video */
  frameLeft(frame: number, frames: number): number {
    return this.stripLeft + Math.floor((frame * this.stripWidth) / frames);
  }

  /** Left edge of the playhead at a frame: two even pixels in the middle of its place. */
  playheadLeft(frame: number, frames: number): number {
    const middle = this.stripLeft + ((frame + 0.5) * this.stripWidth) / frames;
    return Math.min(2 * Math.floor(middle / 2), this.stripLeft + this.stripWidth - 2);
  }
}
