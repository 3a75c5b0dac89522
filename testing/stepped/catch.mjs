/**
 * A small game for tests, stepped through a pipe: a drop falls, a paddle catches it. Arguments of its own make it fail:
 * `--pixels rgb`, `--fault NAME`, `--at N` (at which answer).
 */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const [WIDTH, HEIGHT] = [32, 24];
const DROPS = 3;
const valueOf = (name, preset) => {
  const index = process.argv.indexOf(name);
  return index === -1 ? preset : process.argv[index + 1];
};
const pixels = valueOf('--pixels', 'gray');
const fault = valueOf('--fault', '');
const at = Number(valueOf('--at', '0'));
if (fault === 'deaf') process.stdin.pause();
if (fault === 'stays') process.on('SIGTERM', () => undefined);

let answers = 0;
let state = null;

/** A generator of numbers 0..1 from a seed: mulberry32. */
function randomOf(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const newDrop = (random) => ({ x: Math.floor(random() * WIDTH), y: 0 });

function begin(seed) {
  const random = randomOf(seed);
  state = { random, paddle: Math.floor(WIDTH / 2), drop: newDrop(random), fallen: 0, caught: 0 };
}

function step(hold) {
  const { drop } = state;
  state.paddle += (hold.includes('TO_RIGHT') ? 3 : 0) - (hold.includes('TO_LEFT') ? 3 : 0);
  state.paddle = Math.min(WIDTH - 1, Math.max(0, state.paddle));
  drop.y += 2;
  if (drop.y < HEIGHT - 1) return { events: {} };
  const isCaught = Math.abs(drop.x - state.paddle) <= 3;
  state.caught += Number(isCaught);
  state.fallen += 1;
  state.drop = newDrop(state.random);
  const events = isCaught ? { caught: 1 } : { missed: 1 };
  if (state.fallen < DROPS) return { events };
  return { events, outcome: state.caught === DROPS ? 'won' : 'lost' };
}

function picture() {
  const bytes = { gray: 1, rgb: 3, bgra: 4 }[pixels];
  const whole = Buffer.alloc(WIDTH * HEIGHT * bytes, 10);
  const paint = (x, y, values) => whole.set(values.slice(0, bytes), (y * WIDTH + x) * bytes);
  for (let dx = -3; dx <= 3; dx += 1) {
    const x = state.paddle + dx;
    if (x >= 0 && x < WIDTH) paint(x, HEIGHT - 1, pixels === 'bgra' ? [120, 180, 240, 255] : [240, 180, 120]);
  }
  paint(state.drop.x, Math.min(state.drop.y, HEIGHT - 1), [255, 255, 255, 255]);
  return whole;
}

function demonstrator() {
  const off = state.drop.x - state.paddle;
  return Math.abs(off) < 2 ? [] : [off > 0 ? 'TO_RIGHT' : 'TO_LEFT'];
}

function describe() {
  const events = {
    caught: { says: 'drops caught', reward: 1 },
    missed: { says: 'drops missed', reward: -1 },
  };
  const judgedBy = fault === 'judged' ? 'nothing' : valueOf('--judged-by', 'wins');
  return { width: WIDTH, height: HEIGHT, pixels, events, judgedBy, demonstrator: fault !== 'alone' };
}

async function answer(asked) {
  answers += 1;
  const isDue = answers > at;
  if (isDue && fault === 'ends') {
    console.error('the engine is gone');
    process.exit(3);
  }
  if (isDue && fault === 'silent') await delay(60_000);
  if (isDue && fault === 'text') return process.stdout.write('Loading...\n');
  if ('understudy' in asked) return process.stdout.write(`${JSON.stringify(describe())}\n`);
  let said = {};
  if ('reset' in asked) begin(asked.reset);
  else said = step(asked.hold);
  if (isDue && fault === 'event') said.events = { gained: 1 };
  if (isDue && fault === 'outcome') said.outcome = 'drawn';
  const wanted = isDue && fault === 'action' ? ['TO_HEAVEN'] : demonstrator();
  const line = JSON.stringify({ ...said, ...(fault === 'alone' ? {} : { demonstrator: wanted }) });
  process.stdout.write(Buffer.concat([Buffer.from(`${line}\n`), picture()]));
}

if (fault === 'missing-answer') process.stdout.end();
for await (const line of createInterface({ input: process.stdin })) await answer(JSON.parse(line));
if (fault === 'stays') setInterval(() => undefined, 1000);
