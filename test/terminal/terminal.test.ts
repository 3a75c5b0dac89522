import { ActionSet } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { Frame } from '../../src/core/frame.js';
import type { TickReport } from '../../src/core/tick-report.js';
import { fitLine } from '../../src/terminal/fit-line.js';
import { halfBlocks } from '../../src/terminal/half-blocks.js';
import { LiveView } from '../../src/terminal/live-view.js';
import { canShowPicture, colourDepth, type Screen } from '../../src/terminal/screen.js';
import { statusLine } from '../../src/terminal/status-line.js';
import { textTable } from '../../src/terminal/table.js';
import { tickReport } from '../../testing/agent/tick-report.js';

const UTF8 = { LANG: 'en_US.UTF-8' };

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

const report = (changes: Partial<TickReport> = {}): TickReport => tickReport(0, { stageMs: {}, ...changes });

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
  assert.ok(canShowPicture(screen, UTF8));
  assert.ok(!canShowPicture(screen, { ...UTF8, NO_COLOR: '1' }));
  screen.columns = 40;
  assert.ok(!canShowPicture(screen, UTF8), 'too narrow');
  screen.isTTY = false;
  assert.equal(colourDepth(screen, {}), 1);
});

test('the view redraws picture and status line in place and gives the cursor back', () => {
  const screen = new RecordedScreen();
  const view = new LiveView({ screen, picture: true, statusLine: () => 'STATUS', env: UTF8 });
  view.onTick(report(), twoColours());
  const firstLines = screen.text.split('\n').length;
  screen.text = '';
  view.onTick(report({ tick: 1, deadlineMs: 100 }), twoColours());
  assert.ok(screen.text.includes(`\x1b[${firstLines - 1}A`), 'goes up by what it had drawn');
  view.finish();
  assert.ok(screen.text.endsWith('\x1b[?25h'));
});

/** The visible text of a redrawn screen's last line. */
function visible(text: string): string {
  const last = text.split(/[\r\n]/).at(-1) ?? '';
  return last.replace(/\x1b\[[?0-9;]*[A-Za-z]/g, ''); // eslint-disable-line no-control-regex
}

for (const columns of [40, 60]) {
  test(`at ${columns} columns the real status line keeps to one line, its beginning shown`, () => {
    const screen = new RecordedScreen();
    screen.columns = columns;
    const health = { phase: 2, boss: 0.5, player: 2, playerMost: 3 };
    const line = (tick: TickReport, colour: boolean): string =>
      statusLine(tick, figures, { actions: STUDY_ACTIONS, health, seen: null }, colour);
    const whole = visible(line(report({ held: STUDY_ACTIONS.holding('UP', 'SHOOT') }), true));
    assert.ok(whole.length > columns, 'it is longer than the terminal is wide');
    const view = new LiveView({ screen, picture: false, statusLine: line, env: UTF8 });
    view.onTick(report({ held: STUDY_ACTIONS.holding('UP', 'SHOOT') }), null);
    assert.equal(visible(screen.text), whole.slice(0, columns - 1));
    view.finish();
  });
}

test('a line is cut by what is visible: colours take no cell, wide characters take two, none is halved', () => {
  const red = '\x1b[31m';
  const reset = '\x1b[0m';
  assert.equal(fitLine(`${red}abc${reset}def`, 6), `${red}abc${reset}def`);
  assert.equal(fitLine(`${red}abcdef`, 3), `${red}abc${reset}`);
  assert.equal(fitLine('戦い', 3), '戦');
  assert.equal(fitLine('a\r\nb\tc', 80), 'abc');
});

test('when the process exits in the middle of a run the cursor is given back, once', () => {
  const screen = new RecordedScreen();
  const exits = new EventEmitter();
  const view = new LiveView({ screen, picture: false, statusLine: () => 'STATUS', env: UTF8, exits });
  view.onTick(report(), null);
  view.onTick(report({ tick: 1, deadlineMs: 100 }), null);
  assert.ok(screen.text.includes('\x1b[?25l'));
  exits.emit('exit');
  assert.ok(screen.text.endsWith('\x1b[?25h'));
  view.finish();
  assert.equal(screen.text.split('\x1b[?25h').length, 2);
  assert.equal(exits.listenerCount('exit'), 0);
});

test('Ctrl-Z gives the cursor back before the process stops, and the view goes below once it continues', () => {
  const screen = new RecordedScreen();
  const exits = new EventEmitter();
  const shown: string[] = [];
  const suspend = (): void => void shown.push(screen.text.slice(-6));
  const view = new LiveView({ screen, picture: false, statusLine: () => 'STATUS', env: UTF8, exits, suspend });
  view.onTick(report(), null);
  exits.emit('SIGTSTP');
  assert.deepEqual(shown, ['\x1b[?25h'], 'stopped once, the cursor shown by then');
  view.onTick(report({ tick: 1, deadlineMs: 100 }), null);
  assert.ok(screen.text.includes('\x1b[?25h\x1b[?25l'), 'hidden again after it continues');
  exits.emit('SIGTSTP');
  assert.equal(shown.length, 2);
  view.finish();
  assert.deepEqual(exits.eventNames(), []);
});

test('a terminal whose locale is not UTF-8 gets the plain status line in place, and no byte above 0x7F', () => {
  const health = { phase: 2, boss: 0.5, player: 2, playerMost: 3 };
  const line = (tick: TickReport, colour: boolean): string =>
    statusLine(tick, { ...figures, notice: 'SPRUNG → los' }, { actions: STUDY_ACTIONS, health, seen: null }, colour);
  for (const env of [{ LC_ALL: 'C' }, { LANG: 'en_US.ISO-8859-1' }, { LC_ALL: 'C', LANG: 'en_US.UTF-8' }, {}]) {
    const screen = new RecordedScreen();
    screen.columns = 200;
    assert.ok(!canShowPicture(screen, env));
    const view = new LiveView({ screen, picture: false, statusLine: line, env });
    view.onTick(report(), null);
    assert.match(screen.text, /^\x1b\[\?25l\r[ -~]*you 2\/3[ -~]* \| SPRUNG -> los\x1b\[K/); // eslint-disable-line no-control-regex
    assert.doesNotMatch(screen.text, /\P{ASCII}/u);
    view.finish();
  }
});

test('a view that hid no cursor leaves the exit of the process alone', () => {
  const screen = new RecordedScreen();
  screen.isTTY = false;
  const exits = new EventEmitter();
  const view = new LiveView({ screen, picture: false, statusLine: () => 'STATUS', env: UTF8, exits });
  view.onTick(report(), null);
  assert.equal(exits.listenerCount('exit'), 0);
});

test('a terminal that does not take what is written is not written to', () => {
  const screen = new RecordedScreen();
  const view = new LiveView({ screen, picture: true, statusLine: () => 'STATUS', env: UTF8 });
  screen.writableNeedDrain = true;
  view.onTick(report(), twoColours());
  assert.equal(screen.text, '');
});

test('where the screen is no terminal there are plain lines, one every five seconds', () => {
  const screen = new RecordedScreen();
  screen.isTTY = false;
  const view = new LiveView({ screen, picture: false, statusLine: (_, colour) => `colour ${colour}`, env: UTF8 });
  for (let tick = 0; tick < 100; tick += 1) view.onTick(report({ tick, deadlineMs: tick * 100 }), null);
  assert.equal(screen.text, 'colour false\ncolour false\n');
});

test('the plain status line says health, held actions, rate, latency and what went wrong', () => {
  const health = { phase: 2, boss: 0.5, player: 2, playerMost: 3 };
  assert.equal(
    statusLine(
      report({ held: STUDY_ACTIONS.holding('UP', 'SHOOT') }),
      figures,
      { actions: STUDY_ACTIONS, health, seen: null },
      false,
    ),
    'you 2/3  boss phase 2  50% | held UP+SHOOT | 10.0 Hz | 6.3 ms | missed 0 late 2 starved 0',
  );
});

test('the status line of another game has its names, each in its place where there is colour', () => {
  for (const count of [3, 12]) {
    const actions = new ActionSet({ names: Array.from({ length: count }, (_, i) => `act-${i}`) });
    const held = actions.holding('act-0', `act-${count - 1}`);
    const played = { actions, health: null, seen: null };
    assert.ok(statusLine(report({ held }), figures, played, false).startsWith(`held act-0+act-${count - 1} | `));
    const [keys] = statusLine(report({ held }), figures, played, true).split('│');
    assert.equal(visible(keys).trim(), actions.names.join(' '));
    assert.equal(keys.split('\x1b[1m').length - 1, 2, 'two are bold');
  }
});

test('outcomes and meters of a game come last in the status line: a narrow terminal cuts them first', () => {
  const seen = { outcomes: { won: 0, lost: 2, ended: 1 }, meters: { fuel: 0.5449, score: null } };
  for (const colour of [true, false]) {
    const line = statusLine(report(), figures, { actions: STUDY_ACTIONS, health: null, seen }, colour);
    assert.ok(line.endsWith('2 lost, fuel 0.54, score -'), line);
  }
});

test('a closed gate stands in the status line with its reason', () => {
  const line = statusLine(
    report({ outcome: 'gated', gate: 'focus: another window' }),
    figures,
    { actions: STUDY_ACTIONS, health: null, seen: null },
    false,
  );
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

test('a table stands whatever its cells hold: controls become one visible cell, wide letters count as two', () => {
  const rows = [
    ['one\ntwo', 'a'],
    ['\x1b]0;PWNED\x07', 'b'],
    ['戦い', 'c'],
  ];
  const lines = textTable(['title', 'n'], rows).split('\n');
  assert.deepEqual(lines, [
    'title       n',
    '----------  -',
    'one\ufffdtwo     a',
    '\ufffd]0;PWNED\ufffd  b',
    '戦い        c',
  ]);
});
