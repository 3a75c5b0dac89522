/** A person's play in a window of Windows is recorded, and watched beside a model. Under Wine, without videos. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { CliResult } from '../../testing/cli/cli.js';
import { until } from '../../testing/until.js';
import { PATIENCE_MS, wineForTests, type WineRun } from '../../testing/windows/wine.js';
import { VK, type Witness } from '../../testing/windows/witness.js';

const shared = wineForTests();

interface LoggedEvent {
  readonly event: string;
  readonly type?: string;
  readonly key?: string;
}

/** Of a fight: what {@link fight} presses, without the keys that mean nothing in the game and the hot keys. */
const FIGHT = [
  'marker fight_start',
  'keydown Key.right',
  'keyup Key.right',
  'keydown Key.space',
  'keyup Key.space',
  'marker fight_end',
];

describe('the play of a person in a window of Windows', { skip: shared.skip }, () => {
  let witness: Witness;

  before(async () => {
    witness = await shared.wine.openWitness();
  });
  after(() => witness?.[Symbol.asyncDispose]());

  const hand = (...args: readonly string[]): string => shared.wine.xdotool(...args);

  /** Presses until the window has seen it: a key is only recorded while the window has the focus. */
  async function tap(key: string, virtualKey: number): Promise<void> {
    const downs = (): number => witness.keys.filter((each) => each.virtualKey === virtualKey && !each.down).length;
    const before = downs();
    hand('keydown', key);
    await delay(250); // longer than a frame, so that a frame shows it
    hand('keyup', key);
    await until(`the window got ${key}`, () => downs() > before, PATIENCE_MS);
  }

  /** A fight: it begins, has two presses of the game's keys, ends; and then the recording does. */
  async function fight(run: WineRun): Promise<CliResult> {
    await tap('8', 0x38);
    await tap('Right', VK.right);
    await tap('space', VK.space);
    await tap('q', 0x51); // means nothing in the game
    await tap('9', 0x39);
    hand('key', '1');
    return run.result;
  }

  /** In the window of another program: no key of it may be in a session. */
  async function typeElsewhere(): Promise<void> {
    const front = (title: string): string => hand('search', '--name', `^${title}$`, 'windowactivate', '--sync');
    await using editor = await shared.wine.openWitness('Editor');
    front('Editor');
    await until('the editor gets the key', () => (hand('key', 'f'), editor.keys.length > 0), PATIENCE_MS);
    front('Witness');
  }

  function eventsOf(session: string): string[] {
    const lines = readFileSync(join(shared.wine.folder, 'sessions', `${session}_events.jsonl`), 'utf8')
      .trim()
      .split('\n');
    const events = lines.map((line) => JSON.parse(line) as LoggedEvent);
    return events
      .filter(({ event }) => event === 'marker' || event.startsWith('key'))
      .map(({ event, type, key }) => `${event} ${type ?? key}`);
  }

  test('record keeps the frames, the keys of the hand in that window and the fight, and the session is whole', async () => {
    const run = shared.wine.start(['record', '--window', 'Witness', '--activate', '--no-video', '--name', 'play']);
    await run.untilSaid('stops; Ctrl-C');
    await typeElsewhere();
    const { code, stderr } = await fight(run);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /keys through windows-hook/);
    assert.deepEqual(eventsOf('play'), FIGHT);
    const checked = (await shared.wine.run(['session', 'check', 'play', '--json'])).json() as {
      readonly frames: number;
      readonly problems: readonly { readonly code: string }[];
    };
    assert.ok(checked.frames > 5, `${checked.frames} frames`);
    // a machine that does other work may have lost a frame
    assert.deepEqual(
      checked.problems.filter((problem) => problem.code !== 'gap'),
      [],
    );
  });

  test('shadow scores what the model would have pressed beside the hand, and presses nothing', async () => {
    const run = shared.wine.start([
      ...['shadow', '--window', 'Witness', '--activate', '--no-video', '--name', 'beside', '--json'],
    ]);
    await run.untilSaid('pressing nothing');
    const before = witness.keys.length;
    const result = await fight(run);
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(eventsOf('beside'), FIGHT);
    const score = result.json() as {
      readonly outcome: string;
      readonly ticks: number;
      readonly injectedEvents: number;
    };
    assert.deepEqual([score.outcome, score.injectedEvents], ['stopped', 0]);
    assert.ok(score.ticks > 5, `${score.ticks} ticks`);
    await until('the window got the last key', () => witness.keys.length >= before + 12, PATIENCE_MS);
    assert.equal(witness.keys.length, before + 12, 'six keys of the hand went down and up, and nothing else');
  });
});
