/**
 * A small game for tests, stepped through a pipe: a drop falls, a paddle catches it. Its arguments change it: `--pixels rgb`,
 * `--judged-by caught`, `--log FILE` (what it was asked to hold), and make it fail: `--fault NAME`, `--at N` (after so many answers).
 */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../src/core/random.js';

const [WIDTH, HEIGHT] = [32, 24];
const DROPS = 3;

function valueOf(name: string, preset: string): string {
  const index = process.argv.indexOf(name);
  return index === -1 ? preset : process.argv[index + 1];
}

const pixels = valueOf('--pixels', 'gray') as 'gray' | 'rgb' | 'bgra';
const fault = valueOf('--fault', '');
const log = valueOf('--log', '');
const at = Number(valueOf('--at', '0'));

/** Of the demonstrator, by fault. */
const WRONG_KEYS: Readonly<Record<string, readonly string[] | undefined>> = {
  action: ['TO_HEAVEN'],
  both: ['TO_LEFT', 'TO_RIGHT'],
};

interface Asked {
  readonly understudy?: number;
  readonly reset?: number;
  readonly hold?: readonly string[];
}

interface Happened {
  readonly events: Readonly<Record<string, number>>;
  readonly outcome?: string;
}

let answers = 0;
let random = new Random(0);
let paddle = 0;
let drop = { x: 0, y: 0 };
let fallen = 0;
let caught = 0;

const newDrop = (): typeof drop => ({ x: random.integer(0, WIDTH - 1), y: 0 });

function begin(seed: number): void {
  random = new Random(seed);
  paddle = WIDTH / 2;
  drop = newDrop();
  fallen = caught = 0;
}

function step(hold: readonly string[]): Happened {
  paddle += 3 * (Number(hold.includes('TO_RIGHT')) - Number(hold.includes('TO_LEFT')));
  paddle = Math.min(WIDTH - 1, Math.max(0, paddle));
  drop.y += 2;
  if (drop.y < HEIGHT - 1) return { events: {} };
  const isCaught = Math.abs(drop.x - paddle) <= 3;
  caught += Number(isCaught);
  fallen += 1;
  drop = newDrop();
  const events: Record<string, number> = isCaught ? { caught: 1 } : { missed: 1 };
  if (fallen < DROPS) return { events };
  return { events, outcome: caught === DROPS ? 'won' : 'lost' };
}

function picture(): Buffer {
  const bytes = { gray: 1, rgb: 3, bgra: 4 }[pixels];
  const whole = Buffer.alloc(WIDTH * HEIGHT * bytes, 10);
  const paint = (x: number, y: number, values: readonly number[]): void =>
    whole.set(values.slice(0, bytes), (y * WIDTH + x) * bytes);
  for (let x = Math.max(0, paddle - 3); x <= Math.min(WIDTH - 1, paddle + 3); x += 1) {
    paint(x, HEIGHT - 1, pixels === 'bgra' ? [120, 180, 240, 255] : [240, 180, 120]);
  }
  paint(drop.x, Math.min(drop.y, HEIGHT - 1), [255, 255, 255, 255]);
  return whole;
}

function demonstrator(): string[] {
  const off = drop.x - paddle;
  return Math.abs(off) < 2 ? [] : [off > 0 ? 'TO_RIGHT' : 'TO_LEFT'];
}

function description(): object {
  const events = { caught: { says: 'drops caught', reward: 1 }, missed: { says: 'drops missed', reward: -1 } };
  const judgedBy = fault === 'judged' ? 'nothing' : valueOf('--judged-by', 'wins');
  return { width: WIDTH, height: HEIGHT, pixels, events, judgedBy, demonstrator: fault !== 'alone' };
}

async function answer({ understudy, reset, hold = [] }: Asked): Promise<void> {
  answers += 1;
  const isDue = answers > at;
  if (isDue && fault === 'ends') {
    process.stderr.write('the engine is gone\n');
    process.exit(3);
  }
  if (isDue && fault === 'silent') await delay(60_000);
  if (isDue && fault === 'text') {
    process.stdout.write('Loading...\n');
    return;
  }
  if (understudy !== undefined) {
    process.stdout.write(`${JSON.stringify(description())}\n`);
    return;
  }
  if (log !== '' && reset === undefined) appendFileSync(log, `${JSON.stringify(hold)}\n`);
  if (reset !== undefined) begin(reset);
  const happened: Partial<Happened> = reset === undefined ? step(hold) : {};
  const said = {
    ...happened,
    ...(isDue && fault === 'event' ? { events: { gained: 1 } } : {}),
    ...(isDue && fault === 'outcome' ? { outcome: 'drawn' } : {}),
    ...(fault === 'alone' ? {} : { demonstrator: isDue ? (WRONG_KEYS[fault] ?? demonstrator()) : demonstrator() }),
  };
  const shown = isDue && fault === 'short' ? picture().subarray(8) : picture();
  process.stdout.write(Buffer.concat([Buffer.from(`${JSON.stringify(said)}\n`), shown]));
}

if (fault === 'stays') {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 1000);
}
if (fault === 'missing-answer') process.stdout.end();
for await (const line of createInterface({ input: process.stdin })) await answer(JSON.parse(line) as Asked);
