import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { BorderPost } from '../../src/arena/page/messages.js';
import { markPageFights } from '../../src/runs/record/page-fights.js';

/** A page at 10,000 ms of the recorder's clock, and the markers that it brings about. */
function setUp(border: BorderPost | null = null) {
  const markers: string[] = [];
  const recorder = {
    inFight: false,
    marker(type: 'fight_start' | 'fight_end', atMs: number): void {
      if (this.inFight === (type === 'fight_start')) return; // as the writer does
      this.inFight = type === 'fight_start';
      markers.push(`${type} ${atMs}`);
    },
  };
  const events = new EventEmitter();
  const wall = { ms: 5_000_000 };
  let number = 0;
  const tell = (kind: BorderPost['border'], tMs: number): void => {
    number += 1;
    events.emit('border', { seed: 1, level: 'normal', border: kind, tMs, number });
  };
  markPageFights({ server: { events, border }, recorder, nowMs: () => 10_000, wallMs: () => wall.ms });
  return { markers, recorder, tell, wall };
}

test("a fight of the page is marked at the page's own times, on the recorder's clock", () => {
  const { markers, tell, wall } = setUp();
  tell('begin', wall.ms - 12);
  tell('end', wall.ms - 3);
  assert.deepEqual(markers, ['fight_start 9988', 'fight_end 9997']);
});

test('a fight that was broken off for another ends where that one begins', () => {
  const { markers, tell, wall } = setUp();
  tell('begin', wall.ms - 12);
  tell('begin', wall.ms - 5);
  tell('end', wall.ms);
  assert.deepEqual(markers, ['fight_start 9988', 'fight_end 9995', 'fight_start 9995', 'fight_end 10000']);
});

test('a fight that was on before the recording begins with it', () => {
  const { markers } = setUp({ seed: 1, level: 'normal', border: 'begin', tMs: 4_000_000, number: 1 });
  assert.deepEqual(markers, ['fight_start 10000']);
  assert.deepEqual(setUp({ seed: 1, level: 'normal', border: 'end', tMs: 4_000_000, number: 2 }).markers, []);
});

test('a fight that a hot key began is ended by a hot key alone, and one of the page may be ended by a hot key', () => {
  const { markers, recorder, tell, wall } = setUp();
  recorder.marker('fight_start', 9000);
  tell('begin', wall.ms);
  tell('end', wall.ms);
  recorder.marker('fight_end', 10_500);
  assert.deepEqual(markers, ['fight_start 9000', 'fight_end 10500']);
  tell('begin', wall.ms);
  recorder.marker('fight_end', 10_600);
  tell('end', wall.ms);
  assert.deepEqual(markers.slice(2), ['fight_start 10000', 'fight_end 10600']);
});

test('a wall clock that is set between a border and its post moves no marker', () => {
  const { markers, tell, wall } = setUp();
  tell('begin', wall.ms - 3_600_000);
  tell('end', wall.ms + 3_600_000);
  assert.deepEqual(markers, ['fight_start 10000', 'fight_end 10000']);
});
