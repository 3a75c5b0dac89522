import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readBundle } from '../../src/policy/bundle.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, withoutDisplay } from '../../testing/cli/cli.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('quantize');
const model = join(folder, 'model');
const session = (name: string): string => join(folder, name);
const demos = (fights: number, name: string) =>
  runCli(['demos', '--fights', String(fights), '--seed', '700000', '--no-video', '--out', folder, '--name', name], {
    env: withoutDisplay(),
  });
const quantize = (...args: string[]) => runCli(['model', 'quantize', ...args], { env: withoutDisplay() });

before(async () => {
  await smallBundle(model);
  for (const [fights, name] of [
    [1, 'one'],
    [2, 'two'],
  ] as const) {
    const made = await demos(fights, name);
    assert.equal(made.code, 0, made.stderr);
  }
});

test('a float16 bundle holds the same keys, is smaller, and says how it was compared', async () => {
  const out = join(folder, 'half');
  const result = await quantize(
    ...[model, '--calibrate', session('two'), '--storage', 'float16', '--fights', '0', '--out', out, '--json'],
  );
  assert.equal(result.code, 0, result.stderr);
  const { agreement, validationFrames, sizeBytes, arena } = result.json() as {
    agreement: number;
    validationFrames: number;
    sizeBytes: { before: number; after: number };
    arena: null;
  };
  assert.ok(agreement >= 0.995 && validationFrames > 100, `${agreement} of ${validationFrames}`);
  assert.ok(sizeBytes.after < 0.6 * sizeBytes.before);
  assert.equal(arena, null);
  const { manifest } = await readBundle(out);
  assert.equal((manifest.metrics['quantization'] as { agreement: number }).agreement, agreement);
});

test('an int8 bundle is written only where it holds the same keys; what is written is not quantized again', async () => {
  const out = join(folder, 'small');
  const result = await quantize(model, '--calibrate', session('two'), '--fights', '0', '--out', out, '--json');
  if (result.code === 5) {
    assert.match(result.stderr, /holds the same keys on .* expected 99\.5 %/);
    assert.ok(!existsSync(out), 'nothing was written');
    return;
  }
  assert.equal(result.code, 0, result.stderr);
  assert.ok((result.json() as { agreement: number }).agreement >= 0.995);
  const again = await quantize(out, '--calibrate', session('two'), '--fights', '0', '--out', join(folder, 'again'));
  assertError(again, 3, 'model-unsupported', /quantized/);
});

test('without a session, or with too few fights, nothing is quantized', async () => {
  const out = join(folder, 'never');
  const without = await quantize(model, '--out', out);
  assert.equal(without.code, 2, without.stderr);
  assert.match(without.stderr, /--calibrate/);
  const one = await quantize(model, '--calibrate', session('one'), '--out', out);
  assertError(one, 3, 'dataset-invalid', /expected a session of at least 2/);
  assert.ok(!existsSync(out));
});
