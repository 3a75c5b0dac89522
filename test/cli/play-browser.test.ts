/**
 * The agent on the arena's page in a real Chromium, through the real window and real keys, watched by a program that
 * is independent of it (Debian's xinput).
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import { WINDOW_CLASS } from '../../src/arena/browser/chromium.js';
import { findWindow } from '../../src/desktop/find-window.js';
import { runCli, startCli } from '../../testing/cli/cli.js';
import { KeyWitness } from '../../testing/display/key-witness.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('play-browser');

interface Summary {
  readonly outcome: string;
  readonly fights: readonly { outcome: string; seconds: number; damage: number }[];
  readonly edgesSent: number;
  readonly gatedTicks: number;
  readonly starvedTicks: number;
  readonly actedTicks: number;
  readonly page: { presses: number; releases: number };
}

test(
  'through the page: what the agent sent, what the page saw and what a witness counted are the same',
  { skip: lacks('Xvfb', 'openbox', 'chromium', 'xinput', 'xdotool'), timeout: 240_000 },
  async (t) => {
    await using display = await openDisplay({ windowManager: true });
    const bundle = join(folder, 'bundle');
    assert.equal((await runCli(['model', 'init', '--latent', '16', '--out', bundle])).code, 0);
    const play = (runs: string, ...args: string[]) =>
      startCli(
        [
          'play',
          '--arena',
          '--browser',
          '--seed',
          '3',
          '--model',
          bundle,
          '--json',
          '--runs',
          join(folder, runs),
        ].concat(args),
        { env: display.env },
      );
    const xdotool = (...args: string[]): void => {
      const done = spawnSync('xdotool', args, { env: display.env, encoding: 'utf8' });
      assert.equal(done.status, 0, done.stderr);
    };

    await t.test('to the outcome, while the window is moved, resized and covered', async () => {
      await using witness = await KeyWitness.on(display);
      const run = play('moved');
      await run.untilSaid('filling the window');
      using window = await findWindow({ app: WINDOW_CLASS, desktop: new X11Desktop(display.name) });
      const id = String(window.info.id);
      xdotool('windowmove', id, '200', '120');
      xdotool('windowsize', id, '960', '540');
      using cover = await openTestWindow({
        display: display.name,
        title: 'cover',
        width: 1200,
        height: 800,
        x: 150,
        y: 80,
        overrideRedirect: true,
      });
      cover.paint(0x123456);
      const result = await run.result;
      assert.equal(result.code, 0, result.stderr);
      const summary = result.json() as Summary;
      assert.ok(['won', 'lost', 'timeout'].includes(summary.outcome), result.stderr);
      assert.equal(summary.fights.length, 1);
      assert.ok(!result.stderr.includes('come out otherwise'), "the page's inputs lead to the same fight here");
      const seen = (await witness.log()).length;
      assert.ok(summary.edgesSent > 0);
      assert.equal(seen, summary.edgesSent, 'the witness counts what was sent');
      assert.equal(summary.page.presses + summary.page.releases, summary.edgesSent, 'and so does the page');
    });

    await t.test('with the focus elsewhere: not one edge', async () => {
      await using witness = await KeyWitness.on(display);
      const run = play('elsewhere', '--seconds', '6');
      await run.untilSaid('pressing keys through');
      using other = await openTestWindow({
        display: display.name,
        title: 'elsewhere',
        width: 200,
        height: 200,
        x: 1500,
      });
      const keepFocus = setInterval(() => other.takeFocus(), 20);
      const result = await run.result;
      clearInterval(keepFocus);
      const summary = result.json() as Summary;
      assert.ok(summary.gatedTicks > 20, result.stderr);
      assert.equal(summary.edgesSent, 0);
      assert.equal((await witness.log()).length, 0);
    });
  },
);
