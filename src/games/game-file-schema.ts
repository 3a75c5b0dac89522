/**
 * The shape of a game file. games/game-file.schema.json is made from it (a test compares). What one field says about
 * another is checked where the file is read.
 */
import { z } from 'zod';
import { MOST_ACTIONS } from '../core/action-set.js';
import { messageOf } from '../core/errors.js';
import { parseGameKey } from '../core/game-key.js';
import { STUDY_NAMES } from '../core/study-actions.js';

/** What a cue can tell. */
export const CUE_NAMES = ['fighting', 'won', 'lost'] as const;
export type CueName = (typeof CUE_NAMES)[number];

/** Whether a dimmed or faded copy of a cue's picture counts as the cue. */
export const CUE_CONTRASTS = ['any', 'same'] as const;
export type CueContrast = (typeof CUE_CONTRASTS)[number];

const fraction = z.number().min(0).max(1);

/** 0.1 + 0.9 may be slightly above 1. */
const ROUNDING = 1e-9;

const regionSchema = z
  .strictObject({ left: fraction, top: fraction, width: fraction, height: fraction })
  .refine((region) => region.width > 0 && region.height > 0, 'needs a width and a height above 0')
  .refine(
    ({ left, top, width, height }) => left + width <= 1 + ROUNDING && top + height <= 1 + ROUNDING,
    'reaches beyond the window',
  );

const key = z
  .string()
  .min(1)
  .max(40)
  .superRefine((text, context) => {
    try {
      parseGameKey(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
    }
  })
  .describe(
    'A keysym name of the layout (z, space, Up), a place (code:KeyX) or a button (mouse:left, :middle, :right).',
  );

/** A rough limit: the set of actions checks names exactly. */
const actionName = z.string().min(1).max(24);
const someActions = z.array(actionName).max(MOST_ACTIONS);

const command = z.array(z.string().max(4096)).min(1).max(64);
const milliseconds = z.number().int().min(0).max(600_000);

const picturePath = z.string().min(1).max(200).describe("Path from the game file's folder, which it may not leave.");

const cueSchema = z.strictObject({
  picture: picturePath,
  region: regionSchema.describe('Where in the window it is looked for, in fractions of it.'),
  atLeast: z
    .number()
    .min(0.1)
    .max(1)
    .optional()
    .describe('The correlation from which on it counts as seen. Default 0.8.'),
  contrast: z
    .enum(CUE_CONTRASTS)
    .optional()
    .describe('same: a place with less or more contrast, such as a dimmed one, matches less. Default any.'),
  of: z
    .strictObject({ width: z.number().int().min(1).max(16_384), height: z.number().int().min(1).max(16_384) })
    .optional()
    .describe('The size, in pixels, of the window that it was taken from. Left out: that of the window now.'),
});

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'expected a colour such as #c02020');

const meterSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('bar'),
      region: regionSchema,
      from: z.enum(['left', 'right', 'top', 'bottom']).describe('The side that it fills from.'),
      full: colour.optional().describe('The colour of the filled part. Left out: learned from what is seen.'),
      empty: colour.optional().describe('The colour of the rest. Left out: learned from what is seen.'),
    })
    .describe('How full a bar is, 0 to 1.'),
  z
    .strictObject({
      kind: z.literal('digits'),
      region: regionSchema,
      glyphs: z
        .partialRecord(z.enum(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']), picturePath)
        .optional()
        .describe('A picture of each digit, with a little of its background. A digit without one is not read.'),
    })
    .describe('A number that is written in the window.'),
]);

const restartStepSchema = z.union([
  z.strictObject({ tap: key }),
  z.strictObject({ waitMs: milliseconds }),
  z.strictObject({ until: z.literal('fighting'), withinMs: milliseconds }),
]);

export const gameFileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().min(1).max(100).describe('What people call the game.'),
    launch: z
      .strictObject({
        command: command.describe("The program and its arguments, run in the game file's folder."),
        env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(4096)).optional(),
      })
      .optional()
      .describe('How to start the game. Run only when asked to.'),
    window: z
      .strictObject({
        title: z.string().min(1).optional().describe('Part of the title, or /a regular expression/.'),
        app: z.string().min(1).optional().describe('The application: WM_CLASS on X11.'),
      })
      .describe('How to find its window; at least one of title and app.')
      .refine((window) => window.title !== undefined || window.app !== undefined, 'needs a title or an app'),
    keys: z
      .partialRecord(z.enum(STUDY_NAMES), key)
      .optional()
      .describe(
        'The key of each action of the study, or none: an action without a key. Actions left out keep the default key. Not beside actions.',
      ),
    actions: z
      .array(z.strictObject({ name: actionName, key }))
      .min(1, 'no action; expected one at least')
      .max(MOST_ACTIONS, `more than ${MOST_ACTIONS} actions`)
      .optional()
      .describe("The game's own actions, in the order of a model's outputs, each with its key, or none."),
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
    crop: regionSchema.optional().describe('The part of the window that the model sees, in fractions of it.'),
    rateHz: z.number().positive().max(240).optional().describe('Ticks a second; the bundle decides when left out.'),
    cues: z
      .partialRecord(z.enum(CUE_NAMES), cueSchema)
      .optional()
      .describe('Small pictures that tell when a fight is on, and how it ended.'),
    meters: z
      .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,23}$/), meterSchema)
      .refine((meters) => Object.keys(meters).length <= 8, 'more than 8 meters')
      .optional()
      .describe('Numbers that are read off the window: bars and scores.'),
    restart: z
      .array(restartStepSchema)
      .min(1)
      .max(64)
      .optional()
      .describe('What leads from the end of a fight to the next one: taps and waits, in sequence.'),
    outcome: z
      .strictObject({
        command: command.describe("The program and its arguments, run in the game file's folder."),
        withinMs: milliseconds.min(1).optional().describe('How long it may take. Default 10000.'),
      })
      .optional()
      .describe('A program that says after each fight how it ended. Run only when asked to.'),
    stepped: z
      .strictObject({
        command: command.describe("The program and its arguments, run in the game file's folder."),
        withinMs: milliseconds.min(1).optional().describe('How long an answer may take. Default 30000.'),
      })
      .optional()
      .describe('A program that steps the game, for fights faster than real time. Run only when asked to.'),
  })
  .describe('How understudy finds and plays a game.');

/** A game file as it is written. */
export type GameDocument = z.infer<typeof gameFileSchema>;

/** In fractions of the window's width and height, within it. */
export type Region = z.infer<typeof regionSchema>;

/** One step of a restart. */
export type RestartStep = z.infer<typeof restartStepSchema>;

/** A number that is read off the window; the paths of pictures as they are written. */
export type MeterDocument = z.infer<typeof meterSchema>;
