import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ObserverGroup, type ObserverTrouble } from '../../src/agent/observers.js';
import { FakeClock } from '../../testing/agent/fake-clock.js';
import { tickReport } from '../../testing/agent/tick-report.js';

for (const isEssential of [false, true]) {
  const name = isEssential
    ? 'an essential observer sees every tick, though a busy machine makes it slow'
    : 'another one is dropped after three slow calls in a row, and it is said which';
  test(name, () => {
    const clock = new FakeClock();
    const troubles: ObserverTrouble[] = [];
    class Slow {
      readonly isEssential = isEssential;
      calls = 0;
      onTick(): void {
        this.calls += 1;
        clock.advance(60);
      }
    }
    const slow = new Slow();
    const group = new ObserverGroup([slow], clock, 50, (trouble) => troubles.push(trouble));
    for (let tick = 0; tick < 6; tick += 1) group.notify(tickReport(tick), null);
    assert.equal(slow.calls, isEssential ? 6 : 3);
    assert.deepEqual(
      troubles.map(({ observer }) => observer),
      isEssential ? [] : ['Slow'],
    );
  });
}
