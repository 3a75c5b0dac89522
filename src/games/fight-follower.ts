/**
 * Follows fights through the scores of cues: when one is on, when it closed, how it ended. A state machine without a
 * clock: it is fed once for each picture that was seen, and a picture that was not seen is not fed.
 *
 * A fight is on while `fighting` is seen and neither `won` nor `lost` is; without a `fighting` cue, while neither of
 * those is seen. So a menu that shows `fighting` and `lost` at once is not a fight.
 */
import type { CueName } from './game-file-schema.js';
import type { CueScores, FightEdge, FightOutcome } from './game-state.js';

/** Pictures in a row that open a fight: a single one may be an accident. */
export const PICTURES_TO_OPEN = 2;

/** Pictures in a row that close it: an explosion may cover a cue for two. */
const PICTURES_TO_CLOSE = 3;

/** Pictures in a row that tell an outcome. */
const PICTURES_TO_TELL = 2;

/** Some games show their last screen a moment after the play is over. */
const OUTCOME_WITHIN_MS = 3000;

/** From which score on each cue of the game counts as seen. */
export type CueLevels = Readonly<Partial<Record<CueName, number>>>;

/** What the follower knows after a picture. Fields as in GameState. */
export interface Following {
  readonly fighting: boolean | null;
  readonly outcome: FightOutcome | null;
  readonly edges: readonly FightEdge[];
}

/** A fight that is on, or that closed and whose outcome is not known yet. */
interface Fight {
  readonly beganAtMs: number;
  closedAtMs: number | null;
}

/** Counts pictures in a row and remembers when the row began. */
class Row {
  count = 0;
  firstAtMs = 0;

  take(isSeen: boolean, atMs: number): void {
    if (!isSeen) this.count = 0;
    else if ((this.count += 1) === 1) this.firstAtMs = atMs;
  }
}

export class FightFollower {
  readonly #levels: CueLevels;
  readonly #hasCue: boolean;
  readonly #open = new Row();
  readonly #shut = new Row();
  readonly #told = new Row();
  #fight: Fight | null = null;
  #outcome: FightOutcome | null = null;
  #disputed = false;

  constructor(levels: CueLevels) {
    this.#levels = levels;
    this.#hasCue = Object.values(levels).some((level) => level !== undefined);
  }

  /** Takes the scores of one picture. @param atMs when it was taken; never earlier than the last */
  look(scores: CueScores, atMs: number): Following {
    if (!this.#hasCue) return { fighting: null, outcome: null, edges: [] };
    const edges: FightEdge[] = [];
    const result = this.#resultOf(scores);
    const isOn = result === null && (this.#levels.fighting === undefined || this.#sees('fighting', scores));
    this.#told.take(result !== null, atMs);
    this.#open.take(isOn, atMs);
    // an outcome closes a fight through its own row: what counts here is that the play cannot be seen
    this.#shut.take(!isOn, atMs);
    if (this.#told.count === 1) this.#disputed = false;
    if (result !== null) this.#disputed ||= this.#sees('won', scores) && this.#sees('lost', scores);

    if (this.#told.count >= PICTURES_TO_TELL) this.#end(result!, edges);
    else if (this.#shut.count >= PICTURES_TO_CLOSE) this.#close(this.#shut.firstAtMs, edges);
    const closedAtMs = this.#fight?.closedAtMs ?? null;
    if (closedAtMs !== null && result === null && (this.#tellsNoOutcome() || atMs - closedAtMs >= OUTCOME_WITHIN_MS)) {
      this.#end('ended', edges);
    }
    if (this.#open.count >= PICTURES_TO_OPEN) this.#begin(edges);
    return this.#following(edges);
  }

  /** No picture follows: a fight that is on closes now. @param atMs the end */
  finish(atMs: number): Following {
    const edges: FightEdge[] = [];
    this.#close(atMs, edges);
    this.#end('ended', edges);
    return this.#following(edges);
  }

  #following(edges: readonly FightEdge[]): Following {
    return { fighting: this.#hasCue ? this.#isOn() : null, outcome: this.#outcome, edges };
  }

  #isOn(): boolean {
    return this.#fight !== null && this.#fight.closedAtMs === null;
  }

  #tellsNoOutcome(): boolean {
    return this.#levels.won === undefined && this.#levels.lost === undefined;
  }

  #sees(cue: CueName, scores: CueScores): boolean {
    const level = this.#levels[cue];
    return level !== undefined && (scores[cue] ?? -1) >= level;
  }

  /** What the picture says about the end. */
  #resultOf(scores: CueScores): 'won' | 'lost' | null {
    const won = this.#sees('won', scores);
    const lost = this.#sees('lost', scores);
    if (won && lost) return scores.won! >= scores.lost! ? 'won' : 'lost';
    if (won) return 'won';
    return lost ? 'lost' : null;
  }

  #begin(edges: FightEdge[]): void {
    if (this.#isOn()) return;
    this.#end('ended', edges); // the one that closed a moment ago: its outcome never came
    this.#fight = { beganAtMs: this.#open.firstAtMs, closedAtMs: null };
    this.#outcome = null;
    edges.push({ edge: 'began', atMs: this.#open.firstAtMs });
  }

  #close(atMs: number, edges: FightEdge[]): void {
    if (this.#fight === null || this.#fight.closedAtMs !== null) return;
    this.#fight.closedAtMs = atMs;
    edges.push({ edge: 'closed', atMs });
  }

  /** Closes the fight too, where the outcome is seen before that. */
  #end(outcome: FightOutcome, edges: FightEdge[]): void {
    if (this.#fight === null) return;
    this.#close(this.#shut.firstAtMs, edges);
    const { beganAtMs, closedAtMs } = this.#fight;
    const disputed = outcome !== 'ended' && this.#disputed;
    edges.push({ edge: 'ended', atMs: closedAtMs!, beganAtMs, outcome, disputed });
    this.#fight = null;
    this.#outcome = outcome;
  }
}
