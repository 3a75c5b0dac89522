import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROJECT_ROOT, runCli, withoutDisplay } from '../../testing/cli/cli.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('stepped-page');

/** The last block of a kind on the page. */
function lastBlock(page: string, kind: string): string {
  return [...page.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].at(-1)![1];
}

test("the page's whole example is a game that is recorded and scored", async () => {
  const page = readFileSync(join(PROJECT_ROOT, 'docs', 'stepped-games.md'), 'utf8');
  const game = join(folder, 'catch');
  mkdirSync(game);
  writeFileSync(join(game, 'step.py'), lastBlock(page, 'python'));
  writeFileSync(join(game, 'game.json'), lastBlock(page, 'json'));
  const run = (...args: string[]) => runCli(args, { env: withoutDisplay(), cwd: folder });
  const asked = ['--game', join(game, 'game.json'), '--allow-launch', '--fights', '4', '--json'];
  const recorded = await run('demos', ...asked, '--name', 'shown');
  assert.equal(recorded.code, 0, recorded.stderr);
  const { fights, wins, frames } = recorded.json() as { fights: number; wins: number; frames: number };
  assert.deepEqual([fights, wins], [4, 4]);
  assert.ok(frames > 4 * 3 * 17);
  const scored = await run('evaluate', ...asked, '--stepped', '--players', 'idle,demonstrator');
  assert.equal(scored.code, 0, scored.stderr);
  const { players } = scored.json() as { players: readonly { player: string; won: number; meters: object }[] };
  assert.deepEqual(
    players.map(({ player, won }) => [player, won]),
    [
      ['demonstrator', 4],
      ['idle', 0],
    ],
  );
});
