import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holding, NONE_HELD } from '../../src/core/actions.js';
import type { Frame } from '../../src/core/frame.js';
import type { TickReport } from '../../src/core/report.js';
import { halfBlocks } from '../../src/terminal/half-blocks.js';
import { LiveView } from '../../src/terminal/live-view.js';
import { canShowPicture, colourDepth, type Screen } from '../../src/terminal/screen.js';
import { statusLine } from '../../src/terminal/status-line.js';
import { textTable } from '../../src/terminal/table.js';

class RecordedScreen implements Screen {
  text = '';
  isTTY = true;
  columns = 100;
  rows = 40;
  writableNeedDrain = false;

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  getColorDepth(): number {
    return 24;
  }
}

/** Left half red, right half blue, 4 x 4. */
function twoColours(): Frame {
  const pixels = new Uint8Array(4 * 4 * 4);
  for (let i = 0; i < 16; i += 1) pixels.set(i % 4 < 2 ? [0, 0, 255, 255] : [255, 0, 0, 255], i * 4);
  const [width, height] = [4, 4];
  return { index: 0, capturedAtMs: 0, capturedAtUnixMs: 0, width, height, pixels, repeated: false, stale: false };
}

function report(changes: Partial<TickReport> = {}): TickReport {
  return {
    tick: 0,
    outcome: 'acted',
    gate: null,
    deadlineMs: 0,
    latenessMs: 0,
    latencyMs: 5,
    stageMs: {},
    decision: null,
    held: NONE_HELD,
    missedBefore: 0,
    ...changes,
  };
}

const figures = { rateHz: 10, latencyMs: 6.25, missedTicks: 0, lateTicks: 2, starvedTicks: 0 };

test('half blocks keep the colours and proportions of the picture', () => {
  const lines = halfBlocks(twoColours(), 4, 24);
  const red = '\x1b[38;2;255;0;0;48;2;255;0;0m';
  const blue = '\x1b[38;2;0;0;255;48;2;0;0;255m';
  assert.deepEqual(lines, Array<string>(2).fill(`${red}▀▀${blue}▀▀\x1b[0m`));
});

test('without true colour half blocks use the colour cube', () => {
  assert.equal(halfBlocks(twoColours(), 4, 8)[0], '\x1b[38;5;196;48;5;196m▀▀\x1b[38;5;21;48;5;21m▀▀\x1b[0m');
});

test('NO_COLOR, a pipe and a dumb terminal mean no colour and no picture', () => {
  const screen = new RecordedScreen();
  assert.equal(colourDepth(screen, {}), 24);
  assert.equal(colourDepth(screen, { NO_COLOR: '1' }), 1);
  assert.equal(colourDepth(screen, { TERM: 'dumb' }), 1);
  assert.ok(canShowPicture(screen, {}));
  assert.ok(!canShowPicture(screen, { NO_COLOR: '1' }));
  screen.columns = 40;
  assert.ok(!canShowPicture(screen, {}), 'too narrow');
  screen.isTTY = false;
  assert.equal(colourDepth(screen, {}), 1);
});

test('the view redraws picture and status line in place and gives the cursor back', () => {
  const screen = new RecordedScreen();
  const view = new LiveView({ screen, picture: true, statusLine: () => 'STATUS', env: {} });
  view.onTick(report(), twoColours());
  const firstLines = screen.text.split('\n').length;
  screen.text = '';
  view.onTick(report({ tick: 1, deadlineMs: 100 }), twoColours());
  assert.ok(screen.text.includes(`\x1b[${firstLines - 1}A`), 'goes up by what it had drawn');
  view.finish();
  assert.ok(screen.text.endsWith('\x1b[?25h'));
});

test('a terminal that does not take what is written is not written to', () => {
  const screen = new RecordedScreen();
  const view = new LiveView({ screen, picture: true, statusLine: () => 'STATUS', env: {} });
  screen.writableNeedDrain = true;
  view.onTick(report(), twoColours());
  assert.equal(screen.text, '');
});

test('where the screen is no terminal there are plain lines, one every five seconds', () => {
  const screen = new RecordedScreen();
  screen.isTTY = false;
  const view = new LiveView({ screen, picture: false, statusLine: (_, colour) => `colour ${colour}`, env: {} });
  for (let tick = 0; tick < 100; tick += 1) view.onTick(report({ tick, deadlineMs: tick * 100 }), null);
  assert.equal(screen.text, 'colour false\ncolour false\n');
});

test('the plain status line says health, held actions, rate, latency and what went wrong', () => {
  const health = { phase: 2, boss: 0.5, player: 2, playerMost: 3 };
  assert.equal(
    statusLine(report({ held: holding('UP', 'SHOOT') }), figures, health, false),
    'you 2/3  boss phase 2  50% | held UP+SHOOT | 10.0 Hz | 6.3 ms | missed 0 late 2 starved 0',
  );
});

test('a closed gate stands in the status line with its reason', () => {
  const line = statusLine(report({ outcome: 'gated', gate: 'focus: another window' }), figures, null, false);
  assert.ok(line.endsWith('waiting: focus: another window'));
});

test('tables align numbers to the right', () => {
  assert.equal(
    textTable(
      ['a', 'n'],
      [
        ['x', '1'],
        ['long', '100'],
      ],
    ),
    'a       n\n----  ---\nx       1\nlong  100',
  );
});
