/** Parsers of option values. A value that is not valid is a usage error that names the valid ones. */
import { Option, type Command } from 'commander';
import type { PictureSize } from '../../arena/canvas.js';
import { UnderstudyError, type ErrorCode } from '../../core/errors.js';

function refuse(code: ErrorCode, option: string, text: string, expected: string): never {
  throw new UnderstudyError({
    kind: 'usage',
    code,
    message: `${option} ${text}: expected ${expected}.`,
    next: `Give ${option} ${expected}; the verb's --help has an example.`,
  });
}

/** Collects the values of an option that may be repeated. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** A parser for a finite number within [low, high]. */
export function numberBetween(option: string, low: number, high: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < low || value > high) {
      refuse('bad-option', option, text, `a number from ${low} to ${high}`);
    }
    return value;
  };
}

/** A parser for a whole number within [low, high]. */
export function integerBetween(option: string, low: number, high: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < low || value > high) {
      refuse('bad-option', option, text, `a whole number from ${low} to ${high}`);
    }
    return value;
  };
}

/** A parser for one of a few words. */
export function oneOf<const Choice extends string>(option: string, choices: readonly Choice[]) {
  return (text: string): Choice => {
    const choice = choices.find((candidate) => candidate === text);
    return choice ?? refuse('bad-option', option, `'${text}'`, `one of ${choices.join(', ')}`);
  };
}

/** An option with a whole number within [low, high]; `usual` is its default. */
export function whole(flags: string, text: string, low: number, high: number, usual?: number): Option {
  return withParser(flags, text, (option) => integerBetween(option, low, high), usual);
}

/** An option with a finite number within [low, high]. */
export function number(flags: string, text: string, low: number, high: number, usual?: number): Option {
  return withParser(flags, text, (option) => numberBetween(option, low, high), usual);
}

/** An option with one of a few words. */
export function choice(flags: string, text: string, choices: readonly string[], usual?: string): Option {
  return withParser(flags, text, (option) => oneOf(option, choices), usual);
}

/** @param parser made for the option's long name: "--fights" */
function withParser<Value>(
  flags: string,
  text: string,
  parser: (option: string) => (text: string) => Value,
  usual: Value | undefined,
): Option {
  const option = new Option(flags, text);
  return option.argParser(parser(option.long!)).default(usual);
}

/** A window's number: decimal as `understudy windows` prints it, or hexadecimal as xwininfo does. */
export const parseWindowId = (text: string): number => {
  const isNumber = /^(?:\d+|0x[\da-f]+)$/i.test(text);
  // 32 bits: an X id, or the significant part of a handle on Windows
  if (!isNumber || Number(text) < 1 || Number(text) > 0xffffffff) {
    refuse('bad-option', '--window-id', text, "a window's number, as 4194307 or 0x400003");
  }
  return Number(text);
};

/** Ticks a second: above 0, at most 240. */
export const parseRate = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0) || value > 240)
    refuse('bad-rate', '--rate', text, 'a number above 0, at most 240');
  return value;
};

/** Four numbers, left,top,width,height, none negative. */
export const parseRegion = (text: string): readonly [number, number, number, number] => {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [left, top, width, height] = values;
  if (values.length !== 4 || values.some((value) => !Number.isFinite(value) || value < 0)) {
    refuse('bad-option', '--region', `'${text}'`, 'left,top,width,height, as in 220,180,200,60');
  }
  return [left, top, width, height];
};

/** A parser for a picture's size within bounds, px, such as `1280x720`. */
export function sizeBetween(option: string, least: PictureSize, most: PictureSize) {
  return (text: string): PictureSize => {
    const [width, height] = (/^(\d{1,5})x(\d{1,5})$/.exec(text)?.slice(1) ?? []).map(Number);
    const fits = width >= least.width && height >= least.height && width <= most.width && height <= most.height;
    if (fits) return { width, height };
    const [from, to] = [least, most].map((size) => `${size.width}x${size.height}`);
    return refuse('bad-option', option, text, `width x height from ${from} to ${to}, as in ${from}`);
  };
}

/** From what three convolutions that halve it leave 4x4 of, to where the dense layer behind them has 39 million weights. */
const PICTURES = [
  { width: 32, height: 32 },
  { width: 320, height: 240 },
] as const;

export const addPicture = (verb: Command): Command =>
  verb.option(
    '--picture <wxh>',
    "size of the model's gray picture; default: the recordings', which is 128x72",
    sizeBetween('--picture', ...PICTURES),
  );
