/**
 * Draws the pictures of the arena that the README shows: the scripted expert's fight, one picture a phase.
 *
 *   npm run make arena-pictures [-- docs/images]
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FightCanvas } from '../../dist/src/arena/canvas.js';
import { Fight } from '../../dist/src/arena/fight.js';
import { createPlayer } from '../../dist/src/arena/players/index.js';

const SEED = 7;
/** Seconds into each phase: something is in the air by then. */
const INTO_PHASE_S = 6.5;

const folder = process.argv[2] ?? 'docs/images';
const fight = new Fight({ seed: SEED, level: 'normal' });
const player = createPlayer('expert', SEED);
player.reset(SEED);
const canvas = await FightCanvas.open();
let phase = 0;
let stepsInPhase = 0;
while (fight.outcome === null) {
  fight.step(player.decide(fight.state));
  stepsInPhase = fight.state.phase === phase ? stepsInPhase + 1 : 0;
  phase = fight.state.phase;
  if (stepsInPhase !== Math.round(INTO_PHASE_S * 60)) continue;
  canvas.draw(fight.state);
  const path = join(folder, `arena-phase-${phase}.png`);
  writeFileSync(path, canvas.png());
  console.log(path);
}
