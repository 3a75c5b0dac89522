/** `record` and `demos` on a disk that is really full: they stop, say so, and what they wrote loads after a repair. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { checkSession } from '../../src/session/check.js';
import { loadFrames } from '../../src/session/load-frames.js';
import { readVideo } from '../../src/session/read-video.js';
import { readSession } from '../../src/session/session.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli, type CliResult } from '../../testing/cli/cli.js';
import { lacksTinyDisk, throughFileLimit, throughTinyDisk } from '../../testing/sessions/full-disk.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

const DEMOS = ['demos', '--fights', '3', '--name', 'full', '--json'];

/** Repairs the session and reads all that is left of it. */
async function assertLoads(base: string): Promise<void> {
  const repaired = await runCli(['session', 'repair', base, '--json']);
  assert.equal(repaired.code, 0, repaired.stderr);
  const session = await readSession(base);
  assert.ok(session.frames.count > 0);
  let frames = 0;
  for await (const { gray } of loadFrames(session, STUDY_CONTRACT)) frames += gray.length > 0 ? 1 : 0;
  assert.ok(frames > 0 && frames <= session.frames.count, `${frames} of ${session.frames.count} frames`);
  let pictures = 0;
  for await (const picture of readVideo(session.files.video)) pictures = picture.index + 1;
  assert.ok(pictures > 0);
  const { problems } = await checkSession(session);
  assert.deepEqual(
    problems.filter(
      ({ code }) =>
        !['gap', 'no-fights', 'video-shorter', 'gray-shorter', 'video-longer', 'gray-longer'].includes(code),
    ),
    [],
  );
}

function folders(t: TestContext) {
  const folder = temporaryFolder(t);
  const [disk, keep] = [join(folder, 'disk'), join(folder, 'keep')];
  mkdirSync(disk);
  mkdirSync(keep);
  return { disk, keep };
}

test('demos on a disk that is full stop and say so, and what was written loads', async (t) => {
  const lacking = lacksTinyDisk();
  if (lacking) return t.skip(lacking);
  const { disk, keep } = folders(t);
  const result = await runCli([...DEMOS, '--out', disk], { through: throughTinyDisk(disk, 512 * 1024, keep) });
  assertError(lastLines(result), 4, 'write-failed', /ENOSPC|no space left/i);
  assert.match(result.stderr, /Free space on the disk/);
  await assertLoads(join(keep, 'full'));
});

test('demos at a limit of file sizes stop and say so, and what was written loads', async (t) => {
  const { disk } = folders(t);
  const result = await runCli([...DEMOS, '--out', disk], { through: throughFileLimit(512) });
  assertError(lastLines(result), 4, 'write-failed', /EFBIG|too large/i);
  await assertLoads(join(disk, 'full'));
});

test('a recording on a disk that is full ends by itself, says so, and what was written loads', async (t) => {
  const lacking = lacks('Xvfb') || lacksTinyDisk();
  if (lacking) return t.skip(lacking);
  const { disk, keep } = folders(t);
  await using display = await openDisplay();
  using game = await openTestWindow({ display: display.name, title: 'filling', width: 320, height: 180 });
  game.takeFocus();
  let colour = 0;
  const painter = setInterval(() => game.paint((colour += 0x314159) & 0xffffff), 50);
  const run = startCli(['record', '--window', 'filling', '--out', disk, '--name', 'full', '--json'], {
    env: display.env,
    through: throughTinyDisk(disk, 64 * 1024, keep),
  });
  await run.untilSaid('recording ');
  const result = await run.result.finally(() => clearInterval(painter)); // before the window is closed
  assertError({ ...lastLines(result), stdout: '' }, 4, 'write-failed', /ENOSPC|no space left/i);
  const summary = result.json() as { outcome: string; error: string; frames: number };
  assert.deepEqual([summary.outcome, summary.error], ['failed', 'write-failed']);
  assert.ok(summary.frames > 0);
  await assertLoads(join(keep, 'full'));
});

/** The error that ends standard error, without the progress before it. */
function lastLines(result: CliResult): CliResult {
  const at = result.stderr.lastIndexOf('understudy: ');
  return { ...result, stderr: at < 0 ? result.stderr : result.stderr.slice(at) };
}
