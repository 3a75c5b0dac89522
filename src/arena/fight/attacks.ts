/**
 * What the boss throws, one function for each phase: balls along the ground, tears from above, homing shots. Each
 * starts one attack and returns how long the boss waits before the next, in seconds. All aim at the player, so standing
 * still loses.
 */
import type { Random } from '../../core/random.js';
import { feetY } from './body.js';
import { GROUND_Y, LEVELS, PLAYER, STAGE_WIDTH, THREAT_RADIUS } from './rules.js';
import type { FightState, Phase, ThreatKind } from './state.js';

type Attack = (state: FightState, random: Random) => number;

/** By phase 1 to 3. */
export const ATTACKS: readonly [Attack, Attack, Attack] = [rollBall, dropTears, sendShot];

function rollBall(state: FightState, random: Random): number {
  const { boss } = state;
  const rules = LEVELS[state.level];
  if (boss.rowLeft === 0) boss.rowLeft = random.integer(rules.ballRow[0], rules.ballRow[1]);
  addThreat(state, 'ball', boss.x - boss.width / 2, GROUND_Y - THREAT_RADIUS.ball, -boss.ballSpeed, 0);
  boss.rowLeft -= 1;
  return draw(random, boss.rowLeft === 0 ? rules.ballPauseS : rules.ballGapS);
}

function dropTears(state: FightState, random: Random): number {
  const rules = LEVELS[state.level];
  const { player } = state;
  const aimed = player.x + side(random) * draw(random, rules.tearMiss);
  addTear(state, clampX(state.phase, aimed), draw(random, rules.tearSpeed));
  if (random.next() < rules.decoyChance) {
    const x = decoyX(state.phase, player.x, rules.decoyDistance, random);
    addTear(state, x, draw(random, rules.tearSpeed));
  }
  return draw(random, rules.tearGapS);
}

function addTear(state: FightState, x: number, speed: number): void {
  addThreat(state, 'tear', x, -20, 0, speed);
}

/** Anywhere the player may walk, at least `distance` away: the longer of the two sides, or one of them at random. */
function decoyX(phase: Phase, playerX: number, distance: number, random: Random): number {
  const leftRoom = playerX - distance - PLAYER.minX;
  const rightRoom = PLAYER.maxX[phase - 1] - (playerX + distance);
  const total = Math.max(0, leftRoom) + Math.max(0, rightRoom);
  const at = random.next() * total;
  return at < leftRoom ? PLAYER.minX + at : playerX + distance + at - Math.max(0, leftRoom);
}

function sendShot(state: FightState, random: Random): number {
  const rules = LEVELS[state.level];
  const { player } = state;
  const offCentre = player.x - STAGE_WIDTH / 2;
  const fair = side(random);
  const outer = offCentre < 0 ? -1 : 1;
  const direction = Math.abs(offCentre) > rules.shotOuter ? outer : fair;
  const x = Math.min(STAGE_WIDTH - 15, Math.max(15, player.x + direction * draw(random, rules.shotSide)));
  const y = draw(random, rules.shotY);
  const speed = draw(random, rules.shotSpeed);
  const dx = player.x - x;
  const dy = feetY(player) - PLAYER.heightPx / 2 - y;
  const distance = Math.sqrt(dx * dx + dy * dy);
  addThreat(state, 'shot', x, y, (dx / distance) * speed, (dy / distance) * speed);
  return draw(random, rules.shotGapS);
}

function addThreat(state: FightState, kind: ThreatKind, x: number, y: number, vx: number, vy: number): void {
  const radius = THREAT_RADIUS[kind];
  state.threats.push({ id: state.threatsSeen, kind, x, y, vx, vy, radius, locked: kind !== 'shot' });
  state.threatsSeen += 1;
}

function clampX(phase: Phase, x: number): number {
  return Math.min(PLAYER.maxX[phase - 1], Math.max(PLAYER.minX, x));
}

function draw(random: Random, range: readonly [number, number]): number {
  return random.uniform(range[0], range[1]);
}

function side(random: Random): 1 | -1 {
  return random.next() < 0.5 ? -1 : 1;
}
