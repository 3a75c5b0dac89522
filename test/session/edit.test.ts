/** `session edit`: fights dropped, split and merged, actions renamed; the source stays, and all else is copied. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkNamed } from '../../src/session/check.js';
import { numberRanges } from '../../src/core/number-ranges.js';
import { editSession, parseSplits, type SessionEdits } from '../../src/session/edit.js';
import { fightOfFrames, labelFrames } from '../../src/session/labels.js';
import { readSession, type Session } from '../../src/session/session.js';
import { runCli, withoutDisplay } from '../../testing/cli/cli.js';
import { hasCode } from '../../testing/error-code.js';
import { recordSmallSession } from '../../testing/lerobot/small-session.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

const NONE: SessionEdits = { drop: [], split: [], merge: [], rename: null };

/** The frames of each fight, by their places in the log. */
function framesOf(session: Session): number[][] {
  const fights = fightOfFrames(session);
  return session.fights.map((_, fight) => [...fights.keys()].filter((frame) => fights[frame] === fight));
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test('fights are dropped, split and merged by frames, with their outcomes', async (t) => {
  const folder = temporaryFolder(t);
  const base = await recordSmallSession(folder); // frames 0 to 11 won, 15 to 26 lost
  const edited = async (name: string, edits: Partial<SessionEdits>): Promise<Session> => {
    const { files } = await editSession(base, join(folder, name), { ...NONE, ...edits });
    return await readSession(files);
  };
  const outcomes = ({ fights }: Session) => fights.map(({ outcome }) => outcome);
  const dropped = await edited('dropped', { drop: [1] });
  assert.deepEqual([framesOf(dropped), outcomes(dropped)], [[range(15, 27)], ['lost']]);
  const split = await edited('split', { split: [{ fight: 1, atSeconds: 0.45 }] });
  assert.deepEqual(framesOf(split), [range(0, 5), range(5, 12), range(15, 27)]);
  assert.deepEqual(outcomes(split), [undefined, 'won', 'lost']);
  const exact = await edited('exact', { split: [{ fight: 2, atSeconds: 0.7 }] });
  assert.deepEqual(framesOf(exact), [range(0, 12), range(15, 22), range(22, 27)], 'at the time of a frame: from it on');
  const merged = await edited('merged', { merge: [1] });
  assert.deepEqual([framesOf(merged), outcomes(merged)], [[range(0, 27)], ['lost']]);
  const source = await readSession(base);
  for (const session of [dropped, split, merged]) {
    assert.deepEqual(labelFrames(session).bytes, labelFrames(source).bytes, 'the keys are as they were');
    assert.deepEqual(readFileSync(session.files.video), readFileSync(source.files.video));
    assert.deepEqual(readFileSync(session.files.gray), readFileSync(source.files.gray));
    assert.deepEqual((await checkNamed(session.files.base)).problems, []);
  }
});

test('actions get other names in the labels, the keys and the rules', async (t) => {
  const folder = temporaryFolder(t);
  const base = await recordSmallSession(folder);
  await editSession(base, join(folder, 'named'), { ...NONE, rename: 'hop=JUMP,FIRE=SHOOT' });
  const [before, after] = [await readSession(base), await readSession(join(folder, 'named'))];
  assert.deepEqual(after.actions.names, ['JUMP', 'DUCK', 'SHOOT']);
  assert.deepEqual(after.actions.rules(), {
    opposing: [['JUMP', 'DUCK']],
    rare: ['SHOOT'],
    scored: ['JUMP', 'DUCK', 'SHOOT'],
  });
  assert.deepEqual(
    [...after.keys],
    [
      ['k0', 'JUMP'],
      ['k1', 'DUCK'],
      ['k2', 'SHOOT'],
    ],
  );
  assert.deepEqual(labelFrames(after).bytes, labelFrames(before).bytes);
});

test('what cannot be done is refused, and nothing is left', async (t) => {
  const folder = temporaryFolder(t);
  const base = await recordSmallSession(folder);
  const there = readdirSync(folder);
  const refused = async (
    edits: Partial<SessionEdits>,
    says: RegExp,
    code: 'bad-option' | 'unknown-action' = 'bad-option',
  ) => {
    await assert.rejects(editSession(base, join(folder, 'x'), { ...NONE, ...edits }), hasCode(code, says));
    assert.deepEqual(readdirSync(folder), there);
  };
  await refused({}, /Nothing is to be changed/);
  await refused({ drop: [3] }, /There is no fight 3\. The session has 2, from 1/);
  await refused({ merge: [2] }, /There is no fight 3/);
  await refused({ drop: [2], merge: [1] }, /Fight 2 is changed twice/);
  await refused({ split: [{ fight: 1, atSeconds: 9 }] }, /Fight 1 cannot be split at 9 s\. It lasts 1\.1 s/);
  await refused({ split: [{ fight: 1, atSeconds: 0 }] }, /cannot be split at 0 s/);
  await refused({ rename: 'SLIDE=DUCK' }, /names no action/, 'unknown-action');
  await refused({ rename: 'HOP=DUCK' }, /--rename: .*twice/);
  await refused({ rename: 'HOP=A,HOP=B' }, /--rename names an action twice/);
  await assert.rejects(editSession(base, base, { ...NONE, drop: [1] }), hasCode('bad-option', /exists/));
  const unwritable = editSession(base, '/proc/x/y', { ...NONE, drop: [1] });
  await assert.rejects(unwritable, hasCode('write-failed', /could not be written/));
  assert.throws(
    () => numberRanges('--drop')('1,x'),
    hasCode('bad-option', /--drop '1,x': expected numbers and ranges/),
  );
  assert.throws(() => numberRanges('--drop')('5..2'), hasCode('bad-option'));
  assert.deepEqual(numberRanges('--drop')('2,5..7'), [2, 5, 6, 7]);
  assert.throws(() => parseSplits('3'), hasCode('bad-option'));
});

test('the verb writes a new session', async (t) => {
  const folder = temporaryFolder(t);
  const base = await recordSmallSession(folder);
  const args = ['session', 'edit', base, '--out', folder, '--name', 'cut', '--drop', '2', '--split', '1@0.5', '--json'];
  const result = await runCli(args, { env: withoutDisplay() });
  assert.equal(result.code, 0, result.stderr);
  const { fights, frames } = result.json() as { readonly fights: number; readonly frames: number };
  assert.deepEqual([fights, frames], [2, 27]);
});
