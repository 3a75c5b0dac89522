import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { followHistory } from '../../src/training/tensorboard/event-log.js';
import { crc32c, recordOf, recordsIn } from '../../src/training/tensorboard/records.js';
import { lacksPython, runPython } from '../../testing/models/keras-python.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('tensorboard');

const epochsOf = (...losses: readonly number[]) =>
  losses.map((loss, i) => ({ epoch: i + 1, loss, validationLoss: 2 * loss, seconds: 1 }));

const eventFile = (name: string): string => join(folder, name, readdirSync(join(folder, name))[0]);
const recordCount = (name: string): number => [...recordsIn(readFileSync(eventFile(name)))].length;

test('CRC-32C is the one of its standard', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa); // RFC 3720, B.4
});

test('reading ends at a record that is cut off or damaged', () => {
  const records = [recordOf(Buffer.from('one')), recordOf(Buffer.from('two')), recordOf(Buffer.from('three'))];
  const bytes = Buffer.concat(records);
  const texts = (file: Uint8Array) => [...recordsIn(file)].map(({ data }) => Buffer.from(data).toString());
  assert.deepEqual(texts(bytes), ['one', 'two', 'three']);
  assert.deepEqual(texts(bytes.subarray(0, bytes.length - 1)), ['one', 'two']);
  bytes[records[0].length + 13] ^= 1;
  assert.deepEqual(texts(bytes), ['one']);
});

test('an epoch is appended once, and never twice', () => {
  const path = join(folder, 'appended');
  for (const history of [epochsOf(), epochsOf(3), epochsOf(3, 2), epochsOf(3, 2), epochsOf(3, 2, 1)]) {
    followHistory(path, history);
    assert.equal(recordCount('appended'), 1 + history.length);
  }
  assert.equal(readdirSync(path).length, 1, 'in one file');
});

test('a record that a kill cut off is written again, and a training that starts again writes its own losses', () => {
  const path = join(folder, 'torn');
  followHistory(path, epochsOf(3, 2, 1));
  const whole = statSync(eventFile('torn')).size;
  truncateSync(eventFile('torn'), whole - 7);
  followHistory(path, epochsOf(3, 2));
  assert.equal(recordCount('torn'), 3);
  followHistory(path, epochsOf(3, 2, 1));
  assert.equal(statSync(eventFile('torn')).size, whole);
  followHistory(path, epochsOf(9, 8));
  assert.equal(recordCount('torn'), 3);
  writeFileSync(eventFile('torn'), 'no event file');
  followHistory(path, epochsOf(9, 8));
  assert.equal(recordCount('torn'), 3);
});

const READ = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1]); events.Reload()
print(json.dumps({tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()['scalars']}))
`;

test("TensorBoard's own reader reads the losses back", { skip: lacksPython('tensorboard') }, () => {
  const path = join(folder, 'read');
  followHistory(path, epochsOf(0.5, 0.25));
  followHistory(path, epochsOf(0.5, 0.25, 0.125));
  const pairs = (factor: number) => [0.5, 0.25, 0.125].map((loss, i) => [i + 1, factor * loss]);
  assert.deepEqual(runPython(READ, path), { loss: pairs(1), val_loss: pairs(2) });
});
