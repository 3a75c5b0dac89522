/** Rounds in a game: agents play a window game in which who jumps wins, and who ducks loses. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gameEvaluationRequest } from '../../../src/runs/game/asked-evaluation.js';
import { Signals } from '../../../src/cli/signals.js';
import { readGameFile } from '../../../src/games/game-file.js';
import { descriptionOf, writeBundle } from '../../../src/policy/bundle.js';
import { correctionsOf, gameCourse } from '../../../src/runs/improve/game-course.js';
import { filesAt } from '../../../src/session/session-files.js';
import { displayForTests, lacks } from '../../../testing/display/x-display.js';
import { writeWindowGame } from '../../../testing/games/window-game-file.js';
import { smallBundle } from '../../../testing/models/small-bundle.js';
import { recordBlockSession } from '../../../testing/sessions/block-session.js';
import { folderForTests } from '../../../testing/temporary-folder.js';

const skip = lacks('Xvfb');
const folder = folderForTests('improve-game');
const display = displayForTests({ unless: skip !== false });

const ALWAYS = { press: 0.001, release: 0.0005 };
const NEVER = { press: 1, release: 1 };

async function agent(name: string, thresholds: Record<string, { press: number; release: number }>): Promise<string> {
  const out = join(folder, name);
  const { manifest, encoder, head } = await smallBundle(out, { actions: ['JUMP', 'DUCK'] });
  await writeBundle(out, { ...descriptionOf(manifest), thresholds }, { encoder, head });
  return out;
}

test(
  'agents are compared in turns; a comparison that was interrupted plays only the fights that are missing',
  { skip },
  async () => {
    process.env.DISPLAY = display.env['DISPLAY']; // of this file's process alone
    const agents = [
      await agent('ducks', { JUMP: NEVER, DUCK: ALWAYS }),
      await agent('jumps', { JUMP: ALWAYS, DUCK: NEVER }),
    ] as const;
    const game = await writeWindowGame(folder, 'compared', { fightMs: 3000 });
    const options = { fights: 2, seed: 1, engine: 'onnxruntime', players: false, budgetMs: 5000, wait: 0 } as const;
    const evaluation = gameEvaluationRequest(
      { ...options, runs: join(folder, 'elsewhere'), allowLaunch: true },
      readGameFile(game.path),
      'info',
    );
    const said: string[] = [];
    const courseUntil = (signals: Signals, onSay: (text: string) => void) =>
      gameCourse(
        { corrections: ['one'], evaluation },
        {
          work: join(folder, 'rounds'),
          train: () => Promise.resolve(null),
          environment: {
            signals,
            watch: null,
            say: (text) => {
              said.push(text);
              onSay(text);
            },
          },
        },
      );
    {
      using signals = new Signals();
      const stop = (text: string): void => {
        if (text.startsWith('2 of 4')) signals.stop();
      };
      assert.equal(await courseUntil(signals, stop).play(1, agents, null), null);
    }
    assert.ok(
      said.some((text) => text.startsWith('2 of 4: jumps won')),
      said.join('\n'),
    );
    said.length = 0;
    using signals = new Signals();
    const played = await courseUntil(signals, () => undefined).play(1, agents, null);
    assert.deepEqual(
      played?.map(({ by, values }) => [by, values]),
      [
        ['wins', [0, 0]],
        ['wins', [1, 1]],
      ],
    );
    assert.deepEqual(
      said.filter((text) => / of 4: /.test(text)).map((text) => text.slice(0, 6)),
      ['3 of 4', '4 of 4'],
    );
  },
);

test('of corrections the frames that a person played are counted, and one without a fight is refused', async () => {
  const session = await recordBlockSession(folder, { fights: 2, length: 24 });
  const { frames, fights } = await correctionsOf(session);
  assert.deepEqual([frames, fights], [48, 2]);
  const unmarked = await recordBlockSession(folder, {}, 'unmarked');
  const { events } = filesAt(unmarked);
  const lines = readFileSync(events, 'utf8').split('\n');
  writeFileSync(events, lines.filter((line) => !line.includes('fight_')).join('\n'));
  await assert.rejects(correctionsOf(unmarked), {
    code: 'session-invalid',
    message: /No frame of .*unmarked was played by a person/,
  });
});
