/**
 * What the cases are played, scored and checked on. Made once, by BEFORE, from fixed seeds; both checkouts then read the
 * same files, under the same relative paths.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { understudy } from './run-command.js';

/** A whole fight with slips of the hand, a short one with a video, and enough of them for confidence intervals. */
const MADE = {
  'sessions/fight': 'demos --fights 1 --seed 11 --noise 0.05 --no-video --out sessions --name fight',
  'sessions/clip': 'demos --player shoot --level hard --fights 1 --seed 2 --out sessions --name clip',
  'sessions/short': 'demos --player random --level hard --fights 5 --seed 21 --no-video --out sessions --name short',
  bundle: 'model init --latent 16 --seed 3 --out bundle',
};

/** @throws Error when BEFORE cannot make one of them */
export async function makeInputs(before, folder) {
  mkdirSync(folder, { recursive: true });
  for (const [name, line] of Object.entries(MADE)) {
    const { code, stderr } = await understudy(before, { args: line.split(' '), folder });
    if (code !== 0) throw new Error(`BEFORE cannot make ${name}: understudy ${line}: exit ${code}\n${stderr}`);
  }
  breakSession(join(folder, 'sessions'));
  writeLabels(folder);
}

/** `cut` is as a recorder leaves it that was killed: no end, a line cut off, two frames short. `broken` has a bad line. */
function breakSession(sessions) {
  const read = (kind) =>
    readFileSync(join(sessions, `short_${kind}.jsonl`), 'utf8')
      .trimEnd()
      .split('\n');
  const events = read('events').slice(0, -2);
  const frames = read('frames').slice(0, -2);
  const write = (name, lines) => {
    writeFileSync(join(sessions, `${name}_events.jsonl`), `${lines.join('\n')}\n{"event":"keyd`);
    writeFileSync(join(sessions, `${name}_frames.jsonl`), `${frames.join('\n')}\n`);
    copyFileSync(join(sessions, 'short_gray.bin'), join(sessions, `${name}_gray.bin`));
  };
  write('cut', events);
  write('broken', [...events.slice(0, 20), 'no JSON', ...events.slice(20)]);
}

/** 100 frames of 7 actions: labels, predictions that miss some of them, and better ones. */
function writeLabels(folder) {
  const held = (index) => (((index * 2654435761) >>> 0) % 100 < 35 ? 1 : 0);
  const write = (name, wrongEvery) => {
    const bytes = Uint8Array.from({ length: 700 }, (_, index) => held(index) ^ (index % wrongEvery === 0 ? 1 : 0));
    writeFileSync(join(folder, name), bytes);
  };
  write('labels.u8', 1000);
  write('predicted.u8', 7);
  write('better.u8', 23);
}
