import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { addSafetyOptions, safetyRequest } from '../../src/cli/options/safety.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';

const page = readFileSync(join(PROJECT_ROOT, 'docs', 'safety.md'), 'utf8');
const verb = new Command('play');
addSafetyOptions(verb);
const options = new Map(verb.options.map((option) => [option.long, option.defaultValue as unknown]));

/** Rows of the table of bounds: what, and what it is by default. */
const bounds = [...page.matchAll(/^\| (.+?) +\| (.+?) +\| .+\|$/gm)].map(([, bound, byDefault]) => ({
  bound,
  byDefault,
}));

test('the safety page calls no bound on that is off by default, and each bound of the guard stands there', () => {
  const { limits } = safetyRequest(verb.opts(), null);
  const byDefault = (bound: string) => bounds.find((row) => row.bound === bound)?.byDefault ?? assert.fail(bound);
  assert.deepEqual(
    limits.maxHoldMs.filter((bound) => bound !== null),
    [],
  );
  assert.deepEqual(
    limits.maxPressesPerSecond.filter((bound) => bound !== null),
    [],
  );
  for (const option of ['--max-hold-ms', '--max-presses-per-second']) assert.match(byDefault(`\`${option}\``), /^off/);
  const opposing = limits.forbidden.map((held) => STUDY_ACTIONS.heldNames(held).join(' and '));
  assert.equal(byDefault('opposing keys'), `on: ${[...opposing].reverse().join(', ')}`);
  assert.match(byDefault('forbidden combinations'), /without, none/);
});

test('what the safety page says of the keys that stop the agent, and of the time of quiet, are the defaults', () => {
  for (const option of ['--panic-key', '--pause-key', '--arm-key']) {
    const key = options.get(option);
    assert.ok(page.includes(`**${key as string}** (\`${option}\`)`), option);
  }
  assert.ok(page.includes(`\`--resume-after ${options.get('--resume-after') as number}\``));
});
