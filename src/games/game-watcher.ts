/**
 * Looks at a game: its cues, its meters, and the fights that follow from them. Record, play and evaluate all use this
 * one. Look once at each picture that is new; a look waits for nothing, and presses and opens nothing.
 */
import { messageOf, UnderstudyError } from '../core/errors.js';
import { readImage, type BgraImage } from '../vision/image-file.js';
import { BarMeter } from './bar-meter.js';
import { CueAccount } from './cue-account.js';
import { CueMatcher } from './cue-matcher.js';
import { DigitsMeter, digitShapes, type DigitShape, type DigitsSpec } from './digits-meter.js';
import { FightFollower } from './fight-follower.js';
import type { CueName } from './game-file-schema.js';
import type { CueSpec, GameFile } from './game-file.js';
import type { CueScores, GamePicture, GameState } from './game-state.js';
import { contrastOf, grayOf, type GrayImage } from './gray-image.js';

/** Gray levels, the standard deviation below which a cue's picture shows nothing. */
const LEAST_CONTRAST = 4;

/** Windows whose proportions differ by less than this share have one shape: sizes are whole pixels. */
const SAME_SHAPE = 0.02;

/** A game file, as far as it says what to look at. */
export type WatchedGame = Pick<GameFile, 'path' | 'cues' | 'meters'>;

interface Cue {
  readonly name: CueName;
  readonly spec: CueSpec;
  readonly matcher: CueMatcher;
}

export class GameWatcher {
  readonly #cues: readonly Cue[];
  readonly #meters: ReadonlyMap<string, BarMeter | DigitsMeter>;
  readonly #follower: FightFollower;
  /** What the cues said so far, and what is wrong with them. */
  readonly account: CueAccount;
  #fightMeters: Record<string, number | null>;

  /**
   * Reads the pictures of the game file.
   *
   * @throws UnderstudyError `cue-invalid` for a picture that shows nothing, is larger than its region or too small;
   *   `image-unreadable`, `package-missing`
   */
  static async open({ path, cues, meters }: WatchedGame): Promise<GameWatcher> {
    const opened: Cue[] = [];
    for (const [name, spec] of Object.entries(cues) as [CueName, CueSpec][]) {
      opened.push({ name, spec, matcher: await openCue(path, name, spec) });
    }
    const readers = new Map<string, BarMeter | DigitsMeter>();
    for (const [name, spec] of Object.entries(meters)) {
      readers.set(name, spec.kind === 'bar' ? new BarMeter(spec) : await openDigits(path, name, spec));
    }
    return new GameWatcher(opened, readers);
  }

  /** Whether a picture can serve as a cue, before it is written. @throws UnderstudyError `cue-invalid` as {@link open} */
  static checkCue(name: CueName, spec: CueSpec, picture: BgraImage): void {
    cueOf(name, spec, grayOf(picture));
  }

  private constructor(cues: readonly Cue[], meters: ReadonlyMap<string, BarMeter | DigitsMeter>) {
    this.#cues = cues;
    this.#meters = meters;
    this.#follower = new FightFollower(Object.fromEntries(cues.map(({ name, spec }) => [name, spec.atLeast])));
    this.account = new CueAccount(Object.fromEntries(cues.map(({ name, spec }) => [name, spec])));
    this.#fightMeters = this.#unread();
  }

  /** False where the game has neither cues nor meters: then there is nothing to look at. */
  get hasAnything(): boolean {
    return this.#cues.length + this.#meters.size > 0;
  }

  /** The colours of each bar, given or learned by now; null where they are not known yet. */
  barColours(): Record<string, BarMeter['colours']> {
    const bars = [...this.#meters].filter((entry): entry is [string, BarMeter] => entry[1] instanceof BarMeter);
    return Object.fromEntries(bars.map(([name, bar]) => [name, bar.colours]));
  }

  /** What a person should know about cues in a window of this size: that they are scaled, or cannot be found. */
  notesFor(window: { readonly width: number; readonly height: number }): string[] {
    return this.#cues.flatMap(({ name, spec: { of }, matcher }) => {
      const problem = matcher.problemAt(window);
      if (problem !== null) return [`the cue '${name}' will not be seen well: ${problem}`];
      if (of === null || (of.width === window.width && of.height === window.height)) return [];
      const sizes = `${of.width}x${of.height}, and this one is ${window.width}x${window.height}`;
      const isStretched = Math.abs((of.width * window.height) / (of.height * window.width) - 1) > SAME_SHAPE;
      const means = isStretched
        ? 'it is stretched with the window, and not found where the game keeps its proportions'
        : 'it is scaled, and may match less well';
      return [`the cue '${name}' was taken in a window of ${sizes}: ${means}`];
    });
  }

  /** Takes the next picture. `capturedAtMs` must not go back. */
  look(picture: GamePicture): GameState {
    const scores: Partial<Record<CueName, number>> = {};
    for (const { name, matcher } of this.#cues) scores[name] = matcher.look(picture);
    const following = this.#follower.look(scores, picture.capturedAtMs);
    this.account.take(scores, picture);
    this.account.takeEdges(following.edges);
    return this.#state(following, scores, this.#readMeters(picture, following.fighting !== false));
  }

  /** No picture follows: a fight that is on ends now. */
  finish(atMs: number): GameState {
    return this.#state(this.#follower.finish(atMs), {}, this.#unread());
  }

  #readMeters(picture: GamePicture, isPlay: boolean): Record<string, number | null> {
    const values = [...this.#meters].map(([name, meter]) => {
      return [name, meter instanceof BarMeter ? meter.look(picture, isPlay) : meter.look(picture)] as const;
    });
    return Object.fromEntries(values);
  }

  #state(
    following: Pick<GameState, 'fighting' | 'outcome' | 'edges'>,
    scores: CueScores,
    meters: Record<string, number | null>,
  ): GameState {
    const isNext = following.edges.some(({ edge }) => edge === 'began');
    const before = this.#fightMeters;
    if (isNext) this.#fightMeters = this.#unread();
    // of a picture that may show something else already, nothing counts
    if (following.fighting !== false && this.#seesPlay(scores)) {
      for (const [name, value] of Object.entries(meters)) if (value !== null) this.#fightMeters[name] = value;
    }
    const fightMeters = { ...this.#fightMeters };
    return { ...following, scores, meters, fightMeters, endedMeters: isNext ? before : fightMeters };
  }

  #seesPlay(scores: CueScores): boolean {
    return this.#cues.every(({ name, spec }) => (scores[name] ?? -1) >= spec.atLeast === (name === 'fighting'));
  }

  #unread(): Record<string, number | null> {
    return Object.fromEntries([...this.#meters.keys()].map((name) => [name, null]));
  }
}

async function openCue(path: string, name: CueName, spec: CueSpec): Promise<CueMatcher> {
  return cueOf(name, spec, await readGray(path, `cues.${name}`, spec.picture));
}

function cueOf(name: CueName, spec: CueSpec, image: GrayImage): CueMatcher {
  const matcher = new CueMatcher(spec, image);
  const problem = spec.of === null ? null : matcher.problemAt(spec.of);
  if (problem !== null) {
    throw invalid(
      `The cue '${name}' cannot be looked for: ${problem}.`,
      'Take it again with `understudy game cue`: larger, or with its region closer around it.',
    );
  }
  const contrast = contrastOf(image);
  if (contrast >= LEAST_CONTRAST) return matcher;
  throw invalid(
    `The picture of the cue '${name}', ${spec.picture}, is nearly of one gray (its contrast is ${contrast.toFixed(1)} levels; expected ${LEAST_CONTRAST} or more).`,
    'Take one with edges that only this state shows, such as letters or a panel.',
  );
}

async function openDigits(path: string, name: string, spec: DigitsSpec): Promise<DigitsMeter> {
  const digits = new Map<string, DigitShape>();
  for (const [digit, picture] of Object.entries(spec.glyphs ?? {})) {
    const shapes = digitShapes(await readGray(path, `meters.${name}`, picture));
    if (shapes.length !== 1) {
      throw invalid(
        `The picture ${picture} of the digit ${digit} has ${shapes.length} shapes on a plain background; expected one.`,
        'Cut out one digit, with a pixel or two of its background on each side.',
      );
    }
    digits.set(digit, shapes[0]);
  }
  return new DigitsMeter(spec, digits);
}

async function readGray(path: string, field: string, picture: string): Promise<GrayImage> {
  try {
    return grayOf(await readImage(picture));
  } catch (error) {
    if (error instanceof UnderstudyError && error.kind === 'environment') throw error;
    throw invalid(
      `A picture of ${path} (${field}) cannot be read: ${messageOf(error)}.`,
      'Take it again, or save it as a PNG.',
      error,
    );
  }
}

function invalid(message: string, next: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({ kind: 'input', code: 'cue-invalid', message, next, cause });
}
