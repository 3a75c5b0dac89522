/**
 * The actions of a game as a value: their names in the order of labels and model outputs, and what is known of them.
 * A set is passed from a game file to a session's header, to a bundle and to the key guard. Nothing here knows keys.
 *
 * What is held is a small integer with one bit for each action, so that comparing or copying it allocates nothing.
 */
import { UnderstudyError } from './errors.js';

/** Bit i is 1 while the action at index i of its set is held. Range 0 .. 2^30 - 1. */
export type HeldActions = number;

/** Nothing held. */
export const NONE_HELD: HeldActions = 0;

/** Bits of a held set stay within the integers that JavaScript's operators keep positive (31 bits). */
export const MOST_ACTIONS = 30;

/** Names appear in option lists (`JUMP=z,SHOOT=x`), in tables and in files: they are short and have no separators. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,23}$/;

/** What a set is made of, as files contain it. Every name in a rule is one of `names`. */
export interface ActionSetSpec {
  readonly names: readonly string[];
  /** Pairs that are never held together, such as two directions of one axis. */
  readonly opposing?: readonly (readonly [string, string])[];
  /** Actions that make a training window rare: a rare window weighs more in training. */
  readonly rare?: readonly string[];
  /** Actions whose scores make the composite score. Default: all. */
  readonly scored?: readonly string[];
  /** The action that is known to be held most, however often a recording holds it. Not in any file. Default: not known. */
  readonly usual?: string;
}

export class ActionSet {
  /** K names, in the order of label columns and model outputs. */
  readonly names: readonly string[];
  /** K */
  readonly count: number;
  /** Every action held. */
  readonly all: HeldActions;
  /** [pairs] index pairs that are never held together. */
  readonly opposing: readonly (readonly [number, number])[];
  /** Indices of the rare actions. */
  readonly rare: readonly number[];
  /** Indices of the actions that make the composite score. */
  readonly scored: readonly number[];
  /** Index of the action that is known to be held most; null where that is not known. */
  readonly usual: number | null;

  /**
   * @throws UnderstudyError `actions-invalid` for no or too many names, a malformed name, no scored action, a rule
   *   about an action that the set does not have
   */
  constructor(spec: ActionSetSpec) {
    const { names, opposing = [], rare = [], scored = names, usual } = spec;
    if (names.length < 1 || names.length > MOST_ACTIONS) {
      throw invalid(`${names.length} actions; expected 1 to ${MOST_ACTIONS}`);
    }
    for (const name of names) {
      if (!NAME.test(name))
        throw invalid(`the name '${name}'; expected a letter, then letters, digits, _ or -, 24 at most`);
    }
    if (new Set(names.map((name) => name.toUpperCase())).size !== names.length) {
      throw invalid(`a name twice in ${names.join(', ')} (capitals make no difference)`);
    }
    if (scored.length === 0) throw invalid('no action is scored');
    this.names = Object.freeze([...names]);
    this.count = names.length;
    this.all = 2 ** names.length - 1;
    this.opposing = opposing.map(([one, other]) => [this.indexOf(one), this.indexOf(other)] as const);
    this.rare = rare.map((name) => this.indexOf(name));
    this.scored = scored.map((name) => this.indexOf(name));
    this.usual = usual === undefined ? null : this.indexOf(usual);
  }

  /** Index of an action by its exact name. @throws UnderstudyError `actions-invalid` for another name */
  indexOf(name: string): number {
    const index = this.names.indexOf(name);
    if (index === -1) throw invalid(`'${name}' is not one of ${this.names.join(', ')}`);
    return index;
  }

  /** The action that a user's text names, in any case; null where it names none. */
  find(text: string): string | null {
    const wanted = text.toUpperCase();
    return this.names.find((name) => name.toUpperCase() === wanted) ?? null;
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** The bit of one action. @throws as {@link indexOf} */
  bit(name: string): HeldActions {
    return 1 << this.indexOf(name);
  }

  /** The held set of exactly the given actions. @throws as {@link indexOf} */
  holding(...names: readonly string[]): HeldActions {
    return names.reduce((held, name) => held | this.bit(name), NONE_HELD);
  }

  /** Names of the held actions, in the order of the set. */
  heldNames(held: HeldActions): string[] {
    return this.names.filter((_, index) => isHeld(held, index));
  }

  /**
   * A set of the given actions alone, in the given order, with the rules that still apply to them. Where none of them
   * is scored, all are.
   */
  subset(names: readonly string[]): ActionSet {
    const kept = (index: number): boolean => names.includes(this.names[index]);
    const nameOf = (index: number): string => this.names[index];
    const scored = this.scored.filter(kept).map(nameOf);
    return new ActionSet({
      names,
      opposing: this.opposing.filter((pair) => pair.every(kept)).map(([a, b]) => [nameOf(a), nameOf(b)] as const),
      rare: this.rare.filter(kept).map(nameOf),
      ...(scored.length === 0 ? {} : { scored }),
      ...(this.usual === null || !kept(this.usual) ? {} : { usual: nameOf(this.usual) }),
    });
  }

  /** True where both have the same names in the same order. */
  hasNamesOf(other: ActionSet): boolean {
    return this.names.join() === other.names.join();
  }

  /** The rules by name, as files contain them. */
  rules(): Required<Omit<ActionSetSpec, 'names' | 'usual'>> {
    const nameOf = (index: number): string => this.names[index];
    return {
      opposing: this.opposing.map(([a, b]) => [nameOf(a), nameOf(b)] as const),
      rare: this.rare.map(nameOf),
      scored: this.scored.map(nameOf),
    };
  }
}

/** True where `held` is a held set of `count` actions, 1 to {@link MOST_ACTIONS}: for code that does not know their names. */
export function isHeldSetOf(count: number, held: unknown): held is HeldActions {
  return typeof held === 'number' && Number.isInteger(held) && held >= NONE_HELD && held < 2 ** count;
}

/**
 * What may be held of `wanted` where some sets of actions are never held together: what is held already stays held, and what
 * would complete a set is not added.
 *
 * @param before what is held until now
 * @param forbidden each has two actions or more
 */
export function keptApart(wanted: HeldActions, before: HeldActions, forbidden: readonly HeldActions[]): HeldActions {
  let kept = wanted;
  for (const set of forbidden) if ((kept & set) === set) kept &= ~(set & ~before);
  return kept;
}

/** True while the action at `index` (0-based, in the order of its set) is held. */
export function isHeld(held: HeldActions, index: number): boolean {
  return (held & (1 << index)) !== 0;
}

function invalid(problem: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'actions-invalid',
    message: `The set of actions is not valid: ${problem}.`,
    next: 'Correct the actions where they are declared: the game file, the session or the bundle.',
  });
}
