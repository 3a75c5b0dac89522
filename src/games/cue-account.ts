/**
 * What the cues of a game said over a run, and what is wrong with them, a sentence each with what to do. Counts what it
 * is given; looks at nothing itself.
 */
import type { CueName } from './game-file-schema.js';
import type { CueSpec } from './game-file.js';
import { PICTURES_TO_OPEN } from './fight-follower.js';
import type { CueScores, GameState } from './game-state.js';

/** Fights of less than this are flickering, ms. */
const SHORTEST_FIGHT_MS = 1000;

/** Within so much of its level a cue is not sure; of all pictures, more than this share, 0 to 1, and it will flicker. */
const UNSURE = 0.1;
const MUCH_UNSURE = 0.05;

/** An outcome that is seen beside the fight's cue in such a share of the pictures is part of the play's picture. */
const MUCH_TOGETHER = 0.2;

interface Size {
  readonly width: number;
  readonly height: number;
}

class CueCount {
  readonly name: CueName;
  readonly spec: Pick<CueSpec, 'atLeast' | 'of'>;
  seen = 0;
  best = -1;
  unsure = 0;

  constructor(name: CueName, spec: Pick<CueSpec, 'atLeast' | 'of'>) {
    this.name = name;
    this.spec = spec;
  }

  take(score: number): boolean {
    const { atLeast } = this.spec;
    const isSeen = score >= atLeast;
    if (isSeen) this.seen += 1;
    if (Math.abs(score - atLeast) < UNSURE) this.unsure += 1;
    this.best = Math.max(this.best, score);
    return isSeen;
  }
}

export class CueAccount {
  readonly #cues: readonly CueCount[];
  #pictures = 0;
  #window: Size = { width: 0, height: 0 };
  /** Pictures that show the outcome and a fight. */
  readonly #together = { won: 0, lost: 0 };
  /** Outcomes of fights whose end was seen. */
  readonly #told = { won: 0, lost: 0, ended: 0 };
  #begun = 0;
  #beganAtMs = 0;
  #short = 0;
  #disputed = 0;

  constructor(cues: Readonly<Partial<Record<CueName, Pick<CueSpec, 'atLeast' | 'of'>>>>) {
    this.#cues = Object.entries(cues).map(([name, spec]) => new CueCount(name as CueName, spec));
  }

  /** Fights that have begun. */
  get fights(): number {
    return this.#begun;
  }

  /** One picture. */
  take(scores: CueScores, { width, height }: Size): void {
    this.#pictures += 1;
    this.#window = { width, height };
    const seen = new Set(this.#cues.filter((cue) => cue.take(scores[cue.name] ?? -1)).map((cue) => cue.name));
    for (const name of ['won', 'lost'] as const) {
      if (seen.has('fighting') && seen.has(name)) this.#together[name] += 1;
    }
  }

  /** What followed from it. Not for the end of all pictures, which cuts a fight off: its outcome could not be seen. */
  takeEdges(edges: GameState['edges']): void {
    for (const edge of edges) {
      if (edge.edge === 'began') {
        this.#begun += 1;
        // one that was on from the first picture may have begun long before
        this.#beganAtMs = this.#pictures <= PICTURES_TO_OPEN ? Number.NEGATIVE_INFINITY : edge.atMs;
      } else if (edge.edge === 'closed') {
        if (edge.atMs - this.#beganAtMs < SHORTEST_FIGHT_MS) this.#short += 1;
      } else {
        this.#told[edge.outcome] += 1;
        if (edge.disputed) this.#disputed += 1;
      }
    }
  }

  /**
   * Sentences; empty where nothing is wrong, or nothing was looked at.
   *
   * @param asked whether the outcomes were to be seen: a run without a victory is no fault of the cue
   */
  advice(asked: 'all' | 'fights' = 'fights'): string[] {
    if (this.#pictures === 0 || this.#cues.length === 0) return [];
    return [
      ...this.#cues.flatMap((cue) => this.#cueAdvice(cue, asked)),
      ...this.#togetherAdvice(),
      ...this.#fightAdvice(),
    ];
  }

  #cueAdvice(cue: CueCount, asked: 'all' | 'fights'): string[] {
    const { name, spec, seen, best, unsure } = cue;
    if (seen === 0) {
      const isMissed = name === 'fighting' || this.#told.ended > 0;
      if (asked === 'fights' && !isMissed) return [];
      const what = `The cue '${name}' was never seen: its best match was ${best.toFixed(2)}, and it counts from ${spec.atLeast}.`;
      return [`${what} ${this.#hint(spec.of)}`];
    }
    if (seen === this.#pictures) {
      const isPlay = name === 'fighting';
      const means = isPlay ? 'so menus would count as fights' : 'so no fight could begin';
      return [
        `The cue '${name}' was seen in every picture, ${means}. If ${isPlay ? 'a menu' : 'play'} was shown too, take it again with \`understudy game cue\`: a part that only this state shows, or --contrast same where it is only dimmed.`,
      ];
    }
    if (unsure <= MUCH_UNSURE * this.#pictures) return [];
    const percent = Math.round((1000 * unsure) / this.#pictures) / 10;
    return [
      `In ${percent} % of the pictures the cue '${name}' is within ${UNSURE} of ${spec.atLeast}, where it counts: it may flicker. Take a larger picture, or one with less of the scene in it.`,
    ];
  }

  #hint(of: Size | null): string {
    const { width, height } = this.#window;
    if (of !== null && (of.width !== width || of.height !== height)) {
      return `It was taken in a window of ${of.width}x${of.height}, and this one is ${width}x${height}: give the window its old size, or take the cue again at this one with \`understudy game cue\`.`;
    }
    return 'If it was on the screen, take it again with `understudy game cue`, or lower its atLeast.';
  }

  /** A last screen over the play is no fault: then fights end with that outcome. */
  #togetherAdvice(): string[] {
    return (['won', 'lost'] as const).flatMap((name) => {
      const share = this.#together[name] / this.#pictures;
      if (share < MUCH_TOGETHER || this.#told[name] > 0) return [];
      return [
        `'fighting' and '${name}' are seen together in ${Math.round(100 * share)} % of the pictures, and such pictures count as no fight: one of the two is wrong. Take '${name}' again, of a part that play does not show.`,
      ];
    });
  }

  #fightAdvice(): string[] {
    const advice: string[] = [];
    if (this.#begun === 0) advice.push('No fight was seen.');
    if (this.#short > 0) {
      advice.push(
        `${this.#short} of ${this.#begun} fights are shorter than ${SHORTEST_FIGHT_MS / 1000} s: the cue flickers. Take a larger part, or one with less of the scene in it.`,
      );
    }
    if (this.#disputed > 0) {
      advice.push(
        `At the end of ${this.#disputed} of ${this.#begun} fights 'won' and 'lost' were seen at once: the better match decided. Take one of them again, of a part that only its screen shows.`,
      );
    }
    return advice;
  }
}
