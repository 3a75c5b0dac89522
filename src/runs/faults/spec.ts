/**
 * Reads `--fault`: `<kind>[=<value>][@<start s>][+<seconds>][%<chance>]`. A start that is left out is drawn from the
 * seed; the other defaults are in the table of kinds. Only reads: the faults happen elsewhere.
 */
import { badOption } from '../../core/errors.js';
import { Random } from '../../core/random.js';
import { ownFile } from '../../core/project-root.js';
import { FAULT_NAMES, faultKind, type FaultName } from './kinds.js';

/** One fault of a run. */
export interface Fault {
  readonly name: FaultName;
  /** In the unit of its kind; 0 where it has none. */
  readonly value: number;
  /** After the first frame was asked for, ms. */
  readonly startMs: number;
  /** 0: it happens once. */
  readonly durationMs: number;
  /** 0..1, for each frame. */
  readonly chance: number;
}

/** A start that is not given, s after the first frame: late enough for a full latent window at 10 Hz. */
const DRAWN_START_SECONDS = [2, 6] as const;
const MOST_SECONDS = 86_400;
/** A start of 2 s, a value of 120: no exponents, no signs. */
const SPEC = /^([a-z0-9-]{1,40})((?:[=@+%]\d{1,9}(?:\.\d{1,6})?){0,4})$/;

/**
 * Reads the specs of a run.
 *
 * @param seed draws the starts that they leave out
 * @throws UnderstudyError `bad-option` saying what does not fit
 */
export function parseFaults(specs: readonly string[], seed: number): readonly Fault[] {
  const random = new Random(seed);
  return specs.map((spec) => parseFault(spec, random));
}

/**
 * Reads one spec.
 *
 * @param random draws the start where the spec has none
 * @throws UnderstudyError `bad-option` saying what does not fit
 */
export function parseFault(spec: string, random: Random): Fault {
  const [, word, rest] = SPEC.exec(spec) ?? refuse(spec, 'it is not of the form kind=value@start+seconds%chance');
  const name = FAULT_NAMES.find((candidate) => candidate === word);
  if (name === undefined) refuse(spec, `there is no fault '${word}'; there are ${FAULT_NAMES.join(', ')}`);
  const kind = faultKind(name);
  const parts = new Map<string, number>();
  for (const [, sign, digits] of rest.matchAll(/([=@+%])([\d.]+)/g)) {
    if (parts.has(sign)) refuse(spec, `'${sign}' stands there twice`);
    parts.set(sign, Number(digits));
  }
  const within = (sign: string, preset: number, low: number, high: number, usable: boolean): number => {
    const given = parts.get(sign);
    if (given === undefined) return preset;
    if (!usable) refuse(spec, `${name} takes no '${sign}'`);
    if (given < low || given > high) refuse(spec, `'${sign}' takes ${low} to ${high}`);
    return given;
  };
  const { value, seconds, byChance } = kind;
  return {
    name,
    value: within('=', value?.default ?? 0, 1, value?.most ?? 0, value !== null),
    startMs: 1000 * within('@', random.uniform(...DRAWN_START_SECONDS), 0, MOST_SECONDS, true),
    durationMs: 1000 * within('+', seconds ?? 0, 0.001, MOST_SECONDS, seconds !== null),
    chance: within('%', 100, 0.001, 100, byChance) / 100,
  };
}

function refuse(spec: string, why: string): never {
  throw badOption(
    `--fault ${spec}: ${why}.`,
    `Write it as in --fault slow-capture=120@2+1 or --fault drop-frames@3+0.5%30; ${ownFile('docs/faults.md')} lists all.`,
  );
}
