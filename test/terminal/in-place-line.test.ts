import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InPlaceLine } from '../../src/terminal/in-place-line.js';

/** A terminal, or a pipe, that keeps what it is sent. */
function recordingScreen(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string): boolean => written.push(text) > 0;
  return { written, screen: { write, isTTY, columns: 12, getColorDepth: () => 8 } };
}

test('a terminal gets one line that is redrawn five times a second, cut to its width', () => {
  const { written, screen } = recordingScreen(true);
  const line = new InPlaceLine(screen, {});
  for (let ms = 0; ms < 1000; ms += 50) line.show(ms, () => `${ms} and a long tail`);
  line.finish();
  line.finish();
  assert.equal(written.length, 6);
  assert.equal(written[1], '\r200 and a l\x1b[K');
  assert.equal(written[5], '\n');
});

test('a pipe gets a plain line every five seconds and nothing at the end', () => {
  const { written, screen } = recordingScreen(false);
  const line = new InPlaceLine(screen, {});
  for (let ms = 0; ms <= 10_000; ms += 100) line.show(ms, () => `${ms}`);
  line.finish();
  assert.deepEqual(written, ['0\n', '5000\n', '10000\n']);
});

test('what a line quotes cannot steer the terminal, and a terminal without UTF-8 gets plain characters', () => {
  const { written, screen } = recordingScreen(true);
  const wide = { ...screen, columns: 80 };
  new InPlaceLine(wide, { LC_CTYPE: 'C.UTF-8' }).show(0, () => 'ä \x1b]0;PWNED\x07 \x9b31m \u202e█');
  new InPlaceLine(wide, { LC_CTYPE: 'C' }).show(0, () => 'ä █░ → …');
  assert.deepEqual(written, ['\rä \ufffd]0;PWNED\ufffd \ufffd31m \ufffd█\x1b[K', '\r? #. -> ...\x1b[K']);
});
