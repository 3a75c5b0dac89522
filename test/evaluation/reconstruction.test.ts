import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FightCanvas } from '../../src/arena/canvas.js';
import { Fight } from '../../src/arena/fight.js';
import { createPlayer } from '../../src/arena/players/index.js';
import { reconstructionByPhase, type ReconstructedFrame } from '../../testing/arena/reconstruction.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';

const MEAN = new Float32Array([0.1, 0.1, 0.1, 0.1]);
const frame = (phase: number, gray: number[], back: number[]): ReconstructedFrame => ({
  phase,
  gray: Uint8Array.from(gray),
  reconstructed: Float32Array.from(back, (value) => value / 255),
});

test('errors are added up by phase, beside those of the mean frame and of the threats alone', () => {
  const [first, second] = reconstructionByPhase(
    [
      frame(2, [24, 24, 24, 24], [24, 24, 24, 24]),
      frame(1, [200, 200, 24, 255], [200, 98, 24, 255]),
      frame(1, [24, 24, 24, 24], [24, 24, 24, 75]),
    ],
    MEAN,
  );
  assert.deepEqual([first.phase, first.frames, first.threatPixels, first.threatsSeen], [1, 2, 2, 0.5]);
  assert.ok(Math.abs(first.loss - (0.4 ** 2 + 0.2 ** 2) / 8) < 1e-6);
  assert.ok(Math.abs(first.threatLoss! - 0.4 ** 2 / 2) < 1e-6);
  assert.deepEqual([second.phase, second.threatPixels], [2, 0]);
  assert.ok(second.loss < 1e-12);
  assert.deepEqual([second.threatLoss, second.threatsSeen], [null, null]);
  assert.ok(Math.abs(second.meanFrameLoss - (24 / 255 - 0.1) ** 2) < 1e-6);
});

test('a picture of another size is refused', () => {
  assert.throws(() => reconstructionByPhase([frame(1, [1, 2], [1, 2])], MEAN), RangeError);
});

test('in the arena only threats have the grays of threats, in every phase', async () => {
  const canvas = await FightCanvas.open();
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  const fight = new Fight({ seed: 2, level: 'normal' });
  const expert = createPlayer('expert', 2);
  const without = new Map<number, number>();
  const withThreats = new Map<number, number>();
  for (; fight.outcome === null; fight.step(expert.decide(fight.state))) {
    const { step, phase, threats } = fight.state;
    if (step % 20 !== 0) continue;
    preprocessor.process({ ...canvas.size, pixels: canvas.draw(fight.state) });
    const frames = [{ phase, gray: preprocessor.gray, reconstructed: new Float32Array(72 * 128) }];
    const [{ threatPixels }] = reconstructionByPhase(frames, new Float32Array(72 * 128));
    const counts = threats.length === 0 ? without : withThreats;
    counts.set(phase, Math.max(counts.get(phase) ?? 0, threatPixels));
  }
  for (const phase of [1, 2, 3]) {
    assert.ok(withThreats.get(phase)! >= 15, `phase ${phase}: ${withThreats.get(phase)} pixels with threats`);
    // an edge of the white player passes through every gray on its way to the background
    assert.ok((without.get(phase) ?? 0) <= 12, `phase ${phase}: ${without.get(phase)} pixels without`);
  }
});
