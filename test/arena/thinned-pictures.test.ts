/** Pictures thinned out before they are resized: the grays must not show it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FightCanvas } from '../../src/arena/canvas.js';
import { createPlayer } from '../../src/arena/players/index.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';
import { newFight } from '../../testing/sessions/fights.js';

test('each gray of a whole fight is the same from a thinned picture as from the whole one', async () => {
  const whole = await FightCanvas.open();
  const thin = await FightCanvas.open(whole.size, { thinnedTo: { width: 128, height: 72 } });
  assert.deepEqual(thin.size, { width: 128, height: 72 });
  const [fromWhole, fromThin] = [new Preprocessor(STUDY_CONTRACT), new Preprocessor(STUDY_CONTRACT)];
  for (const name of ['expert', 'random'] as const) {
    const fight = newFight(7);
    const player = createPlayer(name);
    player.reset(7);
    for (;;) {
      if (fight.state.step % 19 === 0 || fight.outcome !== null) {
        fromWhole.process({ ...whole.size, pixels: whole.draw(fight.state) });
        fromThin.process({ ...thin.size, pixels: thin.draw(fight.state) });
        assert.deepEqual(fromThin.gray, fromWhole.gray, `${name}, step ${fight.state.step}`);
        assert.equal(thin.changed || fight.state.step > 0, true);
      }
      if (fight.outcome !== null) break;
      fight.step(player.decide(fight.state));
    }
  }
});

test('a picture that is not an odd multiple of the thinned one is refused: its middle would lie between pixels', async () => {
  await assert.rejects(
    FightCanvas.open({ width: 256, height: 144 }, { thinnedTo: { width: 128, height: 72 } }),
    /256x144 is not an odd multiple of 128x72/,
  );
});
