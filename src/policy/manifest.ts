/**
 * manifest.json of a bundle: what the model is, which input it needs and how its outputs become keys. Reads every older
 * format version through migrations, refuses newer ones, and never trusts a path or a size.
 */
import { z } from 'zod';
import type { ActionSet } from '../core/action-set.js';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { parseJson } from '../core/json-lines.js';
import { actionSetOf, rulesBeside, STUDY_ACTIONS } from '../core/study-actions.js';
import {
  contractDifference,
  contractFingerprint,
  isCropValid,
  STUDY_CONTRACT,
  type PreprocessingContract,
} from '../vision/preprocessing-contract.js';
import { ACTS } from './act-gate.js';
import { isThresholdValid } from './thresholds.js';

/** The version that this program writes. */
export const FORMAT_VERSION = 1;

const sizePx = z.number().int().min(8).max(1024);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');

const fileSchema = z.object({
  /** A plain name: the files are beside the manifest. */
  path: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'expected a plain file name inside the bundle'),
  sha256,
  sizeBytes: z.number().int().positive(),
});

const thresholdSchema = z
  .object({ press: z.number(), release: z.number() })
  .refine(isThresholdValid, 'expected 0 < release <= press <= 1');

const contractSchema = z.object({
  resize: z.string(),
  gray: z.string(),
  width: sizePx,
  height: sizePx,
  crop: z
    .object({ left: z.number(), top: z.number(), width: z.number(), height: z.number() })
    .refine(isCropValid, 'expected a crop within the window, in fractions'),
  scale: z.string(),
  fingerprint: sha256,
});

/** What is known of the actions beyond their names, by name: as an {@link ActionSet} has it. */
export const actionRulesSchema = z.object({
  opposing: z.array(z.tuple([z.string(), z.string()])),
  rare: z.array(z.string()),
  scored: z.array(z.string()),
});

/** The manifest's fields about actions. Without rules the names alone determine the set. */
export interface ActionFields {
  readonly actions: string[];
  readonly actionRules?: z.infer<typeof actionRulesSchema> | undefined;
}

const manifestSchema = z
  .object({
    formatVersion: z.literal(FORMAT_VERSION),
    name: z.string().min(1).max(100),
    actions: z.array(z.string()),
    actionRules: actionRulesSchema.optional(),
    /** The name of the game that it was trained on. Absent where the sessions did not say. */
    game: z.string().min(1).max(100).optional(),
    fps: z.number().positive().max(1000),
    windowLength: z.number().int().min(1).max(1000),
    latentSize: z.number().int().min(1).max(65536),
    image: z.object({ height: sizePx, width: sizePx }),
    preprocessing: contractSchema,
    horizon: z.number().int().min(0).max(100),
    apply: z.enum(['next-tick', 'at-once']),
    thresholds: z.record(z.string(), thresholdSchema),
    act: z.enum(ACTS).optional(),
    files: z.object({ encoder: fileSchema, head: fileSchema }),
    training: z.record(z.string(), z.unknown()),
    metrics: z.record(z.string(), z.unknown()),
  })
  .superRefine((manifest, context) => {
    try {
      actionsOf(manifest);
    } catch (error) {
      context.addIssue({ code: 'custom', path: ['actions'], message: messageOf(error) });
    }
    for (const action of manifest.actions) {
      if (Object.hasOwn(manifest.thresholds, action)) continue;
      context.addIssue({ code: 'custom', path: ['thresholds', action], message: 'expected a threshold' });
    }
    for (const action of Object.keys(manifest.thresholds)) {
      // earlier bundles with only some of the study's actions have thresholds for the others too
      if (manifest.actions.includes(action) || STUDY_ACTIONS.has(action)) continue;
      context.addIssue({ code: 'custom', path: ['thresholds', action], message: 'expected one of the actions' });
    }
  });

/**
 * A bundle's manifest. `windowLength` is T, `latentSize` D, `image` H and W, `actions` the K outputs in their order
 * ({@link actionsOf} makes a set of them). `horizon` counts periods of `fps` from the window's last frame to the frame
 * that a decision is for. `training` and `metrics` are records for people and reports, free in form.
 */
export type BundleManifest = Omit<z.infer<typeof manifestSchema>, 'preprocessing'> & {
  readonly preprocessing: PreprocessingContract & { readonly fingerprint: string };
};

/** The action set of a bundle's outputs. @throws UnderstudyError `actions-invalid` */
export function actionsOf({ actions, actionRules }: ActionFields): ActionSet {
  return actionSetOf(actions, actionRules);
}

/** The manifest's fields for a set. Rules are written only where the names alone do not determine the set. */
export function actionFields(actions: ActionSet): ActionFields {
  const names = [...actions.names];
  const rules = rulesBeside(actions);
  if (rules === undefined) return { actions: names };
  const opposing = rules.opposing.map(([one, other]): [string, string] => [one, other]);
  return { actions: names, actionRules: { opposing, rare: [...rules.rare], scored: [...rules.scored] } };
}

/** Turns a manifest of one version into one of the next version. */
type Migration = (manifest: Record<string, unknown>) => Record<string, unknown>;

/** MIGRATIONS[v] turns version v into version v + 1. Version 1 is the first. */
const MIGRATIONS: Readonly<Record<number, Migration>> = {};

/** The error for a bundle that is damaged. */
export function corrupt(message: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'bundle-corrupt',
    message,
    next: 'copy the bundle again from where it came, or make a new one with `understudy model init`',
    cause,
  });
}

/**
 * Brings a manifest of any known version to `current`.
 *
 * @param path for errors
 * @throws UnderstudyError 'bundle-too-new' naming both versions, 'bundle-corrupt' without a version
 */
export function migrate(
  document: unknown,
  path: string,
  migrations: Readonly<Record<number, Migration>> = MIGRATIONS,
  current: number = FORMAT_VERSION,
): Record<string, unknown> {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw corrupt(`${path}: it is not a JSON object`);
  }
  let manifest = document as Record<string, unknown>;
  const version = manifest.formatVersion;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw corrupt(`${path}: formatVersion is ${JSON.stringify(version)}, expected a whole number from 1 on`);
  }
  if (version > current) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'bundle-too-new',
      message: `${path} has format version ${version}; this understudy reads up to ${current}`,
      next: 'update understudy, or export the model in the older format',
    });
  }
  for (let from = version; from < current; from += 1) {
    const step = migrations[from];
    if (step === undefined) throw corrupt(`${path}: there is no migration from format version ${from} to ${from + 1}`);
    manifest = { ...step(manifest), formatVersion: from + 1 };
  }
  return manifest;
}

/**
 * Reads a manifest and checks that this program can give the model the input it was trained with.
 *
 * @param path for errors
 * @throws UnderstudyError 'bundle-corrupt', 'bundle-too-new', 'bundle-mismatch'
 */
export function parseManifest(text: string, path: string): BundleManifest {
  let document: unknown;
  try {
    document = parseJson(text);
  } catch (error) {
    throw corrupt(`${path}: it is not JSON (${messageOf(error)})`, error);
  }
  const parsed = manifestSchema.safeParse(migrate(document, path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw corrupt(`${path}: ${issue.path.join('.') || 'the whole'}: ${issue.message}`, parsed.error);
  }
  checkContract(parsed.data, path);
  return parsed.data as BundleManifest;
}

function checkContract(manifest: z.infer<typeof manifestSchema>, path: string): void {
  const { fingerprint, ...contract } = manifest.preprocessing;
  const ours = { ...STUDY_CONTRACT, ...manifest.image, crop: contract.crop };
  const difference = contractDifference(ours, contract as PreprocessingContract);
  if (difference !== null) {
    const { field, got, expected } = difference;
    throw mismatch(path, `preprocessing.${field}`, got, expected);
  }
  const expected = contractFingerprint(ours);
  if (fingerprint !== expected) throw mismatch(path, 'preprocessing.fingerprint', fingerprint, expected);
}

/** The error for a bundle that does not fit: names the field, its value and the expected value. */
export function mismatch(
  path: string,
  field: string,
  got: unknown,
  expected: unknown,
  next = 'use a model that was trained for this setting, or change the setting to that of the model',
): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'bundle-mismatch',
    message: `${path}: ${field} is ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`,
    next,
  });
}

/**
 * Refuses a bundle that was trained on another game. Bundles and places without a game's name are accepted.
 *
 * @param game the place's or the session's; null: not known
 * @throws UnderstudyError 'bundle-mismatch' naming both games
 */
export function requireGame(
  path: string,
  bundleGame: string | undefined,
  game: string | null,
  next = ANOTHER_GAME,
): void {
  if (bundleGame === undefined || game === null || bundleGame === game) return;
  throw mismatch(path, 'game', bundleGame, game, next);
}

const ANOTHER_GAME = 'name a model of this game with --model, or add --any-game where this model is meant';
