/** A display that cannot be opened: what is said is why. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { XConnection } from '../../src/desktop/x11/connection.js';
import { end, lacks, openDisplay } from '../../testing/display/x-display.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli } from '../../testing/cli/cli.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

/** A file of X authorities with one cookie, as xauth writes it (Xau.h): a family, then texts with their lengths. */
function authorityFile(): Buffer {
  const counted = (bytes: Buffer): Buffer => Buffer.concat([Buffer.of(0, bytes.length), bytes]);
  const anyFamily = Buffer.of(0xff, 0xff);
  const texts = ['', '', 'MIT-MAGIC-COOKIE-1'].map((text) => counted(Buffer.from(text)));
  return Buffer.concat([anyFamily, ...texts, counted(Buffer.alloc(16, 7))]);
}

test(
  'a display without the screen that is asked for is told from one that is not there',
  { skip: lacks('Xvfb') },
  async () => {
    await using display = await openDisplay();
    assert.throws(() => XConnection.open(`${display.name}.7`), { code: 'no-display', message: /has no screen 7/ });
    assert.throws(() => XConnection.open(':98765'), { code: 'no-display', message: /':98765' does not answer/ });
  },
);

test('a display that refuses this user is said to refuse', { skip: lacks('Xvfb') }, async (t) => {
  const authority = join(temporaryFolder(t), 'authority');
  writeFileSync(authority, authorityFile());
  const options = ['-displayfd', '3', '-auth', authority, '-nolisten', 'tcp', '-noreset'];
  const server = spawn('Xvfb', options, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = await new Promise<string>((resolve) => {
    server.stdio[3]!.once('data', (text: Buffer) => resolve(text.toString().trim()));
  });
  try {
    const env = { ...process.env, DISPLAY: `:${number}`, XAUTHORITY: '/nowhere' };
    const result = await runCli(['windows'], { env });
    const error = { ...result, stderr: result.stderr.slice(result.stderr.indexOf('understudy ')) };
    assertError(error, 4, 'no-display', /refuses this connection[^]*XAUTHORITY is '\/nowhere'/);
  } finally {
    await end(server);
  }
});
