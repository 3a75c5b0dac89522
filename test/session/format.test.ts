import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionSet } from '../../src/core/action-set.js';
import { STUDY_ACTIONS, STUDY_LOG_KEYS } from '../../src/core/study-actions.js';
import { eventToJson, readEvent, type EventLine } from '../../src/session/format/event-lines.js';
import { frameToJson, readFrame } from '../../src/session/format/frame-line.js';

/** One of each line that the recorder writes, and its bytes. */
const LINES: readonly (readonly [EventLine, string])[] = [
  [
    {
      event: 'session',
      header: {
        version: 1,
        rateHz: 10,
        actions: STUDY_ACTIONS,
        keys: STUDY_LOG_KEYS,
        width: 640,
        height: 360,
        source: 'arena',
        game: null,
        startedAt: 1000.5,
      },
    },
    '{"event":"session","version":1,"rateHz":10,"actions":["UP","DOWN","LEFT","RIGHT","JUMP","SHOOT","DASH"],' +
      '"keys":{"Key.up":"UP","Key.down":"DOWN","Key.left":"LEFT","Key.right":"RIGHT","Key.space":"JUMP","f":"SHOOT",' +
      '"d":"DASH"},"width":640,"height":360,"source":"arena","t":1000.5}',
  ],
  [
    {
      event: 'session',
      header: {
        version: 1,
        rateHz: 10,
        actions: new ActionSet({ names: ['Honk', 'Brake'], rare: ['Honk'], scored: ['Brake'] }),
        keys: new Map([['h', 'Honk']]),
        width: 640,
        height: 360,
        source: 'a kart',
        game: 'Kart 2',
        startedAt: 1000.5,
      },
    },
    '{"event":"session","version":1,"rateHz":10,"actions":["Honk","Brake"],' +
      '"actionRules":{"opposing":[],"rare":["Honk"],"scored":["Brake"]},"keys":{"h":"Honk"},' +
      '"width":640,"height":360,"source":"a kart","game":"Kart 2","t":1000.5}',
  ],
  [{ event: 'keydown', key: 'f', t: 1 }, '{"event":"keydown","key":"f","t":1}'],
  [
    { event: 'keydown', key: 'f', t: 1, synthetic: true, initial: true, source: 'human' },
    '{"event":"keydown","key":"f","t":1,"synthetic":true,"initial":true,"source":"human"}',
  ],
  [
    { event: 'keyup', key: 'f', t: 2, synthetic: true, source: 'agent', final: true },
    '{"event":"keyup","key":"f","t":2,"synthetic":true,"source":"agent","final":true}',
  ],
  [{ event: 'marker', type: 'fight_start', t: 3 }, '{"event":"marker","type":"fight_start","t":3}'],
  [
    { event: 'marker', type: 'fight_end', t: 4, final: true },
    '{"event":"marker","type":"fight_end","t":4,"final":true}',
  ],
  [
    { event: 'marker', type: 'fight_end', t: 4, outcome: 'lost' },
    '{"event":"marker","type":"fight_end","t":4,"outcome":"lost"}',
  ],
  [
    { event: 'meters', values: { score: 120, health: null }, t: 4.5 },
    '{"event":"meters","values":{"score":120,"health":null},"t":4.5}',
  ],
  [{ event: 'clock', stepSeconds: -0.25, t: 5 }, '{"event":"clock","stepSeconds":-0.25,"t":5}'],
  [{ event: 'control', source: 'nobody', t: 6 }, '{"event":"control","source":"nobody","t":6}'],
  [
    { event: 'end', reason: 'stopped', frames: 9, duplicates: 0, failedGrabs: 2, t: 7 },
    '{"event":"end","reason":"stopped","frames":9,"duplicates":0,"failedGrabs":2,"t":7}',
  ],
  [{ event: 'end', reason: 'repaired', frames: 9, t: 7 }, '{"event":"end","reason":"repaired","frames":9,"t":7}'],
];

test('each line of the event log is written as it always was, and read back as it was meant', () => {
  for (const [line, text] of LINES) {
    assert.equal(JSON.stringify(eventToJson(line)), text);
    const read = readEvent(JSON.parse(text) as Record<string, unknown>, 'log:1');
    assert.equal(read.event, line.event);
    if (read.event !== null) assert.equal(JSON.stringify(eventToJson(read)), text);
  }
});

test('each line of the frame log is written as it always was, and read back as it was meant', () => {
  for (const text of ['{"t":1}', '{"t":1,"captured":0.5}', '{"t":1,"captured":0.5,"duplicate":true}']) {
    const read = readFrame(JSON.parse(text) as Record<string, unknown>);
    assert.ok(!('fault' in read));
    assert.equal(JSON.stringify(frameToJson(read)), text);
  }
  assert.deepEqual(readFrame({ t: 'soon' }), {
    fault: 'its time is text ("soon"); expected Unix seconds as a number',
  });
});

test('a line of another recorder is read as far as it goes', () => {
  const odd: [Record<string, unknown>, unknown][] = [
    [
      { event: 'keyup', key: 3, t: 1 },
      { event: null, fault: 'it does not name a key' },
    ],
    [
      { event: 'keyup', key: 'f', t: '1' },
      { event: null, fault: 'its time is text ("1"); expected Unix seconds as a number' },
    ],
    [
      { event: 'keyup', key: 'f' },
      { event: null, notice: 'event-without-time', text: 'the event has no time and was skipped', t: null },
    ],
    [
      { event: 'marker', type: 'pause', t: 2 },
      { event: null, notice: 'event-unknown', text: 'a marker of type "pause" was skipped', t: 2 },
    ],
    [
      { event: 'clock', t: 2 },
      { event: null, notice: 'event-unknown', text: "an event 'clock' was skipped", t: 2 },
    ],
    [
      { event: 'control', source: 'a cat', t: 2 },
      { event: 'control', source: 'nobody', t: 2 },
    ],
    [
      { event: 'control', source: 'agent', givenBack: 'yes', t: 2 },
      { event: 'control', source: 'agent', t: 2 },
    ],
  ];
  for (const [object, expected] of odd) assert.deepEqual(readEvent(object, 'log:1'), expected);
  const quoted = readEvent({ event: 'keyup', key: "'f'", t: 1 }, 'log:1');
  assert.ok(quoted.event === 'keyup' && quoted.key === 'f', 'pynput puts quotes around letters');
});
