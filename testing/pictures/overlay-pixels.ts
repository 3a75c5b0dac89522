/** Reads lamps and timelines back from the pictures of an overlay video. */
import type { OverlayLayout } from '../../src/evaluation/overlay/layout.js';
import type { CellState } from '../../src/evaluation/overlay/tracks.js';
import type { BgraImage } from '../../src/vision/image-file.js';

/** 0..255, BT.601. */
export function lightnessAt({ pixels, width }: BgraImage, x: number, y: number): number {
  const at = (Math.floor(y) * width + Math.floor(x)) * 4;
  return 0.114 * pixels[at] + 0.587 * pixels[at + 1] + 0.299 * pixels[at + 2];
}

/** What a lamp looks like: lit, ringed or without a ring, in an outline or not. */
export function lampState(image: BgraImage, layout: OverlayLayout, column: number, action: number): CellState {
  const { left, top, width, height } = layout.lamp(column, action);
  const [x, y] = [left + width / 2, top + height / 2];
  const isLit = lightnessAt(image, x, y - height / 4) > 90;
  const hasRing = Math.max(...[0, 1, 2].map((d) => lightnessAt(image, x, top + d))) > 50;
  // the middle of the outline's left side
  const differs = Math.max(...[2, 3, 4].map((d) => lightnessAt(image, left - d, y))) > 130;
  if (!isLit && !hasRing) return 'none';
  return `${isLit ? 'on' : 'off'}${differs ? '-differs' : ''}`;
}

/** The states of all lamps of a column. */
export function lampStates(image: BgraImage, layout: OverlayLayout, column: number): CellState[] {
  return Array.from({ length: layout.actions.count }, (_, action) => lampState(image, layout, column, action));
}

/** Whether the timeline shows an action as held at a frame; wrong under the playhead. */
export function isHeldInTimeline(
  image: BgraImage,
  layout: OverlayLayout,
  place: { readonly column: number; readonly action: number; readonly frame: number; readonly frames: number },
): boolean {
  const { column, action, frame, frames } = place;
  const x = (layout.frameLeft(frame, frames) + layout.frameLeft(frame + 1, frames)) / 2;
  const band = layout.band(column, action);
  return lightnessAt(image, x, layout.timeline.top + band.top + band.height / 2) > 80;
}
