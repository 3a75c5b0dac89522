import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Random } from '../../src/core/random.js';
import { killRecorder } from '../../testing/sessions/session-killing.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

const KILLS = 10;
/** Recorders at once. */
const TOGETHER = 5;

/** Twice what is promised: no event older than 50 ms lost, at most 1 s of video. A younger first frame may be lost too. */
const OLDEST_MISSING_MS = 100;
const MISSING_VIDEO_SECONDS = 2;

test('a recorder killed at any moment leaves a session that loads, with its events and all but the last video', async (t) => {
  const folder = temporaryFolder(t);
  const random = new Random(20);
  for (let first = 0; first < KILLS; first += TOGETHER) {
    const runs = Array.from({ length: TOGETHER }, (_, i) =>
      killRecorder(join(folder, `run-${first + i}`), random.integer(OLDEST_MISSING_MS, 2500)),
    );
    for (const outcome of await Promise.all(runs)) {
      const said = JSON.stringify(outcome);
      assert.deepEqual(outcome.problems, [], said);
      assert.ok(outcome.eventsTold > 0, said);
      assert.ok(outcome.videoLacksSeconds <= MISSING_VIDEO_SECONDS, said);
      assert.ok(outcome.grayLacksSeconds <= MISSING_VIDEO_SECONDS, said);
      assert.ok((outcome.oldestMissingEventMs ?? 0) <= OLDEST_MISSING_MS, said);
      t.diagnostic(said);
    }
  }
});
