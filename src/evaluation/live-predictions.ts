/**
 * Keeps a model's answers while a session is recorded, frame by frame, and turns them afterwards into the predictions
 * that a replay of the recording would give, so that a score taken live equals the score of the session.
 */
import type { ActionSet } from '../core/action-set.js';
import { UnderstudyError } from '../core/errors.js';
import { ProbabilityMatrix } from '../core/probability-matrix.js';
import type { ModelPolicy } from '../policy/model-policy.js';
import type { Dataset } from '../session/dataset.js';
import { frameTimeMs } from '../session/session.js';
import { FightBorders } from './fight-borders.js';
import { Predicted, type FightPredictions } from './predict.js';
import { appliesAt } from './replay.js';

/** Frames that fit at first; the room doubles whenever it is full. */
const FIRST_FRAMES = 1024;

export class LivePredictions {
  #probabilities: ProbabilityMatrix;
  #known = new Uint8Array(FIRST_FRAMES);

  /** @param actions those of the answers */
  constructor(actions: ActionSet) {
    this.#probabilities = ProbabilityMatrix.zeros(actions, FIRST_FRAMES);
  }

  /**
   * The answer to one frame of the session's log.
   *
   * @param frame 0-based, ascending; frames left out have no answer
   * @param probabilities [K], copied
   */
  set(frame: number, probabilities: Float32Array): void {
    while (frame >= this.#known.length) this.#grow();
    this.#probabilities.setRows(frame, probabilities);
    this.#known[frame] = 1;
  }

  /** [K] of one frame, a view; null where there is no answer. */
  at(frame: number): Float32Array | null {
    return this.#known[frame] === 1 ? this.#probabilities.row(frame) : null;
  }

  /**
   * The predictions of the session that was recorded at the same time, as `predictFights` makes them: windows within
   * fights, and a gate that holds nothing at each fight's start.
   *
   * @param dataset of that session alone
   * @throws UnderstudyError `session-invalid` where no fight is as long as a window
   */
  ofFights(dataset: Dataset, policy: ModelPolicy): FightPredictions {
    const { fights, frameOf, sessions } = dataset;
    const horizonFrames = policy.manifest.horizon * policy.stride;
    const found = new Predicted(this.#probabilities.actions, fights.length);
    const gate = policy.freshGate();
    const borders = new FightBorders();
    let fightBegan = 0;
    for (let row = 0; row < fights.length; row += 1) {
      if (borders.isCrossedTo(fights[row])) {
        fightBegan = row;
        gate.reset();
      }
      if (row - fightBegan + 1 < policy.picturesToFill) continue;
      const answer = this.at(frameOf[row]);
      if (answer === null) continue;
      const held = gate.decide(answer, frameTimeMs(sessions[0], frameOf[row]));
      const target = appliesAt(row, { fights, delayFrames: horizonFrames });
      if (target !== null) found.add(target, answer, held);
    }
    const predictions = found.taken();
    if (predictions.rows.length === 0) throw tooShort(policy, horizonFrames);
    return { ...predictions, thresholds: policy.thresholds, horizonFrames };
  }

  #grow(): void {
    const [probabilities, known] = [this.#probabilities, this.#known];
    this.#probabilities = ProbabilityMatrix.zeros(probabilities.actions, 2 * known.length);
    this.#probabilities.setRows(0, probabilities.values);
    this.#known = new Uint8Array(2 * known.length);
    this.#known.set(known);
  }
}

function tooShort(policy: ModelPolicy, horizonFrames: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'session-invalid',
    message: `No fight was as long as the window of ${policy.manifest.name}: ${policy.picturesToFill} frames and ${horizonFrames} more to predict.`,
    next: 'Play longer; `understudy session info` shows what was recorded.',
  });
}
