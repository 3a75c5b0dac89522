/**
 * What a model answered while a session was being recorded, kept frame by frame; turned afterwards into the very
 * predictions that showing it the recording would give, so that a score taken live is the score of the session.
 */
import { ACTION_COUNT, isHeld } from '../core/actions.js';
import { UnderstudyError } from '../core/errors.js';
import type { ModelPolicy } from '../policy/policy.js';
import type { Dataset } from '../session/dataset.js';
import { frameTimeMs } from '../session/session.js';
import type { FightPredictions } from './predict.js';

export class LivePredictions {
  #probabilities = new Float32Array(1024 * ACTION_COUNT);
  #known = new Uint8Array(1024);

  /**
   * The answer to one frame of the session's log.
   *
   * @param frame 0-based, ascending; frames left out have no answer
   * @param probabilities [K], copied
   */
  set(frame: number, probabilities: Float32Array): void {
    while (frame >= this.#known.length) this.#grow();
    this.#probabilities.set(probabilities, frame * ACTION_COUNT);
    this.#known[frame] = 1;
  }

  /** [K] of one frame, a view; null where there is no answer. */
  at(frame: number): Float32Array | null {
    if (this.#known[frame] !== 1) return null;
    return this.#probabilities.subarray(frame * ACTION_COUNT, (frame + 1) * ACTION_COUNT);
  }

  /**
   * The predictions of the session that was recorded meanwhile, as `predictFights` makes them: windows within fights,
   * and a gate that holds nothing at each fight's start.
   *
   * @param dataset of that session alone
   * @throws UnderstudyError `session-invalid` where no fight is as long as a window
   */
  ofFights(dataset: Dataset, policy: ModelPolicy): FightPredictions {
    const horizonFrames = policy.manifest.horizon * policy.stride;
    const rows: number[] = [];
    const probabilities: number[] = [];
    const held: number[] = [];
    const gate = policy.freshGate();
    let fightBegan = 0;
    for (let row = 0; row < dataset.fights.length; row += 1) {
      if (row > 0 && dataset.fights[row] !== dataset.fights[row - 1]) {
        fightBegan = row;
        gate.reset();
      }
      if (row - fightBegan + 1 < policy.picturesToFill) continue;
      const place = dataset.frameOf[row];
      const answer = this.at(place);
      if (answer === null) continue;
      const now = gate.decide(answer, frameTimeMs(dataset.sessions[0], place));
      const target = row + horizonFrames;
      if (dataset.fights[target] !== dataset.fights[row]) continue;
      rows.push(target);
      probabilities.push(...answer);
      for (let action = 0; action < ACTION_COUNT; action += 1) held.push(isHeld(now, action) ? 1 : 0);
    }
    if (rows.length === 0) throw tooShort(policy, horizonFrames);
    return {
      rows: Int32Array.from(rows),
      probabilities: Float32Array.from(probabilities),
      held: Uint8Array.from(held),
      thresholds: policy.thresholds,
      horizonFrames,
    };
  }

  #grow(): void {
    const [probabilities, known] = [this.#probabilities, this.#known];
    this.#probabilities = new Float32Array(2 * probabilities.length);
    this.#probabilities.set(probabilities);
    this.#known = new Uint8Array(2 * known.length);
    this.#known.set(known);
  }
}

function tooShort(policy: ModelPolicy, horizonFrames: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'session-invalid',
    message: `No fight was as long as the window of ${policy.manifest.name}: ${policy.picturesToFill} frames and ${horizonFrames} more to predict.`,
    next: 'Play longer; `understudy session info` tells what was recorded.',
  });
}
