/** A game that a program steps: it is asked for fights and periods through a pipe (docs/stepped-games.md). */
import { z } from 'zod';
import { ActionSet, keptApart, NONE_HELD, type ActionSetSpec, type HeldActions } from '../../core/action-set.js';
import { badOption } from '../../core/errors.js';
import { ownFile } from '../../core/project-root.js';
import type { GameFile } from '../../games/game-file.js';
import { firstProblem } from '../../games/first-problem.js';
import { WHOLE_WINDOW, type Crop } from '../../vision/preprocessing-contract.js';
import {
  BY_WINS,
  type Picture,
  type RewardedEvent,
  type Seen,
  type Stepped,
  type SteppedGame,
  type SteppedRules,
} from '../stepped-game.js';
import { ProgramTalk, type ProgramAt } from '../program-talk.js';

/** Version of what is asked and answered. */
const PROTOCOL = 1;

/** Each fight at a time is a process of its own. */
const MOST_AT_A_TIME = 4;

/** px: as large as a large screen. */
const LARGEST = 4096;

const SECONDS = 'seconds';
/** Events that need no naming. */
const OF_EVERY_GAME = new Set([SECONDS, 'won', 'lost']);

/** s of game time: a fight that lasts longer will not end. */
const LONGEST_FIGHT = 3600;

/** Bytes a pixel. */
const PIXELS = { bgra: 4, rgb: 3, gray: 1 } as const;

const eventName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,23}$/);

/** What a program says of its game. */
const descriptionSchema = z
  .strictObject({
    width: z.number().int().min(1).max(LARGEST),
    height: z.number().int().min(1).max(LARGEST),
    pixels: z.enum(['bgra', 'rgb', 'gray']),
    events: z.record(eventName, z.strictObject({ says: z.string().max(200), reward: z.number() })),
    judgedBy: z.string().default(BY_WINS),
    demonstrator: z.boolean().default(false),
  })
  .refine(({ events }) => !(BY_WINS in events), `events: '${BY_WINS}' is how fights that are won are called`)
  .refine(({ events, judgedBy }) => judgedBy === BY_WINS || judgedBy === SECONDS || judgedBy in events, {
    message: `neither '${BY_WINS}' nor one of the events`,
    path: ['judgedBy'],
  });

type Description = Readonly<z.infer<typeof descriptionSchema>>;

/** The game by name: plain data. */
export interface ProgramName {
  readonly kind: 'program';
  readonly name: string;
  readonly at: ProgramAt;
  readonly actions: ActionSetSpec;
  /** Combinations that are never held together. */
  readonly forbid: readonly (readonly string[])[];
  readonly crop: Crop;
  readonly description: Description;
}

/** Of one instant, and of one period. */
const seenSchema = z.strictObject({ demonstrator: z.array(z.string()).nullish() });
const steppedSchema = seenSchema.extend({
  events: z.record(z.string(), z.number()).default({}),
  outcome: z.enum(['won', 'lost', 'ended']).nullish(),
});

export type SteppedFile = Pick<GameFile, 'name' | 'folder' | 'actions' | 'forbid' | 'crop'> & {
  readonly stepped: NonNullable<GameFile['stepped']>;
};

/**
 * @param mayRun whether the user permits that the file's program is run
 * @throws UnderstudyError `bad-option` where it may not be, or the file names none that steps the game
 */
export function steppedOf(file: GameFile, mayRun: boolean): SteppedFile {
  const { name, folder, actions, forbid, crop, stepped } = file;
  if (stepped !== null && mayRun) return { name, folder, actions, forbid, crop, stepped };
  if (stepped !== null) {
    throw badOption(
      `${file.path} names a program that steps the game (${stepped.command.join(' ')}), and it is not run unasked.`,
      'Give --allow-launch, if you trust the game file.',
    );
  }
  throw badOption(
    `${file.path} names no program that steps the game.`,
    `Add \`stepped\` to it (${ownFile('docs/stepped-games.md')}), or play in real time.`,
  );
}

/**
 * Runs the program once and asks it what game it is.
 *
 * @throws UnderstudyError `step-failed`
 */
export async function describeGame(file: SteppedFile, rateHz: number): Promise<ProgramName> {
  const at: ProgramAt = { ...file.stepped, folder: file.folder };
  await using talk = new ProgramTalk(at);
  const { names } = file.actions;
  const actions = { names, ...file.actions.rules() };
  const description = await describe(talk, { actions: names, rateHz, demonstrate: false });
  const { name, forbid, crop } = file;
  return { kind: 'program', name, at, actions, forbid, crop: crop ?? WHOLE_WINDOW, description };
}

/** @param asked demonstrate: whether its keys are wanted; they may be costly */
async function describe(
  talk: ProgramTalk,
  asked: { readonly actions: readonly string[]; readonly rateHz: number; readonly demonstrate: boolean },
): Promise<Description> {
  const { answer } = await talk.ask({ understudy: PROTOCOL, ...asked }, 0);
  return parsed(talk, descriptionSchema, answer);
}

function parsed<T>(talk: ProgramTalk, schema: z.ZodType<T>, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const got = JSON.stringify(answer).slice(0, 200);
  throw talk.failed(`its answer ${got} does not fit: ${firstProblem(result.error)}`);
}

/** What the game is, wherever its program lies and however long it may take. */
export const identityOf = ({ at: { command }, ...name }: ProgramName): object => ({ ...name, command });

export function programGame({ name, at, actions: spec, forbid, crop, description }: ProgramName): SteppedRules {
  const actions = new ActionSet(spec);
  const apart = [...actions.opposing.map((pair) => pair.map((index) => actions.names[index])), ...forbid];
  const forbidden = apart.map((names) => actions.holding(...names));
  const isWon = description.judgedBy === BY_WINS;
  const own: Readonly<Record<string, RewardedEvent>> = {
    [SECONDS]: { says: 'game time, s', reward: 0 },
    won: { says: 'the fight is won', reward: isWon ? 1 : 0 },
    lost: { says: 'the fight is lost', reward: isWon ? -1 : 0 },
  };
  return {
    name,
    fightsOf: [name],
    actions,
    trainedOn: { game: name, crop },
    events: { ...own, ...description.events },
    judgedBy: description.judgedBy,
    mostAtATime: MOST_AT_A_TIME,
    open: async (rateHz, _, { withDemonstrator = false } = {}) => {
      const talk = new ProgramTalk(at);
      try {
        const said = await describe(talk, { actions: actions.names, rateHz, demonstrate: withDemonstrator });
        if (JSON.stringify(said) !== JSON.stringify(description)) {
          throw talk.failed('it describes another game than when it was asked first');
        }
        const asked = { ...said, demonstrator: withDemonstrator && said.demonstrator };
        return new ProgramGame({ talk, actions, forbidden, description: asked, rateHz });
      } catch (error) {
        await talk[Symbol.asyncDispose]();
        throw error;
      }
    },
  };
}

interface ProgramGameParts {
  readonly talk: ProgramTalk;
  readonly actions: ActionSet;
  /** Each has two actions or more. */
  readonly forbidden: readonly HeldActions[];
  /** `demonstrator`: whether it is asked. */
  readonly description: Description;
  readonly rateHz: number;
}

class ProgramGame implements SteppedGame {
  readonly #parts: ProgramGameParts;
  readonly #bgra: Uint8Array;
  #held: HeldActions = NONE_HELD;
  #seed = 0;
  #period = 0;

  constructor(parts: ProgramGameParts) {
    this.#parts = parts;
    this.#bgra = new Uint8Array(4 * parts.description.width * parts.description.height);
  }

  get processes(): readonly number[] {
    return this.#parts.talk.processes;
  }

  async reset(seed: number): Promise<Seen> {
    const { talk } = this.#parts;
    this.#held = NONE_HELD;
    this.#seed = seed;
    this.#period = 0;
    talk.at = `in the fight of seed ${seed}, at its beginning`;
    const { answer, picture } = await talk.ask({ reset: seed }, this.#pictureBytes);
    return this.#seen(parsed(talk, seenSchema, answer).demonstrator, picture);
  }

  async step(held: HeldActions): Promise<Stepped> {
    const { talk, actions, forbidden, description, rateHz } = this.#parts;
    this.#held = keptApart(held, this.#held, forbidden);
    this.#period += 1;
    talk.at = `in the fight of seed ${this.#seed}, period ${this.#period}`;
    if (this.#period > LONGEST_FIGHT * rateHz) {
      throw talk.failed(`it has not ended the fight after ${LONGEST_FIGHT} s of game time`);
    }
    const { answer, picture } = await talk.ask({ hold: actions.heldNames(this.#held) }, this.#pictureBytes);
    const { demonstrator, events, outcome = null } = parsed(talk, steppedSchema, answer);
    const unknown = Object.keys(events).find((name) => !OF_EVERY_GAME.has(name) && !(name in description.events));
    if (unknown !== undefined) throw talk.failed(`it tells of '${unknown}', which is none of its events`);
    const own = { [SECONDS]: 1 / rateHz, ...(outcome === 'won' || outcome === 'lost' ? { [outcome]: 1 } : {}) };
    return { ...this.#seen(demonstrator, picture), events: { ...own, ...events }, outcome };
  }

  get #pictureBytes(): number {
    const { width, height, pixels } = this.#parts.description;
    return width * height * PIXELS[pixels];
  }

  #seen(demonstrator: readonly string[] | null | undefined, picture: Buffer): Seen {
    const { talk, actions, forbidden, description } = this.#parts;
    const { width, height, pixels } = description;
    const shown: Picture = { width, height, pixels: this.#toBgra(picture, pixels) };
    if (!description.demonstrator) return { picture: shown, demonstrator: null };
    if (!demonstrator) throw talk.failed('it has a demonstrator, and does not say what that would hold');
    const unknown = demonstrator.find((name) => !actions.has(name));
    if (unknown !== undefined) throw talk.failed(`its demonstrator holds '${unknown}', which is not an action`);
    const holds = actions.holding(...demonstrator);
    if (keptApart(holds, NONE_HELD, forbidden) === holds) return { picture: shown, demonstrator: holds };
    throw talk.failed(`its demonstrator holds ${demonstrator.join(' and ')}, which are never held together`);
  }

  #toBgra(source: Buffer, pixels: Description['pixels']): Uint8Array {
    if (pixels === 'bgra') return source;
    const target = this.#bgra;
    const bytes = PIXELS[pixels];
    const [red, blue] = pixels === 'rgb' ? [0, 2] : [0, 0];
    const green = pixels === 'rgb' ? 1 : 0;
    for (let from = 0, to = 0; from < source.length; from += bytes, to += 4) {
      target[to] = source[from + blue];
      target[to + 1] = source[from + green];
      target[to + 2] = source[from + red];
      target[to + 3] = 255;
    }
    return target;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.talk[Symbol.asyncDispose]();
  }
}
