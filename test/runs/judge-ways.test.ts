/** How a bundle acts is judged by letting it play: a window game in which who jumps wins, and who ducks loses. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gameEvaluationRequest } from '../../src/runs/game/asked-evaluation.js';
import { Signals } from '../../src/cli/signals.js';
import { readGameFile } from '../../src/games/game-file.js';
import { descriptionOf, readBundle, writeBundle } from '../../src/policy/bundle.js';
import { scoreGame } from '../../src/evaluation/game-scores.js';
import { bestOf, judgementText, judgeWays } from '../../src/runs/game/judge-ways.js';
import { displayForTests, lacks } from '../../testing/display/x-display.js';
import { writeWindowGame } from '../../testing/games/window-game-file.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const skip = lacks('Xvfb');
const folder = folderForTests('judge-ways');
const display = displayForTests({ unless: skip !== false });

const ALWAYS = { press: 0.001, release: 0.0005 };
const NEVER = { press: 1, release: 1 };

async function bundleWithWays(name: string, ways: unknown): Promise<string> {
  const out = join(folder, name);
  const { manifest, encoder, head } = await smallBundle(out, { actions: ['JUMP', 'DUCK'] });
  const description = descriptionOf(manifest);
  await writeBundle(out, { ...description, training: { ...manifest.training, ways } }, { encoder, head });
  return out;
}

async function judged(model: string, fights: number) {
  process.env.DISPLAY = display.env['DISPLAY']; // of this file's process alone
  const game = await writeWindowGame(folder, `game-of-${fights}`, { fightMs: 3000 });
  const options = { fights, seed: 1, engine: 'onnxruntime', players: false, budgetMs: 5000, wait: 0 } as const;
  const evaluation = gameEvaluationRequest(
    { ...options, runs: join(folder, 'runs'), allowLaunch: true },
    readGameFile(game.path),
    'info',
  );
  using signals = new Signals();
  const said: string[] = [];
  const environment = { signals, say: (text: string) => void said.push(text), watch: null };
  const work = join(folder, `${fights}.work`);
  return await judgeWays({ folder: model, work, evaluation }, environment);
}

test('of the ways that a bundle may act, the one that wins is kept', { skip }, async () => {
  const model = await bundleWithWays('both', [
    { name: 'best-f1', act: 'threshold', thresholds: { JUMP: NEVER, DUCK: ALWAYS } },
    { name: 'matched-rate', act: 'threshold', thresholds: { JUMP: ALWAYS, DUCK: NEVER } },
  ]);
  const before = await readBundle(model);
  const judgement = await judged(model, 2);
  assert.ok(judgement !== null);
  assert.deepEqual([judgement.way, judgement.by], ['matched-rate', 'wins']);
  assert.deepEqual(
    judgement.evaluation.players.map(({ player, won, lost }) => [player, won, lost]),
    [
      ['best-f1', 0, 2],
      ['matched-rate', 2, 0],
    ],
  );
  const { manifest, id, encoder } = await readBundle(model);
  assert.deepEqual(manifest.thresholds, { JUMP: ALWAYS, DUCK: NEVER });
  assert.notEqual(id, before.id);
  assert.equal(id, judgement.id);
  assert.deepEqual(encoder, before.encoder);
  assert.equal(manifest.name, before.manifest.name, 'the name is that of the bundle, not of the way');
  assert.equal((manifest.training['judged'] as { way: string }).way, 'matched-rate');
  assert.match(judgementText(judgement), /It acts by the way matched-rate, the best of these by wins\./);
});

test('a game that is never won is judged by its score, and one without a score by how long its fights last', () => {
  const fight = (player: string, seconds: number, meters: Record<string, number>, outcome: 'won' | 'lost' = 'lost') =>
    ({ player, round: 0, outcome, seconds, meters, latencyMs: null, lateTicks: 0, gatedTicks: 0 }) as const;
  const best = (...fights: ReturnType<typeof fight>[]) => {
    const { by, row } = bestOf(scoreGame(['a', 'b'], fights).players);
    return [by, row.player];
  };
  assert.deepEqual(best(fight('a', 3, {}), fight('b', 5, {})), ['seconds', 'b']);
  assert.deepEqual(best(fight('a', 3, { score: 20 }), fight('b', 5, { score: 10 })), ['score', 'a']);
  assert.deepEqual(best(fight('a', 3, { score: 20 }), fight('b', 2, { score: 10 }, 'won')), ['wins', 'b']);
});

test('a bundle that records no ways is refused before the game is started', { skip }, async () => {
  const model = await bundleWithWays('none', []);
  const manifest = readFileSync(join(model, 'manifest.json'));
  await assert.rejects(judged(model, 1), { code: 'bad-option', message: /does not say in which ways it may act/ });
  assert.deepEqual(readFileSync(join(model, 'manifest.json')), manifest);
});
