/** A whole game of others, from the game file that stands beside its demonstrator: launched, played, begun again by its cues. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { keysDown } from '../../src/desktop/x11/xtest.js';
import { runCli } from '../../testing/cli/cli.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('evaluate-xjump');

interface Row {
  readonly player: string;
  readonly fights: number;
  readonly lost: number;
  readonly seconds: { readonly mean: number };
  readonly meters: { readonly floor: { readonly mean: number } };
}

test(
  'xjump is launched and begun again by its game file, an idle player loses on the first floor, and no key is down afterwards',
  { skip: lacks('Xvfb', 'openbox', '/usr/games/xjump'), timeout: 120_000 },
  async () => {
    await using display = await openDisplay({ windowManager: true, size: '1024x768' });
    const game = join('research', 'xjump', 'game', 'game.json');
    const fights = ['--fights', '2', '--players', 'idle', '--allow-launch', '--wait', '20'];
    const result = await runCli(['evaluate', '--game', game, ...fights, '--runs', join(folder, 'runs'), '--json'], {
      env: display.env,
    });
    assert.equal(result.code, 0, result.stderr);
    const [idle] = (result.json() as { players: Row[] }).players;
    assert.deepEqual([idle.player, idle.fights, idle.lost], ['idle', 2, 2]);
    assert.ok(idle.seconds.mean > 5 && idle.seconds.mean < 10, `${idle.seconds.mean} s`);
    assert.equal(idle.meters.floor.mean, 1);
    assert.equal(keysDown(display.eyes).size, 0);
  },
);
