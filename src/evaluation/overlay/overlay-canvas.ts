/** The pictures of an overlay video, one by one: the game's picture, the panel beside it, the playhead below. */
import { clockText } from './clock-text.js';
import { Lettering } from './lettering.js';
import { OverlayLayout } from './layout.js';
import { bgrOf, COLOURS } from './palette.js';
import { Panel } from './panel.js';
import { enlargement, type Box } from './pixels.js';
import { copyPart, fillPart, planarImage, type PlanarImage } from './planar.js';
import { drawTimeline } from './timeline.js';
import type { OverlayScript } from './tracks.js';

interface Parts {
  readonly panel: Panel;
  readonly timeline: PlanarImage;
  readonly letters: Lettering;
  readonly warnings: Lettering;
}

export class OverlayCanvas {
  /** The composed picture; the canvas owns it and overwrites it in {@link draw}. */
  readonly image: PlanarImage;
  readonly layout: OverlayLayout;
  readonly #script: OverlayScript;
  readonly #times: number;
  readonly #parts: Parts;
  readonly #lines: (string | null)[] = [null, null];
  #overTimeline: readonly Box[] = [];

  private constructor(layout: OverlayLayout, script: OverlayScript, times: number, parts: Parts) {
    this.layout = layout;
    this.image = planarImage(layout.width, layout.height);
    this.#script = script;
    this.#times = times;
    this.#parts = parts;
    fillPart(this.image, { left: 0, top: 0, width: layout.width, height: layout.height }, bgrOf(COLOURS.ground));
    parts.panel.begin(this.image);
    const { top, width, height } = layout.timeline;
    copyPart(this.image, parts.timeline, { left: 0, top: 0, width, height }, 0, top);
  }

  /** @param picture px of the pictures to come, even @throws UnderstudyError `package-missing` */
  static async open(
    picture: { readonly width: number; readonly height: number },
    script: OverlayScript,
  ): Promise<OverlayCanvas> {
    const times = enlargement(picture.height);
    const size = { width: picture.width * times, height: picture.height * times };
    const layout = new OverlayLayout(size, script.models.length, script.actions);
    const lineHeight = layout.headLine(0).height;
    return new OverlayCanvas(layout, script, times, {
      panel: await Panel.open(layout, script),
      timeline: await drawTimeline(layout, script),
      letters: await Lettering.open(layout.font, lineHeight, COLOURS.text),
      warnings: await Lettering.open(layout.font, lineHeight, COLOURS.warning),
    });
  }

  /** Draws one frame. @param picture of the size that the canvas was opened for */
  draw(frame: number, picture: PlanarImage): void {
    copyTimes(this.image, picture, this.#times);
    this.#parts.panel.draw(this.image, frame);
    this.#head(frame);
    this.#playhead(frame);
  }

  #head(frame: number): void {
    const { seconds, fights, outcomes } = this.#script;
    this.#line(0, `${clockText(seconds[frame])}  frame ${this.#numberOf(frame)}`, this.#parts.letters);
    const outcome = outcomes?.[frame] ?? 'acted';
    if (outcome !== 'acted') return this.#line(1, outcome, this.#parts.warnings);
    this.#line(1, fights[frame] < 0 ? 'no fight' : `fight ${fights[frame] + 1}`, this.#parts.letters);
  }

  #numberOf(frame: number): number {
    return (this.#script.firstFrame ?? 0) + frame;
  }

  #line(line: number, text: string, letters: Lettering): void {
    if (this.#lines[line] === text) return;
    this.#lines[line] = text;
    letters.write(this.image, text, this.layout.headLine(line));
  }

  #playhead(frame: number): void {
    const { layout } = this;
    const { letters, timeline } = this.#parts;
    const { top } = layout.timeline;
    for (const box of this.#overTimeline)
      copyPart(this.image, timeline, { ...box, top: box.top - top }, box.left, box.top);
    const left = layout.playheadLeft(frame, this.#script.frames);
    const rowsEnd = layout.timeline.height - layout.margin;
    const line = { left, top: top + 2, width: 2, height: rowsEnd - 2 - (rowsEnd % 2) };
    const text = String(this.#numberOf(frame));
    const width = text.length * letters.width;
    const fitsRight = left + 4 + width <= layout.stripLeft + layout.stripWidth;
    const number = { left: fitsRight ? left + 4 : left - 2 - width, top: top + 2, width, height: letters.height };
    fillPart(this.image, line, bgrOf(COLOURS.outline));
    letters.write(this.image, text, number);
    this.#overTimeline = [line, number];
  }
}

/** The picture at the upper left, each of its pixels drawn as `times` x `times`. */
function copyTimes(into: PlanarImage, from: PlanarImage, times: number): void {
  const { width, height } = from;
  if (times === 1) return copyPart(into, from, { left: 0, top: 0, width, height }, 0, 0);
  copyPart(into, enlarged(from, times), { left: 0, top: 0, width: width * times, height: height * times }, 0, 0);
}

function enlarged(from: PlanarImage, times: number): PlanarImage {
  const into = planarImage(from.width * times, from.height * times);
  let [sourceAt, targetAt] = [0, 0];
  for (const scale of [1, 2, 2]) {
    const [width, height] = [from.width / scale, from.height / scale];
    for (let y = 0; y < height * times; y += 1) {
      const row = sourceAt + Math.floor(y / times) * width;
      for (let x = 0; x < width * times; x += 1) {
        into.pixels[targetAt + y * width * times + x] = from.pixels[row + Math.floor(x / times)];
      }
    }
    sourceAt += width * height;
    targetAt += width * height * times * times;
  }
  return into;
}
