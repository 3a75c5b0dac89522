/**
 * The study's seven actions, and the keys that its author pressed for them. The arena has the same actions. Files of
 * format 1 that contain no rules are read with these rules.
 */
import { UnderstudyError } from './errors.js';
import { ActionSet, type ActionSetSpec } from './action-set.js';

/** In the order of the study's labels and of its models' outputs (write-up, Appendix A: ACTION_ORDER). */
export const STUDY_NAMES = ['UP', 'DOWN', 'LEFT', 'RIGHT', 'JUMP', 'SHOOT', 'DASH'] as const;

export type StudyAction = (typeof STUDY_NAMES)[number];

/**
 * Rare: JUMP and DASH weigh 6 (write-up, Appendix A). Scored: the composite score is that of JUMP, SHOOT and DASH
 * (write-up, Appendix B). Usual: SHOOT is held for 0.89 of the author's fights.
 */
export const STUDY_ACTIONS = new ActionSet({
  names: STUDY_NAMES,
  opposing: [
    ['LEFT', 'RIGHT'],
    ['UP', 'DOWN'],
  ],
  rare: ['JUMP', 'DASH'],
  scored: ['JUMP', 'SHOOT', 'DASH'],
  usual: 'SHOOT',
});

/** Keysym names, by action. */
export const STUDY_KEYSYMS: Readonly<Record<StudyAction, string>> = {
  UP: 'Up',
  DOWN: 'Down',
  LEFT: 'Left',
  RIGHT: 'Right',
  JUMP: 'space',
  SHOOT: 'f',
  DASH: 'd',
};

/** One character for each action, for a line that has no room for names. */
export const STUDY_SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['UP', '↑'],
  ['DOWN', '↓'],
  ['LEFT', '←'],
  ['RIGHT', '→'],
  ['JUMP', '␣'],
  ['SHOOT', '●'],
  ['DASH', '»'],
]);

/** Log names of keys (pynput's), by the action that they mean (write-up, Appendix A: KEY_MAP). */
export const STUDY_LOG_KEYS: ReadonlyMap<string, StudyAction> = new Map([
  ['Key.up', 'UP'],
  ['Key.down', 'DOWN'],
  ['Key.left', 'LEFT'],
  ['Key.right', 'RIGHT'],
  ['Key.space', 'JUMP'],
  ['f', 'SHOOT'],
  ['d', 'DASH'],
]);

/**
 * The set of a file that lists names and, perhaps, rules. A file without rules that names only actions of the study
 * gets the study's rules (format 1 had no rules); any other file gets what it says.
 *
 * @throws UnderstudyError `actions-invalid`
 */
export function actionSetOf(names: readonly string[], rules?: Omit<ActionSetSpec, 'names' | 'usual'>): ActionSet {
  if (rules !== undefined) return new ActionSet({ names, ...rules });
  if (names.join() === STUDY_ACTIONS.names.join()) return STUDY_ACTIONS;
  return names.every((name) => STUDY_ACTIONS.has(name)) ? STUDY_ACTIONS.subset(names) : new ActionSet({ names });
}

/** The rules that a file must contain; undefined where {@link actionSetOf} makes the same set from the names alone. */
export function rulesBeside(actions: ActionSet): ReturnType<ActionSet['rules']> | undefined {
  const rules = actions.rules();
  return JSON.stringify(rules) === JSON.stringify(actionSetOf(actions.names).rules()) ? undefined : rules;
}

/** Reads `--actions JUMP,DASH`, in any case. @throws UnderstudyError `unknown-action` */
export function studyNames(text: string): string[] {
  return text.split(',').map((part) => {
    const name = STUDY_ACTIONS.find(part.trim());
    if (name !== null) return name;
    throw new UnderstudyError({
      kind: 'usage',
      code: 'unknown-action',
      message: `--actions ${text}: there is no action '${part}'.`,
      next: `Name some of ${STUDY_ACTIONS.names.join(', ')}, as in --actions JUMP,DASH.`,
    });
  });
}
