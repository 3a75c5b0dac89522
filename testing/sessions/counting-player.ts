/**
 * A simulated person at a window that shows a running counter, in a process of its own. The window is one gray, read
 * exactly from the lossless frames: the counter modulo 100, plus 128 while the person holds a key. Tells on standard
 * output, as JSON lines, the keys as they go down and up.
 *
 *   node counting-player.js <display> <title> <seconds> [--stop]
 *
 * Begins once a line arrives on standard input, with the hot key 8, and ends with 9. With --stop it presses 1, too.
 */
import { once } from 'node:events';
import { SystemClock } from '../../src/core/clock.js';
import { Random } from '../../src/core/random.js';
import { XConnection } from '../../src/desktop/x11/connection.js';
import { findKey } from '../../src/desktop/x11/keysyms.js';
import { sendKey } from '../../src/desktop/x11/xtest.js';
import { SimulatedHuman } from '../display/simulated-human.js';
import { openTestWindow } from '../display/test-window.js';

/** The counter's numbers; several are shown in one period at 10 Hz. */
export const COUNTER_MODULUS = 100;
/** Added to the gray while the person holds a key. */
export const HELD_LEVEL = 128;

/** What is reported of one key. */
export interface ToldKey {
  readonly name: string;
  readonly down: boolean;
  /** ms since 1970 */
  readonly atUnixMs: number;
  readonly synthetic: boolean;
}

const PAINTS_PER_SECOND = 40;
const HUMAN_KEYS = ['f', 'space', 'Up', 'Left', 'Right'];
/** A program's key beside the person's. */
const PROGRAM_KEY = 'd';

if (process.argv[1]?.endsWith('counting-player.js')) await play();

async function play(): Promise<void> {
  const [, , display, title, seconds] = process.argv;
  const clock = new SystemClock();
  const random = new Random(7);
  using window = await openTestWindow({ display, title, width: 320, height: 180 });
  window.takeFocus();
  using human = new SimulatedHuman(display);
  using program = XConnection.open(display);
  const codeOf = (name: string): number => {
    const place = findKey(program, name);
    if (place.found !== 'plain') throw new Error(`no key for ${name}`);
    return place.keycode;
  };
  const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  let counter = 0;
  let held: string | null = null;
  const paint = (): void => {
    const level = (counter % COUNTER_MODULUS) + (held === null ? 0 : HELD_LEVEL);
    window.paint(level * 0x010101);
  };
  paint();
  tell({ ready: true });
  await once(process.stdin, 'data');

  const humanKey = (name: string, down: boolean): void => {
    const told: ToldKey = { name, down, atUnixMs: Date.now(), synthetic: false };
    if (down) human.press(codeOf(name));
    else human.release(codeOf(name));
    held = down ? name : null;
    paint();
    tell(told);
  };
  const tap = (name: string): void => {
    human.press(codeOf(name));
    human.release(codeOf(name));
  };
  tap('8');
  const startMs = clock.nowMs();
  let nextKeyMs = startMs + 500;
  let nextProgramMs = startMs + 1000;
  while (clock.nowMs() - startMs < Number(seconds) * 1000) {
    counter += 1;
    paint();
    if (clock.nowMs() >= nextKeyMs) {
      if (held === null) humanKey(HUMAN_KEYS[random.integer(0, HUMAN_KEYS.length - 1)], true);
      else humanKey(held, false);
      nextKeyMs = clock.nowMs() + random.integer(120, 500);
    }
    if (clock.nowMs() >= nextProgramMs) {
      tell({ name: PROGRAM_KEY, down: true, atUnixMs: Date.now(), synthetic: true } satisfies ToldKey);
      sendKey(program, codeOf(PROGRAM_KEY), true);
      sendKey(program, codeOf(PROGRAM_KEY), false);
      tell({ name: PROGRAM_KEY, down: false, atUnixMs: Date.now(), synthetic: true } satisfies ToldKey);
      nextProgramMs += 1000;
    }
    await clock.sleepUntil(startMs + (counter * 1000) / PAINTS_PER_SECOND);
  }
  if (held !== null) humanKey(held, false);
  tap('9');
  if (!process.argv.includes('--stop')) return;
  tap('1');
  await clock.sleepUntil(clock.nowMs() + 500); // the window stays until the recorder has stopped
}
