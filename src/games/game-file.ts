/**
 * A game file: everything that is known of a game, so that it need not be typed at each command. A folder with a game
 * file and its pictures may come from a stranger: nothing here runs a command of it, and no path leaves the folder.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ActionSet } from '../core/action-set.js';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { given } from '../core/given.js';
import { requireRegularFile } from '../core/regular-file.js';
import { PROJECT_ROOT, ownFile } from '../core/project-root.js';
import { parseJson } from '../core/json-lines.js';
import { STUDY_ACTIONS, STUDY_KEYSYMS } from '../core/study-actions.js';
import { firstProblem } from './first-problem.js';
import {
  gameFileSchema,
  type CueContrast,
  type CueName,
  type GameDocument,
  type MeterDocument,
  type Region,
  type RestartStep,
} from './game-file-schema.js';

/** A game file is a few lines; a larger one is something else. */
const MOST_BYTES = 64 * 1024;

/** The correlation from which on a cue counts as seen, where the file says none. */
export const SEEN_FROM = 0.8;

/** How long an outcome program may take, ms, where the file does not say. */
const OUTCOME_WITHIN_MS = 10_000;

/** How long a program that steps a game may take for an answer, ms, where the file does not say: it may have to start first. */
const STEPPED_WITHIN_MS = 30_000;

/** A small picture that tells something when it is seen. */
export interface CueSpec {
  /** Absolute path, within the game's folder; the file exists. */
  readonly picture: string;
  readonly region: Region;
  /** The correlation, above 0 and at most 1, from which on it counts as seen. */
  readonly atLeast: number;
  /** `same`: a dimmed or faded copy of the picture matches less. */
  readonly contrast: CueContrast;
  /** px, the window that it was taken from; null: as large as it is in the window now. */
  readonly of: { readonly width: number; readonly height: number } | null;
}

/** A program of the user's. Never run without `--allow-launch`. */
export interface ProgramSpec {
  /** At least the program's name. */
  readonly command: readonly string[];
}

export interface GameFile {
  readonly path: string;
  /** Absolute: relative paths in the file, and its commands, start here. */
  readonly folder: string;
  readonly name: string;
  readonly window: { readonly title?: string | undefined; readonly app?: string | undefined };
  /** The file's own, or the study's. */
  readonly actions: ActionSet;
  /**
   * What is pressed for each action, as {@link parseGameKey} reads it, or `none`; study actions that the file does not
   * name have their default key.
   */
  readonly keys: Readonly<Record<string, string>>;
  /** Combinations that are never held together. */
  readonly forbid: readonly (readonly string[])[];
  readonly crop: Region | null;
  readonly rateHz: number | null;
  readonly launch: (ProgramSpec & { readonly env: Readonly<Record<string, string>> }) | null;
  readonly cues: Readonly<Partial<Record<CueName, CueSpec>>>;
  /** The paths of their pictures are absolute, and the files exist. */
  readonly meters: Readonly<Record<string, MeterDocument>>;
  /** What leads to the next fight; empty where the file does not say. */
  readonly restart: readonly RestartStep[];
  readonly outcome: (ProgramSpec & { readonly withinMs: number }) | null;
  /** Steps the game; each answer is due within so long. */
  readonly stepped: (ProgramSpec & { readonly withinMs: number }) | null;
}

/** The game files that come with the program. */
const SHIPPED = join(PROJECT_ROOT, 'games');

/**
 * Reads a game file: a path, or the name of one that comes with the program.
 *
 * @throws UnderstudyError 'file-missing'; 'game-file-invalid' naming the field; 'cue-invalid' for a picture that is not there
 */
export function readGameFile(pathOrName: string): GameFile {
  const path = findGameFile(pathOrName);
  const document = readGameDocument(path);
  const folder = dirname(resolve(path));
  const { name, window, forbid = [], crop = null, rateHz = null, launch, restart = [], outcome, stepped } = document;
  const { actions, keys } = actionsAndKeys(path, document);
  const unknown = forbid.flat().find((action) => !actions.has(action));
  if (unknown !== undefined) throw invalid(path, `forbid: '${unknown}' is none of ${actions.names.join(', ')}`);
  refuseTwice(path, { forbid, opposing: document.opposing ?? [] });
  const cues = cuesOf(path, folder, document);
  if (cues.fighting === undefined && restart.some((step) => 'until' in step)) {
    throw invalid(path, "restart: it waits until 'fighting', and cues has no such picture");
  }
  return {
    path,
    folder,
    name,
    window,
    actions,
    keys,
    forbid,
    crop,
    rateHz,
    launch: launch === undefined ? null : { command: launch.command, env: launch.env ?? {} },
    cues,
    meters: metersOf(path, folder, document),
    restart,
    outcome: programOf(outcome, OUTCOME_WITHIN_MS),
    stepped: programOf(stepped, STEPPED_WITHIN_MS),
  };
}

function programOf(
  program: { readonly command: readonly string[]; readonly withinMs?: number | undefined } | undefined,
  withinMs: number,
): (ProgramSpec & { readonly withinMs: number }) | null {
  return program === undefined ? null : { command: program.command, withinMs: program.withinMs ?? withinMs };
}

/**
 * The path of a game file that a user names by its path, or by its name where it comes with the program.
 *
 * @throws UnderstudyError 'file-missing'
 */
export function findGameFile(pathOrName: string): string {
  const candidates = [pathOrName, join(SHIPPED, `${pathOrName}.json`)];
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  throw new UnderstudyError({
    kind: 'input',
    code: 'file-missing',
    message: `No game file '${pathOrName}': looked at ${candidates.join(' and ')}.`,
    next: `Give the path of a game file; ${ownFile('games/xjump.json')} is an example to copy.`,
  });
}

/**
 * A game file as it is written, for those who change it: its pictures need not be there.
 *
 * @throws UnderstudyError 'game-file-invalid' naming the field
 */
export function readGameDocument(path: string): GameDocument {
  const parsed = gameFileSchema.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  throw invalid(path, firstProblem(parsed.error));
}

/** @throws UnderstudyError 'game-file-invalid' for keys beside actions, rules without actions, or an invalid set */
/** The actions of the game: those of its file, or the study's. */
export function actionsOf(game: Pick<GameFile, 'actions'> | null): ActionSet {
  return game?.actions ?? STUDY_ACTIONS;
}

function actionsAndKeys(path: string, document: GameDocument): Pick<GameFile, 'actions' | 'keys'> {
  const { keys, actions, opposing, rare, scored } = document;
  if (actions === undefined) {
    const rule = Object.entries({ opposing, rare, scored }).find(([, names]) => names !== undefined);
    if (rule !== undefined) throw invalid(path, `${rule[0]}: only beside actions, and there are none`);
    return { actions: STUDY_ACTIONS, keys: { ...STUDY_KEYSYMS, ...keys } };
  }
  if (keys !== undefined) throw invalid(path, 'keys: not beside actions, which have their keys with them');
  refuseSharedKeys(path, actions);
  const names = actions.map((action) => action.name);
  for (const [field, named] of Object.entries({ opposing, rare, scored })) {
    const unknown = named?.flat().find((name) => !names.includes(name));
    if (unknown !== undefined) throw invalid(path, `${field}: '${unknown}' is none of the actions ${names.join(', ')}`);
  }
  try {
    return {
      actions: new ActionSet({ names, ...given({ opposing, rare, scored }) }),
      keys: Object.fromEntries(actions.map((action) => [action.name, action.key])),
    };
  } catch (error) {
    throw invalid(path, `actions: ${messageOf(error)}`, error);
  }
}

/** An action beside itself would never be pressed. */
function refuseTwice(path: string, combinations: Readonly<Record<string, readonly (readonly string[])[]>>): void {
  for (const [field, lists] of Object.entries(combinations)) {
    const list = lists.find((names) => new Set(names).size < names.length);
    if (list !== undefined) throw invalid(path, `${field}: an action twice in ${list.join(', ')}`);
  }
}

function refuseSharedKeys(path: string, actions: NonNullable<GameDocument['actions']>): void {
  const owners = new Map<string, string>();
  for (const [index, { name, key }] of actions.entries()) {
    const owner = owners.get(key);
    if (owner !== undefined) throw invalid(path, `actions.${index}.key: ${owner} and ${name} are on one key, '${key}'`);
    if (key !== 'none') owners.set(key, name);
  }
}

function cuesOf(path: string, folder: string, { cues = {} }: GameDocument): GameFile['cues'] {
  const entries = Object.entries(cues).map(([name, cue]) => {
    const { region, atLeast = SEEN_FROM, contrast = 'any', of = null } = cue;
    const picture = pictureOf(path, folder, `cues.${name}.picture`, cue.picture);
    return [name, { picture, region, atLeast, contrast, of }];
  });
  return Object.fromEntries(entries) as GameFile['cues'];
}

function metersOf(path: string, folder: string, { meters = {} }: GameDocument): GameFile['meters'] {
  const entries = Object.entries(meters).map(([name, meter]) => {
    if (meter.kind === 'bar' || meter.glyphs === undefined) return [name, meter];
    const glyphs = Object.entries(meter.glyphs).map(([digit, picture]) => {
      return [digit, pictureOf(path, folder, `meters.${name}.glyphs.${digit}`, picture)];
    });
    return [name, { ...meter, glyphs: Object.fromEntries(glyphs) as typeof meter.glyphs }];
  });
  return Object.fromEntries(entries) as GameFile['meters'];
}

/** The absolute path of a picture; links out of the folder are refused too. */
function pictureOf(path: string, folder: string, field: string, picture: string): string {
  const absolute = resolve(folder, picture);
  if (isAbsolute(picture) || !isWithin(folder, absolute)) {
    throw invalid(path, `${field}: '${picture}' leaves the folder of the game file`);
  }
  if (!existsSync(absolute)) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'cue-invalid',
      message: `The game file ${path} names the picture '${picture}' (${field}), and it is not there.`,
      next: 'Take it again with `understudy game cue`, or correct its path, which starts at the folder of the game file.',
    });
  }
  if (isWithin(realpathSync(folder), realpathSync(absolute))) return absolute;
  throw invalid(path, `${field}: '${picture}' is a link that leaves the folder of the game file`);
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
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
