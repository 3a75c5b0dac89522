import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Random } from '../../../src/core/random.js';
import { SHIPPED_BUNDLE } from '../../../src/policy/shipped-bundle.js';
import { arenaCourse, COMPARED_SEED } from '../../../src/runs/improve/arena-course.js';
import { improveByRounds, type PlayedFights } from '../../../src/training/correction-rounds.js';
import { HELD_OUT_SEED } from '../../../src/evaluation/arena/settings.js';
import { readDataset } from '../../../src/session/dataset.js';
import { filesAt } from '../../../src/session/session-files.js';
import { settingsOf } from '../../../src/cli/options/train.js';
import { trainSessions } from '../../../src/training/train-sessions.js';
import { smallBundle } from '../../../testing/models/small-bundle.js';
import { until } from '../../../testing/until.js';
import { folderForTests } from '../../../testing/temporary-folder.js';
import { lacksEngine } from '../../../testing/models/training-engine.js';

const folder = folderForTests('improve-arena');
const nothing = (): void => undefined;

/** Each press and release of a key becomes one of another key, drawn at random for every fight anew. */
function shuffleLabels(session: string): void {
  const { events } = filesAt(session);
  const random = new Random(7);
  const names = ['UP', 'DOWN', 'LEFT', 'RIGHT', 'JUMP', 'SHOOT', 'DASH'];
  let mapping = new Map<string, string>();
  const lines = readFileSync(events, 'utf8').split('\n');
  const shuffled = lines.map((line) => {
    if (line.includes('fight_start')) {
      const drawn = [...names].sort(() => random.next() - 0.5);
      mapping = new Map(names.map((name, index) => [name, drawn[index]]));
    }
    return line.replace(
      /"(UP|DOWN|LEFT|RIGHT|JUMP|SHOOT|DASH)"/g,
      (_, name: string) => `"${mapping.get(name) ?? name}"`,
    );
  });
  writeFileSync(events, shuffled.join('\n'));
}

test(
  'a round whose labels are shuffled is dropped, and the agent before it stands',
  { skip: lacksEngine },
  async () => {
    const work = join(folder, 'shuffled');
    const settings = settingsOf({
      ...{ out: '', preset: 'understudy', latent: 512, head: 'gru', labelRule: 'at-frame', labelLeadMs: 0, horizon: 1 },
      ...{ split: 'fight', validation: 0.2, test: 0, storage: 'float32', engine: 'tfjs-node' },
      ...{ epochs: 2, encoder: SHIPPED_BUNDLE, threshold: 0.3 },
    });
    const { signal } = new AbortController();
    const course = arenaCourse(
      { rounds: 1, fights: 6, seed: 500_000, level: 'normal', patient: true, teacherShare: 0.5, compareFights: 12 },
      {
        work,
        signal,
        train: async (round, gathered) => {
          const out = join(work, `round-${round}`);
          const trained = await trainSessions(
            {
              ...{
                sessions: gathered,
                out,
                work: `${out}.work`,
                encoder: SHIPPED_BUNDLE,
                preset: 'understudy',
                settings,
              },
              ...{ pictures: { crop: null, size: null }, reading: {}, labelRule: 'at-frame', labelLeadMs: 0 },
              ...{ split: { by: 'fight', seed: 1, validation: 0.2, test: 0 }, storage: 'float32', engine: 'tfjs-node' },
              ...{ deterministic: false, resume: false, command: 'a test' },
            },
            { onStep: nothing, onProgress: nothing, say: nothing },
            signal,
          );
          return trained && out;
        },
      },
    );
    const result = await improveByRounds(
      { bundle: SHIPPED_BUNDLE, out: join(folder, 'better'), work, settings: {}, resume: false, say: nothing },
      {
        ...course,
        gather: async (round, player) => {
          const gathered = await course.gather(round, player);
          shuffleLabels(gathered!.session);
          return gathered;
        },
      },
    );
    const [round] = result!.rounds;
    const winsOf = ({ values }: PlayedFights): number => values.reduce((sum, won) => sum + won, 0);
    assert.deepEqual([round.kept, result!.bestRound, result!.best], [false, 0, SHIPPED_BUNDLE]);
    assert.ok(winsOf(round.against.played) >= 11, 'the shipped agent wins nearly always');
    assert.ok(winsOf(round.played) <= 6, `learned from shuffled labels: ${winsOf(round.played)} of 12`);
    assert.ok(round.difference.mean < -0.4);
    assert.deepEqual([round.gathered.how['seed'], round.gathered.how['teacherShare']], [500_000, 0.5]);
  },
);

test('a round that was interrupted while the agent played is played again as a whole', async () => {
  const bundle = join(folder, 'small');
  await smallBundle(bundle);
  const work = join(folder, 'interrupted');
  const asked = {
    rounds: 1,
    fights: 3,
    seed: 1,
    level: 'normal',
    patient: false,
    teacherShare: 0,
    compareFights: 5,
  } as const;
  const gatherUntil = (signal: AbortSignal) =>
    arenaCourse(asked, { work, signal, train: () => Promise.resolve(null) }).gather(1, bundle);
  const stop = new AbortController();
  const cut = gatherUntil(stop.signal);
  await until('the round is recorded', () => existsSync(join(work, 'sessions', 'round-1_frames.jsonl')));
  stop.abort();
  assert.equal(await cut, null);
  const whole = await gatherUntil(new AbortController().signal);
  const [dataset, fights] = [await readDataset([whole!.session]), new Set<number>()];
  for (const fight of dataset.fights) if (fight >= 0) fights.add(fight);
  assert.deepEqual([whole!.fights, fights.size], [3, 3]);
});

test('no seed of a round, of demonstrations or of a score is one that agents are compared in', () => {
  const most = 10_000; // fights of a comparison
  assert.ok(COMPARED_SEED > HELD_OUT_SEED + 1_000_000);
  assert.ok(COMPARED_SEED + most < 2 ** 31);
});
