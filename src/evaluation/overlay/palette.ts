/**
 * Colours of the overlay video, after Okabe and Ito: people who see no red or no green can distinguish them, also by
 * lightness alone. What is pressed is the lightest; a disagreement is an outline in white, never a colour.
 */
import type { Bgr } from './pixels.js';

/** `#rrggbb` for SVG. */
export type Hex = `#${string}`;

export const COLOURS = {
  ground: '#12151b',
  inFight: '#20252e',
  line: '#343b47',
  text: '#e8ebf0',
  dim: '#8a93a3',
  dark: '#4a5260',
  outline: '#ffffff',
  warning: '#f7d046',
  /** HUMAN, and the keys of a live run. */
  pressed: '#7be8a5',
} as const satisfies Record<string, Hex>;

/** Of the models, in the order of their columns; the first is the study's red, moved towards orange. */
const MODEL_COLOURS: readonly Hex[] = ['#f0653a', '#56b4e9', '#e2c22f', '#d58bbd'];

/** Models that one video can show. */
export const MOST_MODELS = MODEL_COLOURS.length;

/** The colour of a column. @param column 0 is what was pressed, then at most {@link MOST_MODELS} models */
export function columnColour(column: number): Hex {
  return column === 0 ? COLOURS.pressed : MODEL_COLOURS[column - 1];
}

export function bgrOf(hex: Hex): Bgr {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255];
}

/** `share` of one colour over another, 0..1. */
export function mixed(over: Hex, under: Hex, share: number): Bgr {
  const [a, b] = [bgrOf(over), bgrOf(under)];
  const mix = (k: number): number => Math.round(a[k] * share + b[k] * (1 - share));
  return [mix(0), mix(1), mix(2)];
}
