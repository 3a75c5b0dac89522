/** A game file: how to find a game's window and how to play it, so that it need not be typed at each command. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ActionSet, MOST_ACTIONS } from '../core/action-set.js';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { given } from '../core/given.js';
import { requireRegularFile } from '../core/regular-file.js';
import { PROJECT_ROOT, ownFile } from '../core/project-root.js';
import { parseJson } from '../core/json-lines.js';
import { STUDY_ACTIONS, STUDY_KEYSYMS, STUDY_NAMES } from '../core/study-actions.js';

/** A game file is a few lines; a larger one is something else. */
const MOST_BYTES = 64 * 1024;

const fraction = z.number().min(0).max(1);
const keysym = z.string().min(1).max(40);
/** A rough limit: the set of actions checks names exactly. */
const actionName = z.string().min(1).max(24);
const someActions = z.array(actionName).max(MOST_ACTIONS);

/** The shape of a game file. games/game-file.schema.json is made from it (a test compares). */
export const gameFileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().min(1).max(100).describe('What people call the game.'),
    window: z
      .strictObject({
        title: z.string().min(1).optional().describe('Part of the title, or /a regular expression/.'),
        app: z.string().min(1).optional().describe('The application: WM_CLASS on X11.'),
      })
      .describe('How to find its window; at least one of title and app.')
      .refine((window) => window.title !== undefined || window.app !== undefined, 'needs a title or an app'),
    keys: z
      .partialRecord(z.enum(STUDY_NAMES), keysym)
      .optional()
      .describe(
        'Keysym names of the current layout, or none: an action without a key. Actions left out keep the default key. Not beside actions.',
      ),
    actions: z
      .array(z.strictObject({ name: actionName, key: keysym }))
      .min(1)
      .max(MOST_ACTIONS)
      .optional()
      .describe(
        "The game's own actions, in the order of a model's outputs, each with the keysym name of its key, or none.",
      ),
    opposing: z
      .array(z.tuple([actionName, actionName]))
      .max(64)
      .optional()
      .describe('Pairs of actions that no hand holds together, as left and right. Beside actions.'),
    rare: someActions
      .optional()
      .describe('Actions that are seldom held: training gives their moments more weight. Beside actions.'),
    scored: someActions
      .optional()
      .describe('Actions whose scores make the composite; all when left out. Beside actions.'),
    forbid: z
      .array(someActions.min(2))
      .max(64)
      .optional()
      .describe('Combinations of actions that are never held together.'),
    crop: z
      .strictObject({ left: fraction, top: fraction, width: fraction, height: fraction })
      .refine((crop) => crop.width > 0 && crop.height > 0, 'needs a width and a height above 0')
      .refine((crop) => crop.left + crop.width <= 1 && crop.top + crop.height <= 1, 'reaches beyond the window')
      .optional()
      .describe('The part of the window that the model sees, in fractions of it.'),
    rateHz: z.number().positive().max(240).optional().describe('Ticks a second; the bundle decides when left out.'),
  })
  .describe('How understudy finds and plays a game.');

export interface GameFile {
  readonly path: string;
  readonly name: string;
  readonly window: { readonly title?: string | undefined; readonly app?: string | undefined };
  /** The file's own, or the study's. */
  readonly actions: ActionSet;
  /** The keysym name of each action; study actions that the file does not name have their default key. */
  readonly keys: Readonly<Record<string, string>>;
  /** Combinations that are never held together. */
  readonly forbid: readonly (readonly string[])[];
  readonly crop: { left: number; top: number; width: number; height: number } | null;
  readonly rateHz: number | null;
}

/** The game files that come with the program. */
const SHIPPED = join(PROJECT_ROOT, 'games');

/**
 * Reads a game file: a path, or the name of one that comes with the program.
 *
 * @throws UnderstudyError 'file-missing', 'game-file-invalid' naming the field
 */
export function readGameFile(pathOrName: string): GameFile {
  const candidates = [pathOrName, join(SHIPPED, `${pathOrName}.json`)];
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'file-missing',
      message: `No game file '${pathOrName}': looked at ${candidates.join(' and ')}.`,
      next: `Give the path of a game file; ${ownFile('games/xjump.json')} is an example to copy.`,
    });
  }
  const parsed = gameFileSchema.safeParse(readJson(path));
  if (!parsed.success) {
    const { path: field, message } = parsed.error.issues[0];
    throw invalid(path, `${field.join('.') || 'the document'}: ${message}`);
  }
  const { name, window, forbid = [], crop = null, rateHz = null } = parsed.data;
  const { actions, keys } = actionsAndKeys(path, parsed.data);
  const unknown = forbid.flat().find((action) => !actions.has(action));
  if (unknown !== undefined) throw invalid(path, `forbid: '${unknown}' is none of ${actions.names.join(', ')}`);
  return { path, name, window, actions, keys, forbid, crop, rateHz };
}

/** @throws UnderstudyError 'game-file-invalid' for keys beside actions, rules without actions, or an invalid set */
function actionsAndKeys(
  path: string,
  { keys, actions, opposing, rare, scored }: z.infer<typeof gameFileSchema>,
): Pick<GameFile, 'actions' | 'keys'> {
  if (actions === undefined) {
    const rule = Object.entries({ opposing, rare, scored }).find(([, names]) => names !== undefined);
    if (rule !== undefined) throw invalid(path, `${rule[0]}: only beside actions, and there are none`);
    return { actions: STUDY_ACTIONS, keys: { ...STUDY_KEYSYMS, ...keys } };
  }
  if (keys !== undefined) throw invalid(path, 'keys: not beside actions, which have their keys with them');
  const names = actions.map((action) => action.name);
  try {
    return {
      actions: new ActionSet({ names, ...given({ opposing, rare, scored }) }),
      keys: Object.fromEntries(actions.map((action) => [action.name, action.key])),
    };
  } catch (error) {
    throw invalid(path, `actions: ${messageOf(error)}`, error);
  }
}

function readJson(path: string): unknown {
  try {
    requireRegularFile(path, MOST_BYTES);
    return parseJson(readFileSync(path, 'utf8'));
  } catch (error) {
    throw invalid(path, messageOf(error), error);
  }
}

function invalid(path: string, what: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'game-file-invalid',
    message: `The game file ${path} does not fit: ${what}.`,
    next: `Compare it with ${ownFile('games/xjump.json')} and ${ownFile('games/game-file.schema.json')}.`,
    cause,
  });
}
