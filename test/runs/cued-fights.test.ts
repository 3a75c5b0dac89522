/** Fights of a recording as the game's cues tell them, beside the markers of a person. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { VirtualClock } from '../../src/core/clock.js';
import type { FightEdge, GamePicture, GameState } from '../../src/games/game-state.js';
import { GameWatcher } from '../../src/games/game-watcher.js';
import { readGameFile, type GameFile } from '../../src/games/game-file.js';
import { CuedFights } from '../../src/runs/record/cued-fights.js';
import { markSession } from '../../src/runs/record/mark-session.js';
import { checkSession } from '../../src/session/check.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { fightResults, summarizeResults } from '../../src/session/fight-results.js';
import { readSession, type Session } from '../../src/session/session.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import {
  cutOut,
  drawGame,
  GAME_HEIGHT,
  GAME_WIDTH,
  regionOf,
  type DrawnScene,
} from '../../testing/games/drawn-game.js';
import { hasCode } from '../../testing/error-code.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('cued-fights');
const START_UNIX_MS = 1_700_000_000_000;
const PERIOD_MS = 100;

/** A recording of pictures of one size on a virtual clock. */
async function open(name: string, size: { readonly width: number; readonly height: number }, video = false) {
  const clock = new VirtualClock();
  const files = filesAt(join(folder, name));
  const writer = await SessionWriter.create({
    ...{ files, rateHz: 1000 / PERIOD_MS, ...size, source: 'test', game: 'Drawn', contract: STUDY_CONTRACT, clock },
    wallMs: () => START_UNIX_MS + clock.nowMs(),
    video,
  });
  return { clock, files, writer };
}

/** Fights in frames from the first one, and their outcomes. */
function fightsOf({ fights, frames }: Session): unknown[] {
  const frameOf = (t: number): number => Math.round(((t - frames.times[0]) * 1000) / PERIOD_MS);
  return fights.map(({ start, end, outcome }) => [frameOf(start), frameOf(end), outcome ?? null]);
}

const MENU: DrawnScene = { panel: false, seed: 20 };
const SCENES: readonly DrawnScene[] = [
  ...[MENU, MENU, { health: 1 }, { health: 0.8, seed: 8 }, { health: 0.8, seed: 9 }, { health: 0.2 }],
  ...[{ screen: 'lost' as const }, { screen: 'lost' as const }, MENU, MENU],
  ...[{ health: 1 }, { health: 0.9 }, { health: 0.6 }, { panel: false, screen: 'won' as const }],
  ...[{ panel: false, screen: 'won' as const }, MENU, { health: 1 }, { health: 0.5 }],
];
/** First frame, the one after the last, and the outcome. The last one is cut off by the end of the recording. */
const FIGHTS = [
  [2, 6, 'lost'],
  [10, 13, 'won'],
  [16, SCENES.length, null],
];
const OF = { width: GAME_WIDTH, height: GAME_HEIGHT };

/** A game file for the drawn game. */
async function writeGame(name: string): Promise<GameFile> {
  const cues = {
    fighting: await cue('fighting', {}),
    won: await cue('won', { screen: 'won' }),
    lost: await cue('lost', { screen: 'lost' }),
  };
  const health = { kind: 'bar', region: regionOf('health'), from: 'left', full: '#d03020', empty: '#301010' };
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ name, window: { title: 'drawn' }, cues, meters: { health } }));
  return readGameFile(path);
}

async function cue(name: 'fighting' | 'won' | 'lost', scene: DrawnScene) {
  await cutOut(folder, `${name}.png`, await drawGame(scene), name);
  return { picture: `${name}.png`, region: regionOf(name, 6), of: OF };
}

test('fights of a drawn game are marked at the pictures that begin and end them, with outcomes and meters', async () => {
  const game = await GameWatcher.open(await writeGame('Drawn'));
  const { clock, files, writer } = await open('drawn', OF);
  const cued = new CuedFights(game, writer);
  for (const [index, scene] of SCENES.entries()) {
    await clock.sleepUntil(index * PERIOD_MS);
    await writer.room();
    const picture = { ...(await drawGame(scene)), capturedAtMs: index * PERIOD_MS };
    writer.offer(picture);
    cued.look(picture);
  }
  assert.deepEqual(cued.seen.outcomes, { won: 1, lost: 1, ended: 0 });
  await clock.sleepUntil(SCENES.length * PERIOD_MS);
  cued.finish(clock.nowMs());
  await writer.finish('stopped');
  const session = await readSession(files);
  assert.deepEqual(fightsOf(session), FIGHTS);
  assert.deepEqual((await checkSession(session)).problems, []);
  const results = fightResults(session);
  const health = results.map(({ meters }) => meters['health']).map((span) => span && [span.first, span.last]);
  const near = (value: number, wanted: number): boolean => Math.abs(value - wanted) < 0.02;
  [
    [1, 0.2],
    [1, 0.6],
    [1, 0.5],
  ].forEach(([first, last], fight) => {
    assert.ok(near(health[fight]![0], first) && near(health[fight]![1], last), JSON.stringify(health));
  });
  const { outcomes, meters } = summarizeResults(results);
  assert.deepEqual(outcomes, { won: 1, lost: 1, ended: 0, unknown: 1 });
  assert.ok(near(meters['health'].mean, 0.433) && meters['health'].fights === 3);
});

test('a session without markers is marked afterwards from its video, as it would have been while it was recorded', async () => {
  const { clock, files, writer } = await open('afterwards', OF, true);
  for (const [index, scene] of SCENES.entries()) {
    await clock.sleepUntil(index * PERIOD_MS);
    await writer.room();
    writer.offer({ ...(await drawGame(scene)), capturedAtMs: index * PERIOD_MS });
    if (index === 3) writer.keyDown('f', index * PERIOD_MS + 50);
    if (index === 5) writer.keyUp('f', index * PERIOD_MS + 50);
  }
  await writer.finish('stopped');
  const game = await writeGame('Drawn');
  const request = { session: files.base, game, again: false, signal: new AbortController().signal };
  const rest = { onProgress: () => undefined, say: () => undefined };
  const other = markSession({ ...request, ...rest, game: { ...game, name: 'Another' } });
  await assert.rejects(other, hasCode('bad-option', "'Drawn'", "'Another'"));
  const without = markSession({ ...request, ...rest, game: { ...game, cues: {} } });
  await assert.rejects(without, hasCode('bad-option', 'no cue'));
  const lines = readFileSync(files.events, 'utf8').split('\n');
  const report = await markSession({ ...request, ...rest });
  assert.deepEqual([report?.fights, report?.replaced], [3, 0]);
  const session = await readSession(files);
  const last = SCENES.length - 1; // the log's last frame: a recording under way knows that more time has passed
  assert.deepEqual(fightsOf(session), [...FIGHTS.slice(0, 2), [16, last, null]]);
  assert.deepEqual((await checkSession(session)).problems, []);
  const marked = readFileSync(files.events, 'utf8').split('\n');
  assert.deepEqual(
    marked.filter((line) => !line.includes('"marker"') && !line.includes('"meters"')),
    lines,
    'nothing else was changed',
  );
  await assert.rejects(markSession({ ...request, ...rest }), hasCode('bad-option', '3 marked fights', '--again'));
  assert.deepEqual((await markSession({ ...request, ...rest, again: true }))?.replaced, 3);
  assert.deepEqual(readFileSync(files.events, 'utf8').split('\n'), marked);
});

/** Says what a script says. */
class ScriptedGame {
  readonly #edges: Readonly<Record<number, readonly FightEdge[]>>;
  readonly #last: readonly FightEdge[];

  constructor(edges: Readonly<Record<number, readonly FightEdge[]>>, last: readonly FightEdge[] = []) {
    this.#edges = edges;
    this.#last = last;
  }

  look({ capturedAtMs }: GamePicture): GameState {
    return stateWith(this.#edges[capturedAtMs / PERIOD_MS] ?? []);
  }

  finish(): GameState {
    return stateWith(this.#last);
  }
}

const stateWith = (edges: readonly FightEdge[]): GameState => ({
  ...{ fighting: null, outcome: null, edges, scores: {}, meters: {}, fightMeters: {}, endedMeters: {} },
});
const began = (frame: number): FightEdge => ({ edge: 'began', atMs: frame * PERIOD_MS });
const closed = (frame: number): FightEdge => ({ edge: 'closed', atMs: frame * PERIOD_MS });
const ended = (frame: number, outcome: 'won' | 'lost' | 'ended'): FightEdge => ({
  ...{ edge: 'ended', atMs: frame * PERIOD_MS, beganAtMs: 0, outcome, disputed: false },
});

/** Plays a script with a person's markers. @param hands frame -> what the person marks there */
async function played(
  name: string,
  game: ScriptedGame,
  hands: Readonly<Record<number, 'fight_start' | 'fight_end'>>,
): Promise<Session> {
  const size = { width: 8, height: 4 };
  const { clock, files, writer } = await open(name, size);
  const cued = new CuedFights(game, writer);
  for (let frame = 0; frame < 30; frame += 1) {
    const atMs = frame * PERIOD_MS;
    await clock.sleepUntil(atMs);
    await writer.room();
    const picture = { ...size, pixels: new Uint8Array(128), capturedAtMs: atMs };
    writer.offer(picture);
    if (hands[frame] !== undefined) writer.marker(hands[frame], atMs);
    cued.look(picture);
  }
  cued.finish(clock.nowMs());
  await writer.finish('stopped');
  return await readSession(files);
}

test('a fight that a person began is left to the person, whatever the cues say', async () => {
  const game = new ScriptedGame({ 6: [began(5)], 12: [closed(11), ended(11, 'lost')], 21: [began(20)] });
  const session = await played('by-hand', game, { 3: 'fight_start', 15: 'fight_end', 25: 'fight_end' });
  assert.deepEqual(fightsOf(session), [
    [3, 15, null],
    [20, 25, null],
  ]);
});

test('a person may end a fight that the cues began; the next one of the cues is marked again', async () => {
  const game = new ScriptedGame({
    ...{ 4: [began(3)], 12: [closed(11), ended(11, 'won')] },
    ...{ 16: [began(15)], 22: [closed(20)], 25: [ended(20, 'lost')] },
  });
  const session = await played('ended-by-hand', game, { 8: 'fight_end', 10: 'fight_start', 13: 'fight_end' });
  assert.deepEqual(fightsOf(session), [
    [3, 8, null],
    [10, 13, null],
    [15, 20, 'lost'],
  ]);
});

test('a marker that comes late does not reach into the fight before it', async () => {
  const game = new ScriptedGame({ 11: [began(9)], 20: [closed(19), ended(19, 'won')] });
  const session = await played('late', game, { 2: 'fight_start', 10: 'fight_end' });
  assert.deepEqual(fightsOf(session), [
    [2, 10, null],
    [10, 19, 'won'],
  ]);
  assert.deepEqual(session.notices, []);
});

test('a fight whose outcome was still awaited at the end of the recording is ended where it closed', async () => {
  const game = new ScriptedGame({ 4: [began(3)], 27: [closed(25)] }, [ended(25, 'ended')]);
  assert.deepEqual(fightsOf(await played('awaited', game, {})), [[3, 25, 'ended']]);
});
