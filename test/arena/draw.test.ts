/** The picture: models recognise things by its grays, and the same state gives the same picture. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { FightCanvas } from '../../src/arena/canvas.js';
import { PALETTE } from '../../src/arena/draw/palette.js';
import type { Fight } from '../../src/arena/fight.js';
import { THREAT_RADIUS } from '../../src/arena/fight/rules.js';
import { NONE_HELD } from '../../src/core/action-set.js';
import { expertUntil, newFight, startedFight } from '../../testing/sessions/fights.js';

/** BT.601 gray of a colour `#rrggbb`, 0..255. */
function grayOf(color: string): number {
  const value = Number.parseInt(color.slice(1), 16);
  return 0.299 * (value >> 16) + 0.587 * ((value >> 8) & 255) + 0.114 * (value & 255);
}

const grayIs = (color: string, gray: number, slack: number): void =>
  assert.ok(Math.abs(grayOf(color) - gray) <= slack, `${color} is ${grayOf(color).toFixed(1)}, not ${gray}`);

/** BT.601 gray of one pixel of a 640x360 BGRA picture. */
function grayAt(pixels: Uint8Array, x: number, y: number): number {
  const at = (Math.round(y) * 640 + Math.round(x)) * 4;
  return 0.114 * pixels[at] + 0.587 * pixels[at + 1] + 0.299 * pixels[at + 2];
}

test('the colours have the grays with which a model was found to learn the fight', () => {
  for (const color of [PALETTE.wall, PALETTE.sky, PALETTE.hills, PALETTE.curtain, PALETTE.curtainFold])
    grayIs(color, 24, 5);
  grayIs(PALETTE.ground, 58, 2);
  for (const boss of PALETTE.bosses) {
    grayIs(boss.plain, 120, 1);
    grayIs(boss.hit, 145, 2);
    grayIs(boss.dim, 70, 2);
    grayIs(boss.shade, 105, 2);
  }
  grayIs(PALETTE.player, 255, 0);
  grayIs(PALETTE.untouchable, 150, 2);
  for (const color of [PALETTE.ball, PALETTE.tear, PALETTE.shot]) grayIs(color, 200, 2);
  for (const color of [PALETTE.ballShade, PALETTE.tearShade, PALETTE.shotShade]) grayIs(color, 186, 4);
  grayIs(PALETTE.bullet, 95, 1);
});

test('health is drawn in grays near those of the boards under it', () => {
  for (const color of [PALETTE.heart, PALETTE.heartLost, PALETTE.bossBar]) grayIs(color, 58, 18);
});

test('threats are at least 28 px across', () => {
  for (const radius of Object.values(THREAT_RADIUS)) assert.ok(2 * radius >= 28);
});

test('pixels are opaque BGRA and carry the palette', async () => {
  const canvas = await FightCanvas.open();
  const fight = newFight();
  for (let i = 0; i < 60; i += 1) fight.step(NONE_HELD);
  const pixels = canvas.draw(fight.state);
  assert.equal(pixels.length, 640 * 360 * 4);
  const at = (328 * 640 + 320) * 4;
  const [blue, green, red] = [0x20, 0x32, 0x56]; // PALETTE.ground
  assert.ok([pixels[at] - blue, pixels[at + 1] - green, pixels[at + 2] - red].every((off) => Math.abs(off) <= 8));
  for (let i = 3; i < pixels.length; i += 4) assert.equal(pixels[i], 255);
  assert.equal(canvas.changed, true);
  assert.equal(canvas.draw(fight.state), pixels, 'the same buffer');
  assert.equal(canvas.changed, false);
});

test('in the picture the player is white, the boss 120, 145 when hit and 70 when it cannot be, the player 150 when untouchable', async () => {
  const canvas = await FightCanvas.open();
  const torso = (fight: Fight): number =>
    grayAt(canvas.draw(fight.state), fight.state.player.x - 2, 310 - fight.state.player.height - 26);
  const chin = (fight: Fight): number => grayAt(canvas.draw(fight.state), fight.state.boss.x, fight.state.boss.y + 44);
  const started = startedFight();
  assert.equal(Math.round(torso(started)), 255);
  assert.ok(Math.abs(chin(started) - 120) < 2, `plain ${chin(started)}`);
  assert.ok(Math.abs(chin(newFight()) - 70) < 2, 'dim');
  const hit = expertUntil(({ boss }) => boss.flashSteps === 5);
  assert.ok(Math.abs(chin(hit) - 145) < 2, `hit ${chin(hit)}`);
  while (started.state.player.hitPoints === 3) started.step(NONE_HELD);
  assert.ok(Math.abs(torso(started) - 150) < 2, `untouchable ${torso(started)}`);
});

test('one state always gives the same picture, on any canvas', async () => {
  const fight = expertUntil((state) => state.phase === 2 && state.threats.length > 1);
  const hash = fight.stateHash();
  const [one, other] = [await FightCanvas.open(), await FightCanvas.open()];
  other.draw(newFight(9).state); // what was there before does not show through
  assert.deepEqual(Buffer.from(one.draw(fight.state)), Buffer.from(other.draw(fight.state)));
  assert.equal(fight.stateHash(), hash, 'drawing changes nothing');
});

test('every moment of a fight can be drawn, to the end won and lost', async () => {
  const canvas = await FightCanvas.open({ width: 128, height: 72 });
  const won = expertUntil(({ stage }) => {
    return stage === 'over';
  });
  assert.equal(won.outcome, 'won');
  canvas.draw(won.state);
  const lost = newFight();
  while (lost.outcome === null) {
    lost.step(127);
    if (lost.state.step % 20 === 0) canvas.draw(lost.state);
  }
  canvas.draw(lost.state);
  assert.equal(Buffer.from(canvas.png()).subarray(1, 4).toString(), 'PNG');
});
