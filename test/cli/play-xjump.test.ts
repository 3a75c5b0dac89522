/** A game that was not made for understudy: Debian's xjump, from its game file. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { findWindow } from '../../src/desktop/find-window.js';
import type { GameWindow } from '../../src/capture/game-window.js';
import { keysDown } from '../../src/desktop/x11/xtest.js';
import { runCli } from '../../testing/cli/cli.js';
import { KeyWitness } from '../../testing/display/key-witness.js';
import { end, lacks, openDisplay, type TestDisplay } from '../../testing/display/x-display.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('xjump');

interface Tick {
  readonly ready: boolean;
  readonly probabilities: readonly number[] | null;
}

/** The ticks of the newest run under `runs` that had a full window. */
function readTicks(runDir: string): Tick[] {
  const lines = readFileSync(join(runDir, 'ticks.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Tick).filter((tick) => tick.ready);
}

/** Thresholds at the median of each action's own answers, so that an untrained model presses and releases. */
function centredThresholds(ticks: readonly Tick[]): string {
  return STUDY_ACTIONS.names
    .map((action, index) => {
      const sorted = ticks.map((tick) => tick.probabilities![index]).sort((a, b) => a - b);
      const median = sorted[sorted.length >> 1].toFixed(6);
      return `${action}=${median}/${median}`;
    })
    .join(',');
}

/** Starts xjump; once more where openbox, just started itself, did not show its window. */
async function startGame(display: TestDisplay): Promise<{ readonly game: ChildProcess; readonly window: GameWindow }> {
  for (let attempt = 1; ; attempt += 1) {
    const game = spawn('/usr/games/xjump', { env: display.env, stdio: 'ignore' });
    try {
      return {
        game,
        window: await findWindow({ app: 'xjump', desktop: new X11Desktop(display.name), waitMs: 10_000 }),
      };
    } catch (error) {
      await end(game);
      if (attempt === 2) throw error;
    }
  }
}

/**
 * A person begins the game, and begins it again whenever it is lost: a table of high scores does not move.
 *
 * @returns how often the space bar was pressed until `playing` came to its end
 */
async function keepBeginning(display: TestDisplay, playing: Promise<unknown>): Promise<number> {
  let isOver = false;
  const over = playing.finally(() => (isOver = true)).catch(() => undefined); // the test awaits `playing` itself
  let presses = 0;
  while (!isOver) {
    await once(spawn('xdotool', ['key', 'space'], { env: display.env, stdio: 'ignore' }), 'exit');
    presses += 1;
    await Promise.race([over, delay(1500)]);
  }
  return presses;
}

test(
  'xjump is seen moving, gets at least 20 key edges, and no key is down afterwards',
  { skip: lacks('Xvfb', 'openbox', '/usr/games/xjump', 'xinput', 'xdotool'), timeout: 120_000 },
  async () => {
    await using display = await openDisplay({ windowManager: true });
    const { game, window: found } = await startGame(display);
    try {
      using window = found;
      assert.ok(await window.activate());
      const bundle = join(folder, 'bundle');
      assert.equal((await runCli(['model', 'init', '--latent', '64', '--out', bundle])).code, 0);
      const play = async (...args: string[]) => {
        // the agent does not press the space bar, with which it could begin the game itself
        const common = ['play', '--game', 'xjump', '--keys', 'SHOOT=x', '--model', bundle, '--view', 'none', '--json'];
        const playing = runCli([...common, '--runs', join(folder, 'runs'), ...args], { env: display.env });
        const personsPresses = await keepBeginning(display, playing);
        const result = await playing;
        assert.equal(result.code, 0, result.stderr);
        return { personsPresses, ...(result.json() as { edgesSent: number; runDir: string }) };
      };
      const rehearsal = readTicks((await play('--dry-run', '--seconds', '6')).runDir);

      await using witness = await KeyWitness.on(display);
      const before = (await witness.log()).length;
      const summary = await play('--seconds', '15', '--threshold', centredThresholds(rehearsal));
      assert.ok(summary.edgesSent >= 20, `${summary.edgesSent} edges`);
      assert.equal((await witness.log()).length - before, summary.edgesSent + 2 * summary.personsPresses);
      const answers = new Set(readTicks(summary.runDir).map((tick) => String(tick.probabilities)));
      assert.ok(answers.size > 10, 'the frames change, and the answers with them');
      const { eyes } = display;
      assert.equal(keysDown(eyes).size, 0);
    } finally {
      await end(game);
    }
  },
);
