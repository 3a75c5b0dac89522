/** The line that `shadow` shows while it watches. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { LiveScores } from '../../src/runs/shadow/live-scores.js';

const RATE_HZ = 10;
const JUMP = STUDY_ACTIONS.holding('JUMP', 'LEFT');

/** The human holds JUMP and LEFT in every other second. @param decided by the frame */
function lineAfter(decided: (frame: number) => number): string {
  const options = { actions: STUDY_ACTIONS, rateHz: RATE_HZ, horizonFrames: 0, evidenceFloor: 20 };
  const scores = new LiveScores(options);
  for (let frame = 0; frame < 300; frame += 1) {
    const atMs = frame * 100;
    if (frame % 10 === 0) scores.human(frame % 20 === 0 ? JUMP : 0, atMs);
    scores.frame(frame, atMs, decided(frame));
  }
  return scores.line();
}

test('the line has each F1 beside that of the key always held, and a dash for what did not occur', () => {
  const line = lineAfter(() => JUMP);
  assert.match(line, /F1 JUMP 0\.6\d \(always held 0\.6\d\), SHOOT -, DASH -; presses 0\.00; little agreement$/);
});

test('the line says where the model agrees', () => {
  assert.match(
    lineAfter((frame) => (Math.floor(frame / 10) % 2 === 0 ? JUMP : 0)),
    /; good agreement$/,
  );
});
