/**
 * What a model was trained, tuned and tested on, compared with what it is scored on now. A score on fights that the
 * model was trained on says how well it remembers, so the user must ask for it.
 */
import { z } from 'zod';
import { UnderstudyError } from '../core/errors.js';
import type { BundleManifest } from '../policy/manifest.js';
import type { Dataset } from '../session/dataset.js';
import { fightIds } from '../session/fight-ids.js';

/** Which part a fight was in when the model was made. `unknown`: the model's record does not say. */
export const FIGHT_PARTS = ['train', 'validation', 'test', 'unseen', 'unknown'] as const;
export type FightPart = (typeof FIGHT_PARTS)[number];

/** A fight that a score is of. */
export interface ScoredFight {
  /** Number among the fights of all sessions. */
  readonly fight: number;
  readonly session: string;
  /** As {@link fightIds} gives it. */
  readonly id: string;
  readonly part: FightPart;
}

/** What a report says beside a score. */
export interface Split {
  /** How the parts were found: by the record's fights, by the names of its sessions, or not at all. */
  readonly knownBy: 'fights' | 'names' | 'nothing';
  /** Fights that are scored, by the part they had. */
  readonly scored: Readonly<Record<FightPart, number>>;
  readonly fights: readonly ScoredFight[];
  /** What the record says of the training; null where it says nothing. */
  readonly trainedOn: {
    readonly sessions: readonly string[];
    readonly fights: { readonly train: number; readonly validation: number; readonly test: number } | null;
  } | null;
  /** One sentence for people. */
  readonly text: string;
}

const ids = z.array(z.string()).max(1_000_000);
/** A bundle's encoder may come from another bundle, which was trained on its own fights. */
const givenSchema = z.object({
  fights: z.object({ train: ids, validation: ids }).optional(),
  get givenEncoder() {
    return givenSchema.optional();
  },
});
const recordSchema = z.object({
  sessions: z.array(z.string()).optional(),
  fights: z.object({ train: ids, validation: ids, test: ids }).optional(),
  tuned: z.object({ fights: ids.optional() }).optional(),
  givenEncoder: givenSchema.optional(),
});

/** Sorts the fights of `dataset` into the parts that they had for this model. */
export function splitOf({ training }: BundleManifest, dataset: Dataset): Split {
  const parsed = recordSchema.safeParse(training);
  const record = parsed.success ? parsed.data : {};
  const names = new Set(record.sessions ?? []);
  const { fights: parts } = record;
  const partOf = new Map<string, FightPart>();
  for (let given = record.givenEncoder; given !== undefined; given = given.givenEncoder) {
    for (const id of given.fights?.validation ?? []) partOf.set(id, 'validation');
    for (const id of given.fights?.train ?? []) partOf.set(id, 'train');
  }
  for (const part of ['test', 'validation', 'train'] as const) {
    // a fight that the encoder has seen stays so, whatever the head was tested on
    for (const id of parts?.[part] ?? []) if (part === 'train' || !partOf.has(id)) partOf.set(id, part);
  }
  // thresholds chosen on a fight make it one of validation, whatever it was before, unless it was trained on
  for (const id of record.tuned?.fights ?? []) if (partOf.get(id) !== 'train') partOf.set(id, 'validation');
  const sessionOf = new Map([...dataset.fights].map((fight, row) => [fight, dataset.sessionOf[row]]));
  const fights = [...fightIds(dataset)].map(([fight, id]): ScoredFight => {
    const session = dataset.sessions[sessionOf.get(fight)!].files.name;
    const byName = names.has(session) ? 'train' : 'unknown';
    return { fight, session, id, part: partOf.get(id) ?? (parts === undefined ? byName : 'unseen') };
  });
  const scored = Object.fromEntries(
    FIGHT_PARTS.map((part) => [part, fights.filter((fight) => fight.part === part).length]),
  ) as Record<FightPart, number>;
  const split = {
    knownBy: parts !== undefined ? ('fights' as const) : names.size > 0 ? ('names' as const) : ('nothing' as const),
    scored,
    fights,
    trainedOn:
      names.size === 0 && parts === undefined
        ? null
        : {
            sessions: [...names],
            fights:
              parts === undefined
                ? null
                : { train: parts.train.length, validation: parts.validation.length, test: parts.test.length },
          },
  };
  return { ...split, text: splitText(split) };
}

const PART_TEXTS: Readonly<Record<FightPart, string>> = {
  train: 'trained on',
  validation: 'used for early stopping or thresholds',
  test: "held back as the training's test",
  unseen: 'never seen in training',
  unknown: 'of which its record does not tell',
};

function splitText({ scored, knownBy, trainedOn }: Omit<Split, 'text'>): string {
  const parts = FIGHT_PARTS.filter((part) => scored[part] > 0).map((part) => `${scored[part]} ${PART_TEXTS[part]}`);
  const total = FIGHT_PARTS.reduce((sum, part) => sum + scored[part], 0);
  const trained =
    trainedOn === null
      ? 'The bundle does not say what it was trained on'
      : trainedOn.fights === null
        ? `Trained on the sessions ${trainedOn.sessions.join(', ')}; which fights, its record does not say`
        : `Trained on ${trainedOn.fights.train} fights, tuned on ${trainedOn.fights.validation}, tested on ${trainedOn.fights.test}`;
  if (knownBy === 'names' && scored.train === 0)
    return `Scored on ${total} fights of sessions with other names. ${trained}.`;
  const by = knownBy === 'names' ? ' (told by the names of the sessions alone)' : '';
  return `Scored on ${total} fights: ${parts.join(', ')}${by}. ${trained}.`;
}

/**
 * Refuses fights that the model was trained on.
 *
 * @throws UnderstudyError `training-fights`
 */
export function refuseTrainingFights({ name }: BundleManifest, { scored, fights, knownBy }: Split): void {
  if (scored.train === 0) return;
  const sessions = [...new Set(fights.filter(({ part }) => part === 'train').map(({ session }) => session))];
  const why =
    knownBy === 'fights'
      ? `${name} was trained on ${scored.train} of these ${fights.length} fights`
      : `${name} was trained on sessions of the same names (its record names no fights)`;
  throw new UnderstudyError({
    kind: 'input',
    code: 'training-fights',
    message: `${why}: ${sessions.join(', ')}. A score on them says how well it remembers, not how well it plays.`,
    next: 'Score other sessions; or leave those fights out with --part held-out, or take the score for what it is with --allow-train.',
  });
}
