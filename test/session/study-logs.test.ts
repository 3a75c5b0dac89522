import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import type { LabelMatrix } from '../../src/core/label-matrix.js';
import { fightOfFrames, framesInside, labelFrames, labelsSha256 } from '../../src/session/labels.js';
import type { Session } from '../../src/session/session.js';
import { readSession } from '../../src/session/session.js';
import { makeWindows } from '../../src/session/samples.js';
import { lacksShared, sharedFile } from '../../testing/models/shared-files.js';

interface Expected {
  frames: number;
  fights: number;
  frames_in_fights: number;
  counts_in_fights: Record<string, number>;
  counts_all: Record<string, number>;
  labels_in_fights_sha256: string;
  labels_all_sha256: string;
}

function columnCounts(labels: LabelMatrix): Record<string, number> {
  const counts = labels.counts();
  return Object.fromEntries(labels.actions.names.map((action, k) => [action, counts[k]]));
}

describe("the study's own logs", { skip: lacksShared }, () => {
  let session: Session;
  let expected: Expected;
  before(async () => {
    session = await readSession(sharedFile('data', 'Train'));
    const manifest = JSON.parse(readFileSync(sharedFile('fixtures', 'manifest.json'), 'utf8')) as {
      cases: Record<string, unknown>;
    };
    expected = manifest.cases['session-labels'] as Expected;
  });

  test('hold 14,791 frames, 15 fights and 9,549 frames inside them', () => {
    const inside = framesInside(fightOfFrames(session));
    assert.deepEqual([session.frames.count, session.fights.length, inside.length], [14791, 15, 9549]);
    assert.deepEqual(
      [session.frames.count, session.fights.length, inside.length],
      [expected.frames, expected.fights, expected.frames_in_fights],
    );
    assert.equal(session.rateHz, 10);
    assert.equal(session.header, null);
  });

  test('give the label matrices of the manifest, byte for byte', () => {
    const all = labelFrames(session);
    const inFights = all.select(framesInside(fightOfFrames(session)));
    assert.equal(labelsSha256(all), expected.labels_all_sha256);
    assert.equal(labelsSha256(inFights), expected.labels_in_fights_sha256);
    assert.deepEqual(columnCounts(all), expected.counts_all);
    assert.deepEqual(columnCounts(inFights), expected.counts_in_fights);
  });

  test("give the study's 9,539 windows with 2,615 rare ones, and 9,399 with 2,554 within fights", () => {
    const fights = fightOfFrames(session);
    const inside = framesInside(fights);
    const ids = Int32Array.from(inside, (frame) => fights[frame]);
    const labels = labelFrames(session).select(inside);
    const study = makeWindows(ids, labels, { acrossFights: true });
    const within = makeWindows(ids, labels);
    assert.deepEqual([study.count, study.rareCount], [9539, 2615]);
    assert.deepEqual([within.count, within.rareCount], [9399, 2554]);
    assert.deepEqual([study.first[0], study.target[0]], [0, 10]);
  });

  test('hold at least every label of the study when a tap between frames counts too', () => {
    const atFrame = labelFrames(session, 'at-frame').bytes;
    const anyTime = labelFrames(session, 'any-in-interval').bytes;
    assert.ok(atFrame.every((value, i) => anyTime[i] >= value));
    assert.ok(anyTime.some((value, i) => value > atFrame[i]));
  });
});
