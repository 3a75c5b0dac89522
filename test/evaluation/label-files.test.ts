/** Files of labels that another program wrote: bytes of 0 and 1 are read, everything else is refused by its kind. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { scoreLabelFiles } from '../../src/evaluation/label-files.js';
import { hasCode } from '../../testing/error-code.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('label-files');
const ACTIONS = 7;

/** Rows in which enough is held to judge their type. */
const labels = fc.array(fc.constantFrom(0, 1), { minLength: 8 * ACTIONS, maxLength: 8 * ACTIONS }).map((cells) => {
  const row = [1, 1, 1, 1, 1, 0, 1];
  return [...row, ...row, ...cells];
});

/** Scores a file against itself: what is accepted is right in every cell. */
async function scoreOf(bytes: Uint8Array): Promise<number> {
  const path = join(folder, 'labels.bin');
  writeFileSync(path, bytes);
  const { frames } = await scoreLabelFiles(path, path);
  return frames;
}

test('bytes of 0 and 1, or of 0 and 255, are labels', async () => {
  await fc.assert(
    fc.asyncProperty(labels, async (cells) => {
      const frames = cells.length / ACTIONS;
      assert.equal(await scoreOf(Uint8Array.from(cells)), frames);
      assert.equal(await scoreOf(Uint8Array.from(cells, (cell) => cell * 255)), frames);
    }),
    { numRuns: 20 },
  );
});

test('the same labels in any other type of numpy are refused, never scored as four or eight times as many', async () => {
  const others: readonly (readonly [what: RegExp, as: (cells: number[]) => ArrayBuffer])[] = [
    [/another type than uint8/, (cells) => Float32Array.from(cells).buffer],
    [/another type than uint8/, (cells) => Float64Array.from(cells).buffer],
    [/4 bytes, such as int32/, (cells) => Int32Array.from(cells).buffer],
    [/8 bytes, such as int64/, (cells) => BigInt64Array.from(cells, BigInt).buffer],
  ];
  await fc.assert(
    fc.asyncProperty(labels, async (cells) => {
      for (const [what, as] of others)
        await assert.rejects(scoreOf(new Uint8Array(as(cells))), hasCode('file-unreadable', what, 'astype'));
    }),
    { numRuns: 20 },
  );
});

test('text and the array files of numpy are refused by their kind', async () => {
  const inLatin1 = (text: string): Buffer => Buffer.from(text.padEnd(70, ' '), 'latin1');
  await assert.rejects(scoreOf(inLatin1('0,1,0,0,0,0,1\n')), hasCode('file-unreadable', 'or text'));
  await assert.rejects(scoreOf(inLatin1('\x93NUMPY\x01\x00')), hasCode('file-unreadable', '.npy'));
  await assert.rejects(scoreOf(inLatin1('PK\x03\x04')), hasCode('file-unreadable', '.npz'));
});
