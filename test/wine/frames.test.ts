/** Frames of a window of Windows, whatever is done to it, as a program in Windows' Node sees them. Under Wine. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { FramesReport, GrabbedFrame } from '../../testing/windows/frames-probe.js';
import { wineForTests } from '../../testing/windows/wine.js';

const shared = wineForTests();

describe('frames of a window of Windows', { skip: shared.skip }, () => {
  let report: FramesReport;

  before(async () => {
    const witness = await shared.wine.openWitness('Game');
    const cover = await shared.wine.openWitness('Cover', 'red');
    const handles = [witness, cover].map(({ id }) => `${id}`);
    report = (await shared.wine.probe('windows/frames-probe', handles)) as FramesReport;
  });

  /** Every one is whole and shows the witness, and `repeated` says exactly whether the picture is the last one. */
  function assertPictures(frames: readonly (GrabbedFrame | null)[], size: readonly [number, number] | null): void {
    let last: number | null = null;
    for (const frame of frames) {
      assert.ok(frame !== null, 'no frame');
      if (size !== null) assert.deepEqual([frame.width, frame.height], size);
      assert.ok(frame.level !== null, `${JSON.stringify(frame)} is not what the window shows`);
      if (last !== null) assert.equal(frame.repeated, frame.level === last, `${frame.level} after ${last}`);
      last = frame.level;
    }
  }

  const levels = (frames: readonly (GrabbedFrame | null)[]) => new Set(frames.map((frame) => frame?.level));

  test('each has the size of the inside and the colours that the window painted, and a still picture is said to repeat', () => {
    assertPictures(report.still, [320, 180]);
    assert.ok(levels(report.still).size > 5, 'the pictures follow the window');
  });

  // Wine keeps no pixels of what is covered, as Windows does: there is no picture of it, and it must not be another's
  test('a covered window never gives the picture of the window above it, and is seen again when it is uncovered', () => {
    assert.deepEqual(report.cover, [0, 0, 200]);
    assert.deepEqual(new Set(report.covered.map((frame) => frame?.isRed)), new Set([false]));
    assertPictures(report.uncovered, [320, 180]);
    assert.ok(levels(report.uncovered).size > 1, 'the pictures follow the window');
  });

  test('a window that is moved is followed', () => {
    assertPictures(report.moved, [320, 180]);
  });

  test('a window that is resized gives frames of its new size', () => {
    assertPictures(report.resized, null);
    const [first] = report.resized;
    assert.ok(first!.width > 400 && first!.height > 250, `${first!.width}x${first!.height}`);
  });

  test('a minimised window gives none, and gives them again when it is restored', () => {
    assert.deepEqual(report.minimised, [null, null, null]);
    assertPictures(report.restored, null);
    assert.ok(levels(report.restored).size > 1);
  });

  test('a window that closes ends the frames with an error that says so', () => {
    assert.deepEqual(report.closed, ['window-closed', 'window-closed']);
  });
});
