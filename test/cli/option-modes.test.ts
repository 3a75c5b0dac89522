import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from 'commander';
import { BENCH_OPTION_MODES, BENCH_SWEEP_MODES, benchPlaceOf } from '../../src/cli/options/bench-modes.js';
import { refuseUnusable, type OptionModes } from '../../src/cli/options/modes.js';
import { RECORD_OPTION_MODES } from '../../src/cli/options/record.js';
import { SHADOW_OPTION_MODES } from '../../src/cli/options/shadow.js';
import { PLAY_OPTION_MODES, playModeOf, type PlayMode } from '../../src/cli/options/play-modes.js';
import { benchVerb } from '../../src/cli/verbs/bench.js';
import { ARENA_OPTION_MODES, arenaVerb } from '../../src/cli/verbs/arena.js';
import { DEMOS_OPTION_MODES, demosVerb } from '../../src/cli/verbs/demos.js';
import { playVerb } from '../../src/cli/verbs/play.js';
import { recordVerb } from '../../src/cli/verbs/record.js';
import { shadowVerb } from '../../src/cli/verbs/shadow.js';
import { UnderstudyError } from '../../src/core/errors.js';

/** A value that each option with one takes. */
const VALUES: Readonly<Record<string, string>> = {
  fights: '2',
  seed: '2',
  level: 'hard',
  window: 'x',
  app: 'x',
  pid: '1',
  windowId: '1',
  wait: '1',
  game: 'xjump',
  capture: 'x11',
  keys: 'JUMP=z',
  sink: 'xtest',
  armed: 'no',
  panicKey: 'F10',
  pauseKey: 'F10',
  armKey: 'F10',
  resumeAfter: '1',
  maxHoldMs: '500',
  maxPressesPerSecond: '5',
  frozenAfterMs: '5000',
  leaseMs: '500',
  session: 'x',
  record: 'x',
  model: 'x',
  engine: 'tfjs',
  fault: 'slow-capture=120@2',
  faultSeed: '2',
  watchPort: '8080',
  threshold: 'JUMP=0.4',
  act: 'sample',
  actSeed: '2',
  apply: 'at-once',
  rate: '10',
  budgetMs: '50',
  seconds: '1',
  view: 'none',
  runs: 'x',
  out: 'x',
  name: 'x',
  hotKeys: '1,8,9',
  keysFrom: 'xi2',
  player: 'expert',
  flashes: '50',
  p99Ms: '30',
  missRate: '0.1',
  load: '1',
  evidenceFloor: '5',
  rateSweep: '5..20',
  picture: '160x90',
  port: '0',
  noise: '0.1',
  inside: 'xvfb',
  insideSize: '800x600',
};

/** The verb's options after parsing these words, its action taken out. */
function parsed(makeVerb: () => Command, words: readonly string[]): Command {
  const verb = makeVerb().action(() => undefined);
  return verb.parse([...words], { from: 'user' });
}

function refusal(run: () => void): UnderstudyError | null {
  try {
    run();
    return null;
  } catch (error) {
    assert.ok(error instanceof UnderstudyError, String(error));
    return error;
  }
}

/** Gives each option of the verb to each mode. */
function holdsFor<Mode extends string, Options>(makeVerb: () => Command, modes: OptionModes<Mode, Options>): void {
  const table = modes.takenBy as Readonly<Record<string, readonly Mode[] | 'every'>>;
  const names = makeVerb().options.map((option) => option.attributeName());
  assert.deepEqual([...names].sort(), Object.keys(table).sort(), 'the table has each option, and no other');
  for (const option of makeVerb().options) {
    const name = option.attributeName();
    const words = [option.long!, ...(option.required ? [VALUES[name]] : [])];
    for (const mode of Object.keys(modes.words) as Mode[]) {
      const error = refusal(() => refuseUnusable(parsed(makeVerb, words), mode, modes));
      assert.equal(error === null, table[name] === 'every' || table[name].includes(mode), `${option.long} for ${mode}`);
      if (error === null) continue;
      assert.deepEqual([error.code, error.exitCode], ['bad-option', 2]);
      assert.ok(error.message.includes(option.long!) && error.message.includes(modes.words[mode]), error.message);
    }
  }
}

test('play refuses, by name and mode, each option that the chosen mode cannot use, and no other', () => {
  holdsFor(playVerb, PLAY_OPTION_MODES);
});

test('record, shadow and arena do so too', () => {
  holdsFor(recordVerb, RECORD_OPTION_MODES);
  holdsFor(shadowVerb, SHADOW_OPTION_MODES);
  holdsFor(arenaVerb, ARENA_OPTION_MODES);
  holdsFor(demosVerb, DEMOS_OPTION_MODES);
});

test('bench does so too, for the place that is measured and for a sweep of rates', () => {
  holdsFor(benchVerb, BENCH_OPTION_MODES);
  holdsFor(benchVerb, BENCH_SWEEP_MODES);
  const place = (...words: string[]): string => benchPlaceOf(parsed(benchVerb, words).opts());
  assert.equal(place(), 'arena');
  assert.equal(place('--matrix'), 'matrix');
  assert.equal(place('--flash', '--rate-sweep', '5..20'), 'flash');
  assert.equal(place('--window-id', '7'), 'window');
  assert.equal(refusal(() => place('--flash', '--matrix'))?.code, 'bad-option');
});

test('options that were not typed are refused nowhere: defaults are for the modes that use them', () => {
  for (const mode of Object.keys(PLAY_OPTION_MODES.words) as PlayMode[]) {
    refuseUnusable(parsed(playVerb, []), mode, PLAY_OPTION_MODES);
  }
});

test('no option for pressing keys or looking at a window is silently ignored in the arena', () => {
  for (const name of ['dryRun', 'keys', 'capture', 'sink', 'activate', 'wait'] as const) {
    assert.ok(!PLAY_OPTION_MODES.takenBy[name].includes('arena'), name);
    assert.ok(!PLAY_OPTION_MODES.takenBy[name].includes('session'), name);
    assert.ok(PLAY_OPTION_MODES.takenBy[name].includes('window'), name);
  }
  for (const name of ['seed', 'level'] as const) {
    assert.deepEqual(PLAY_OPTION_MODES.takenBy[name], ['arena', 'browser'], name);
  }
  assert.deepEqual(PLAY_OPTION_MODES.takenBy.fights, ['arena', 'browser', 'window']); // of a game file
});

test('the mode follows from what is named; the arena is the default', () => {
  const mode = (...words: string[]): PlayMode => playModeOf(parsed(playVerb, words).opts());
  assert.equal(mode(), 'arena');
  assert.equal(mode('--browser'), 'browser');
  assert.equal(mode('--pid', '7'), 'window');
  assert.equal(mode('--game', 'xjump'), 'window');
  assert.equal(mode('--session', 'x'), 'session');
  assert.equal(refusal(() => mode('--session', 'x', '--app', 'y'))?.code, 'bad-option');
});
