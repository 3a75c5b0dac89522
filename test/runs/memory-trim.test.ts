import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryTrim } from '../../src/runs/memory-trim.js';
import { allocateMemory, freeMemory, writeMemory, type Pointer } from '../../src/system/ffi.js';

const BLOCK_BYTES = 60_000; // below glibc's threshold from which a block is a mapping of its own
const BLOCKS = 1000;

test('what was freed goes back to the system', () => {
  const blocks: Pointer[] = [];
  const filled = new Uint8Array(BLOCK_BYTES).fill(1);
  for (let i = 0; i < BLOCKS; i += 1) {
    const block = allocateMemory(BLOCK_BYTES);
    writeMemory(block, filled);
    blocks.push(block);
  }
  const top = blocks.pop();
  assert.ok(top !== undefined);
  for (const block of blocks) freeMemory(block); // the last is kept, so that the end of the arena is not free
  const before = process.memoryUsage.rss();
  new MemoryTrim().onTick({ deadlineMs: 0 });
  const returned = before - process.memoryUsage.rss();
  freeMemory(top);
  assert.ok(returned > (BLOCKS * BLOCK_BYTES) / 2, `${returned} bytes went back of ${BLOCKS * BLOCK_BYTES}`);
});

test('the library is asked at the first tick, and then once in ten seconds', () => {
  const askedAtMs: number[] = [];
  let nowMs = 5000;
  const trim = new MemoryTrim(() => askedAtMs.push(nowMs));
  for (; nowMs <= 30_000; nowMs += 100) trim.onTick({ deadlineMs: nowMs });
  assert.deepEqual(askedAtMs, [5000, 15_000, 25_000]);
});
