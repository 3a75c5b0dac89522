import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { UnderstudyError } from '../../../src/core/errors.js';
import { Random } from '../../../src/core/random.js';
import type { Bundle } from '../../../src/policy/bundle.js';
import { SHIPPED_BUNDLE } from '../../../src/policy/shipped-bundle.js';
import { arenaTeaching, assertForArena, type ArenaRounds } from '../../../src/runs/improve/arena-teaching.js';
import { teacherCourse } from '../../../src/runs/improve/teacher-course.js';
import { improveByRounds, type PlayedFights } from '../../../src/training/correction-rounds.js';
import { readDataset } from '../../../src/session/dataset.js';
import { filesAt } from '../../../src/session/session-files.js';
import { askedSettings } from '../../../src/training/asked-settings.js';
import { trainSessions, type TrainRequest } from '../../../src/training/train-sessions.js';
import { FEW_ACTIONS, smallBundle } from '../../../testing/models/small-bundle.js';
import { until } from '../../../testing/until.js';
import { folderForTests } from '../../../testing/temporary-folder.js';
import { lacksEngine } from '../../../testing/models/training-engine.js';

const folder = folderForTests('improve-arena');
const nothing = (): void => undefined;

/** Each key of the log becomes another one, drawn again for every fight. */
function shuffleLabels(session: string): void {
  const { events } = filesAt(session);
  const random = new Random(7);
  const lines = readFileSync(events, 'utf8').trimEnd().split('\n');
  const keyOf = (line: string): string | undefined => (JSON.parse(line) as { key?: string }).key;
  const names = [...new Set(lines.map(keyOf).filter((key) => key !== undefined))];
  let drawn = new Map<string, string>();
  const shuffled = lines.map((line) => {
    if (line.includes('fight_start')) {
      const others = names.map((name) => [random.next(), name] as const).sort(([one], [other]) => one - other);
      drawn = new Map(names.map((name, index) => [name, others[index][1]]));
    }
    const key = keyOf(line);
    return key === undefined ? line : line.replace(JSON.stringify(key), JSON.stringify(drawn.get(key) ?? key));
  });
  assert.notDeepEqual(shuffled, lines);
  writeFileSync(events, `${shuffled.join('\n')}\n`);
}

const { signal } = new AbortController();
const arenaCourse = (asked: ArenaRounds, parts: Parameters<typeof teacherCourse>[2]) =>
  teacherCourse(asked, arenaTeaching(asked), parts);
const settings = askedSettings({
  ...{ out: '', preset: 'understudy', latent: 512, head: 'gru', labelRule: 'at-frame', labelLeadMs: 0, horizon: 1 },
  ...{ split: 'fight', validation: 0.2, test: 0, storage: 'float32', engine: 'tfjs-node' },
  ...{ epochs: 4, encoder: SHIPPED_BUNDLE, threshold: 0.3 },
});

/** A head on the shipped encoder, trained on these sessions alone. @returns its folder */
async function trained(sessions: readonly string[], out: string): Promise<string> {
  const request: TrainRequest = {
    ...{ sessions, out, work: `${out}.work`, encoder: SHIPPED_BUNDLE, preset: 'understudy', settings },
    ...{ pictures: { crop: null, size: null }, reading: {}, labelRule: 'at-frame', labelLeadMs: 0 },
    ...{ split: { by: 'fight', seed: 1, validation: 0.25, test: 0 }, storage: 'float32', engine: 'tfjs-node' },
    ...{ deterministic: false, resume: false, command: 'a test' },
  };
  await trainSessions(request, { onStep: nothing, onProgress: nothing, say: nothing }, signal);
  return out;
}

test(
  'a round whose labels are shuffled is dropped, and the agent before it stands',
  { skip: lacksEngine },
  async () => {
    const work = join(folder, 'shuffled');
    const folderOf = (name: string): string => join(work, 'rounds', name);
    const asked = { rounds: 1, fights: 4, seed: 500_000, level: 'normal', patient: true, teacherShare: 0.5 } as const;
    const course = arenaCourse(
      { ...asked, compareFights: 5 },
      { work: folderOf('.'), signal, train: (round, sessions) => trained(sessions, folderOf(`round-${round}`)) },
    );
    let control = '';
    const result = await improveByRounds(
      { bundle: SHIPPED_BUNDLE, out: join(folder, 'better'), work, settings: {}, resume: false, say: nothing },
      {
        ...course,
        gather: async (round, player) => {
          const gathered = await course.gather(round, player);
          control = await trained([gathered!.session], folderOf('control')); // before they are shuffled
          shuffleLabels(gathered!.session);
          return gathered;
        },
      },
    );
    const { rounds, ...shuffled } = result!;
    assert.deepEqual(shuffled, { bestRound: 0, best: SHIPPED_BUNDLE });
    const [{ kept, played, against, difference, gathered }] = rounds;
    assert.equal(kept, false);
    const winsOf = ({ values }: PlayedFights): number => values.filter((value) => value === 1).length;
    assert.ok(winsOf(against.played) >= 4, 'the shipped agent wins nearly always');
    assert.ok(winsOf(played) <= 1, `learned from shuffled labels: ${winsOf(played)} of 5`);
    assert.ok(difference.mean <= -0.6);
    assert.deepEqual([gathered.how['seed'], gathered.how['teacherShare']], [500_000, 0.5]);
    // it is the labels: on the same fights with their own labels an agent learns to hit the boss
    const [, own] = (await course.play(1, [SHIPPED_BUNDLE, control], 'wins'))!;
    const [hits, without] = [played.figures['meanHits'], own.figures['meanHits']];
    assert.ok(without > hits + 15, `${without.toFixed(0)} hits, and ${hits.toFixed(0)} from shuffled labels`);
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

test('the teacher plays for its share of the time: at 1 it wins with any agent, at 0 the agent loses alone', async () => {
  const bundle = join(folder, 'shared');
  await smallBundle(bundle);
  const wonAt = async (teacherShare: number): Promise<unknown> => {
    const asked = { rounds: 1, fights: 2, seed: 1, level: 'normal', patient: true, compareFights: 5 } as const;
    const work = join(folder, `share-${teacherShare}`);
    const course = arenaCourse({ ...asked, teacherShare }, { work, signal, train: () => Promise.resolve(null) });
    return (await course.gather(1, bundle))!.how['won'];
  };
  assert.deepEqual([await wonAt(1), await wonAt(0)], [2, 0]);
});

test('a bundle of other actions, another rate or other pictures is refused, and the field is named', async () => {
  const fitting = await smallBundle(join(folder, 'fitting'));
  assertForArena(fitting);
  const refused = (bundle: Bundle, says: RegExp): void =>
    assert.throws(
      () => assertForArena(bundle),
      (error) => error instanceof UnderstudyError && error.code === 'bundle-mismatch' && says.test(error.message),
    );
  refused(await smallBundle(join(folder, 'few'), { actions: FEW_ACTIONS }), /actions is SHOOT,LEFT/);
  refused({ ...fitting, manifest: { ...fitting.manifest, fps: 20 } }, /fps is 20, .* 10/);
  const preprocessing = { ...fitting.manifest.preprocessing, width: 160, height: 90 };
  refused({ ...fitting, manifest: { ...fitting.manifest, preprocessing } }, /width is 160, .* 128/);
});
