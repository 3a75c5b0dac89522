/** What the session verbs say of a session while a real recorder writes it, stopped and killed. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { SessionCheck } from '../../src/session/check.js';
import { filesAt } from '../../src/session/session-files.js';
import { isBeingWritten, writerOf } from '../../src/session/writer.js';
import { runCli, withoutDisplay } from '../../testing/cli/cli.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { writeLogs } from '../../testing/sessions/session-folder.js';
import { fightStart, frameLines } from '../../testing/sessions/session-lines.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { untilInOwnTime } from '../../testing/until.js';

/** Starts a recorder. @returns once it has recorded 15 frames */
async function startRecorder(base: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('../../testing/sessions/session-recorder-child.js', import.meta.url));
  const child = spawn(process.execPath, [program, base], { stdio: ['ignore', 'pipe', 'inherit'] });
  let frames = 0;
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('frame') && (frames += 1) === 15) resolve();
    });
  });
  return child;
}

test('a session that is being recorded is called that, and neither cut off nor repaired, until its recorder is killed', async (t) => {
  const base = join(temporaryFolder(t), 'live');
  const session = (verb: string) => runCli(['session', verb, base, '--json'], { env: withoutDisplay() });
  const recorder = await startRecorder(base);
  t.after(() => recorder.kill('SIGKILL'));

  const live = await session('check');
  const check = live.json() as SessionCheck;
  assert.deepEqual([check.recording, check.notes.map(({ code }) => code)], [true, ['being-recorded']]);
  const others = check.problems.filter(({ code }) => code !== 'gap'); // a busy machine makes them
  assert.deepEqual(others, []);
  assert.match(live.stderr, /It is being recorded: .* Check it again when the recording has stopped/);
  const info = await session('info');
  assert.deepEqual([info.code, (info.json() as { recording: boolean }).recording], [0, true]);
  assert.match(info.stderr, /\(being recorded\)/);
  assert.doesNotMatch(info.stderr, /cut off/);

  recorder.kill('SIGSTOP'); // its files rest, and it may continue at any time
  const files = filesAt(base);
  assert.notEqual(writerOf(files), null);
  assertError(await session('repair'), 3, 'session-busy', /is being recorded: process \d+ has it open for writing/);

  recorder.kill('SIGKILL');
  await once(recorder, 'exit');
  await untilInOwnTime('the keeper of its logs has ended', () => writerOf(files) === null, 10_000);
  const cut = (await session('check')).json() as SessionCheck;
  assert.equal(cut.recording, false);
  assert.ok(cut.problems.some(({ code }) => code === 'unfinished'));
  assert.equal((await session('repair')).code, 0);
});

test('a session that was just cut off is not taken for one that is being recorded', async (t) => {
  const base = writeLogs(temporaryFolder(t), 'run', frameLines(3), [fightStart(1000)]);
  assert.equal(await isBeingWritten(filesAt(base), 100), false);
});
