/**
 * The keys beside a picture: a lamp for each action, lit while it is held, the last frames of each as a strip, and the
 * time. Lettering is drawn once; a frame costs a few filled boxes.
 */
import { isHeld, type ActionSet, type HeldActions } from '../../core/action-set.js';
import { drawSvg, type BgraImage } from '../../vision/image-file.js';
import { clockText } from './clock-text.js';
import { bgrOf, type Hex } from './palette.js';
import { copyPicture, fillBox, type Bgr, type Box } from './pixels.js';
import { svgDocument, svgText } from './svg.js';

/** Room for a name: seven letters at least. px */
const [LEAST_LABEL_PX, LETTER_PX] = [64, 9];
/** Width of the panel without the names. px */
const BESIDE_LABEL_PX = 184;
/** The panel is at least as high as one of seven rows, and no two rows are closer than this. px */
const [LEAST_HEIGHT_PX, LEAST_PITCH_PX] = [320, 26];

/** Frames that a strip shows, the newest at the right end. */
const STRIP_FRAMES = 40;
const CELL_PX = 3;

const MARGIN_PX = 16;
const HEAD_PX = 72;
const LAMP_PX = 22;

/** Behind the panel. */
export const GROUND: Hex = '#141418';
const DARK: Bgr = [64, 56, 56];
/** A warm white: far lighter than everything around it, in colour and in gray. */
const LIT: Bgr = [160, 236, 255];

/** Of a panel for these actions, px: its width, and the height below which its rows do not fit. Both even. */
export function panelSize(actions: ActionSet): { readonly width: number; readonly leastHeight: number } {
  const leastHeight = HEAD_PX + 2 * MARGIN_PX + actions.count * LEAST_PITCH_PX;
  return { width: BESIDE_LABEL_PX + labelWidth(actions), leastHeight: Math.max(LEAST_HEIGHT_PX, leastHeight) };
}

function labelWidth({ names }: ActionSet): number {
  const letters = Math.max(...names.map((name) => name.length));
  return Math.max(LEAST_LABEL_PX, 2 * Math.ceil((letters * LETTER_PX + 1) / 2));
}

/** What the panel shows of one frame. */
export interface PanelFrame {
  readonly held: HeldActions;
  /** Seconds since the session began, >= 0. */
  readonly seconds: number;
  /** 0-based. */
  readonly frame: number;
  /** 0-based fight that the frame lies in, or -1. */
  readonly fight: number;
}

/** Characters whose pictures are kept. */
const CHARACTERS = '0123456789.: sframeight-';
const CHARACTER_WIDTH_PX = 9;
const CHARACTER_HEIGHT_PX = 18;

export class KeyPanel {
  readonly #actions: ActionSet;
  readonly #height: number;
  readonly #left: number;
  readonly #width: number;
  readonly #labels: readonly BgraImage[];
  readonly #characters: ReadonlyMap<string, BgraImage>;
  readonly #history: HeldActions[] = []; // oldest first

  private constructor(
    actions: ActionSet,
    place: { readonly left: number; readonly height: number },
    labels: BgraImage[],
    characters: Map<string, BgraImage>,
  ) {
    this.#actions = actions;
    this.#left = place.left;
    this.#height = place.height;
    this.#width = panelSize(actions).width;
    this.#labels = labels;
    this.#characters = characters;
  }

  /**
   * A panel from x = `left` of pictures that are `height` px high, at least what {@link panelSize} says.
   *
   * @throws UnderstudyError `package-missing`
   */
  static async open(actions: ActionSet, left: number, height: number): Promise<KeyPanel> {
    const labels: BgraImage[] = [];
    for (const name of actions.names) labels.push(await lettering(name, labelWidth(actions), LAMP_PX, 'start'));
    const characters = new Map<string, BgraImage>();
    for (const character of new Set(CHARACTERS)) {
      characters.set(character, await lettering(character, CHARACTER_WIDTH_PX, CHARACTER_HEIGHT_PX, 'middle'));
    }
    return new KeyPanel(actions, { left, height }, labels, characters);
  }

  /** Where the lamp of the action at an index is in the picture. */
  lamp(action: number): Box {
    return { left: this.#left + MARGIN_PX, top: this.#rowTop(action), width: LAMP_PX, height: LAMP_PX };
  }

  /** Draws the panel of the next frame; its strips continue from the frame before. */
  draw(into: BgraImage, { held, seconds, frame, fight }: PanelFrame): void {
    fillBox(into, { left: this.#left, top: 0, width: this.#width, height: this.#height }, bgrOf(GROUND));
    this.#write(into, `${clockText(seconds)} s`, 14);
    this.#write(into, `frame ${frame}`, 32);
    this.#write(into, fight < 0 ? '-' : `fight ${fight + 1}`, 50);
    this.#history.push(held);
    if (this.#history.length > STRIP_FRAMES) this.#history.shift();
    for (let action = 0; action < this.#actions.count; action += 1) this.#row(into, action, isHeld(held, action));
  }

  #row(into: BgraImage, action: number, isLit: boolean): void {
    const lamp = this.lamp(action);
    fillBox(into, lamp, isLit ? LIT : DARK);
    if (!isLit) {
      const hole = { left: lamp.left + 3, top: lamp.top + 3, width: LAMP_PX - 6, height: LAMP_PX - 6 };
      fillBox(into, hole, bgrOf(GROUND));
    }
    const label = this.#labels[action];
    copyPicture(into, label, lamp.left + LAMP_PX + 8, lamp.top);
    const stripLeft = this.#left + this.#width - MARGIN_PX - STRIP_FRAMES * CELL_PX;
    const first = STRIP_FRAMES - this.#history.length;
    for (let cell = 0; cell < STRIP_FRAMES; cell += 1) {
      const wasHeld = cell >= first && isHeld(this.#history[cell - first], action);
      const height = wasHeld ? 14 : 2;
      const top = lamp.top + (LAMP_PX - height) / 2;
      fillBox(into, { left: stripLeft + cell * CELL_PX, top, width: CELL_PX, height }, wasHeld ? LIT : DARK);
    }
  }

  #rowTop(action: number): number {
    return HEAD_PX + MARGIN_PX + Math.floor((action * (this.#height - HEAD_PX - 2 * MARGIN_PX)) / this.#actions.count);
  }

  #write(into: BgraImage, text: string, top: number): void {
    [...text].forEach((character, place) => {
      const picture = this.#characters.get(character);
      if (picture === undefined) throw new Error(`no picture of '${character}'`);
      copyPicture(into, picture, this.#left + MARGIN_PX + place * CHARACTER_WIDTH_PX, top);
    });
  }
}

/** Text in light gray on the panel's ground. On a machine without a font the text is missing; the lamps are still there. */
function lettering(text: string, width: number, height: number, anchor: 'start' | 'middle'): Promise<BgraImage> {
  const x = anchor === 'start' ? 0 : width / 2;
  const drawn = svgText(text, x, height / 2 + 5, { size: 15, fill: '#e6e6e6', anchor });
  return drawSvg(svgDocument(width, height, GROUND, drawn));
}
