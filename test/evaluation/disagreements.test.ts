import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { largestDisagreements, partOf } from '../../src/evaluation/overlay/disagreements.js';
import { emptyTrack } from '../../src/evaluation/overlay/predict.js';
import type { OverlayScript } from '../../src/evaluation/overlay/tracks.js';

/** What the model would hold from one frame to another though the person did not press it, and how sure it was. */
type Wrong = readonly [action: string, from: number, to: number, probability: number];

/** 10 frames a second. */
function scriptWith(frames: number, wrongs: readonly Wrong[], known = STUDY_ACTIONS.all): OverlayScript {
  const pressed = { ...emptyTrack('HUMAN', STUDY_ACTIONS, frames), probabilities: null };
  pressed.answered.fill(1);
  const model = emptyTrack('model', STUDY_ACTIONS, frames, known);
  model.answered.fill(1);
  for (const [action, from, to, probability] of wrongs) {
    for (let frame = from; frame < to; frame += 1) {
      model.held[frame] |= STUDY_ACTIONS.bit(action);
      model.probabilities!.set(frame, STUDY_ACTIONS.indexOf(action), probability);
    }
  }
  const seconds = Float64Array.from({ length: frames }, (_, frame) => 100 + frame / 10);
  const fights = new Int32Array(frames);
  return { actions: STUDY_ACTIONS, frames, rateHz: 10, seconds, fights, pressed, models: [model], outcomes: null };
}

const search = { most: 5, seconds: 5 };

test('the largest come first, each with its five seconds and its actions, and no frame is in two of them', () => {
  const script = scriptWith(400, [
    ['JUMP', 100, 103, 0.9],
    ['SHOOT', 300, 310, 0.9],
    ['DASH', 304, 306, 0.6],
    ['UP', 312, 330, 0.51], // within the five seconds of SHOOT: the same clip
  ]);
  const found = largestDisagreements(script, search);
  assert.deepEqual(
    found.map(({ actions, first, end }) => [actions[0], end - first]),
    [
      ['SHOOT', 50],
      ['JUMP', 50],
    ],
  );
  assert.deepEqual(found[0].actions, ['SHOOT', 'DASH']);
  assert.ok(found[0].first <= 300 && found[0].end >= 310 && found[0].size > found[1].size);
  const [later, earlier] = found;
  assert.ok(earlier.end <= later.first);
});

test('no more than asked for, none where both agree, and a clip at an end is as long as there are frames', () => {
  const everywhere = scriptWith(2000, [['LEFT', 0, 2000, 0.8]]);
  assert.equal(largestDisagreements(everywhere, { most: 3, seconds: 5 }).length, 3);
  assert.deepEqual(largestDisagreements(scriptWith(100, []), search), []);
  const [only] = largestDisagreements(scriptWith(20, [['LEFT', 18, 20, 0.8]]), search);
  assert.deepEqual([only.first, only.end], [0, 20]);
});

test('what the model does not know, and frames at which it says nothing, are not a disagreement', () => {
  assert.deepEqual(
    largestDisagreements(scriptWith(100, [['JUMP', 10, 20, 0.9]], STUDY_ACTIONS.holding('SHOOT')), search),
    [],
  );
  const silent = scriptWith(100, [['JUMP', 10, 20, 0.9]]);
  silent.models[0].answered.fill(0);
  assert.deepEqual(largestDisagreements(silent, search), []);
});

test('a part shows its own frames on the clock of the whole', () => {
  const part = partOf(scriptWith(100, [['JUMP', 40, 41, 0.9]]), 38, 48);
  assert.deepEqual([part.frames, part.seconds[0], part.models[0].held[2]], [10, 103.8, STUDY_ACTIONS.holding('JUMP')]);
  assert.deepEqual([part.models[0].held.length, part.models[0].probabilities?.count, part.fights.length], [10, 10, 10]);
  assert.equal(part.models[0].probabilities!.at(2, STUDY_ACTIONS.indexOf('JUMP')), Math.fround(0.9));
});
