/** Sessions as LeRobot datasets and back: what was recorded is the same on the other side, and what cannot be is refused. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { ActionSet } from '../../src/core/action-set.js';
import { exportDataset } from '../../src/lerobot/export-dataset.js';
import { importDataset, type ImportRequest } from '../../src/lerobot/import-dataset.js';
import { FramesTable, type EpisodeRows } from '../../src/lerobot/tables.js';
import { fightIds } from '../../src/session/fight-ids.js';
import { checkNamed } from '../../src/session/check.js';
import { joinSessions } from '../../src/session/joined.js';
import { fightOfFrames, labelFrames } from '../../src/session/labels.js';
import { readVideo } from '../../src/session/read-video.js';
import { readSession, type Session } from '../../src/session/session.js';
import { playedByFrames } from '../../src/session/takeovers.js';
import { runCli, startCli, withoutDisplay } from '../../testing/cli/cli.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { CHECK_SET, PYTHON } from '../../testing/lerobot/python.js';
import { recordSmallSession } from '../../testing/lerobot/small-session.js';
import { hasCode } from '../../testing/error-code.js';
import type { ErrorCode } from '../../src/core/errors.js';
import { folderForTests, temporaryFolder } from '../../testing/temporary-folder.js';

const folder = folderForTests('lerobot');

const USUAL = { camera: null, actions: null, actionThreshold: null, episodes: null, rateHz: null } as const;

const importAs = (set: string, to: string, more: Partial<ImportRequest> = {}) =>
  importDataset({ ...USUAL, folder: set, to, ...more });

/** The labels of the frames in fights, fight by fight. */
function fightLabels(session: Session): number[][][] {
  const labels = labelFrames(session);
  const fights: number[][][] = session.fights.map(() => []);
  fightOfFrames(session).forEach((fight, frame) => fight !== -1 && fights[fight].push([...labels.row(frame)]));
  return fights;
}

function playedInFights(session: Session): number[] {
  const fights = fightOfFrames(session);
  return [...(playedByFrames(session) ?? [])].filter((_, frame) => fights[frame] !== -1);
}

/** The rows of two episodes of 12 frames each, as a table of another program might have them. */
function twoFights(action: readonly (readonly number[])[], intervention: readonly boolean[]): EpisodeRows {
  const all = [...action.keys()];
  return {
    action,
    intervention,
    'next.done': all.map((k) => k % 12 === 11),
    'next.success': all.map(() => false),
    timestamp: all.map((k) => (k % 12) / 10),
    frame_index: all.map((k) => k % 12),
    episode_index: all.map((k) => Math.floor(k / 12)),
    index: all,
    task_index: all.map(() => 0),
  };
}

test('labels, fights, outcomes, who played, actions and their rules are the same after the round trip', async (t) => {
  const into = temporaryFolder(t);
  const base = await recordSmallSession(into, { takeover: true });
  const set = join(into, 'set');
  const report = await exportDataset({ sessions: [base], folder: set, append: false, task: null });
  assert.deepEqual([report.episodes, report.frames, report.task], [2, 24, 'Play hopper.']);
  await importAs(set, join(into, 'back'));
  const [before, after] = [await readSession(base), await readSession(join(into, 'back'))];
  assert.deepEqual(fightLabels(after), fightLabels(before));
  assert.ok(fightLabels(before).flat(2).includes(1));
  assert.deepEqual(
    after.fights.map(({ outcome }) => outcome),
    ['won', 'lost'],
  );
  assert.deepEqual(playedInFights(after), playedInFights(before));
  assert.ok(playedInFights(before).includes(2));
  assert.deepEqual([after.actions.names, after.actions.rules()], [before.actions.names, before.actions.rules()]);
  assert.deepEqual([...after.keys], [...before.keys]);
  assert.equal(after.header?.game, 'hopper');
  const ids = (session: Session) => [...fightIds(joinSessions([session], 'at-frame', 0)).values()];
  assert.deepEqual(ids(after), ids(before), 'a model that was trained on the fights knows them again');
  assert.deepEqual((await checkNamed(join(into, 'back'))).problems, []);
});

test('the pictures of an odd size are padded, and stay in their place', async (t) => {
  const into = temporaryFolder(t);
  const base = await recordSmallSession(into, { width: 63, height: 47 });
  const { cameras } = await exportDataset({ sessions: [base], folder: join(into, 'set'), append: false, task: null });
  assert.equal(cameras['observation.images.game'], '64x48');
  await importAs(join(into, 'set'), join(into, 'back'), { episodes: [1] });
  const [before, after] = [await meansOf(base, 15), await meansOf(join(into, 'back'), 0)];
  before.slice(0, 12).forEach((mean, k) => assert.ok(Math.abs(mean - after[k]) < 3, `${k}: ${mean}, ${after[k]}`));
});

/** The mean of all bytes of each picture from a frame on. */
async function meansOf(base: string, from: number): Promise<number[]> {
  const means: number[] = [];
  for await (const { index, pixels } of readVideo(`${base}.mp4`)) {
    if (index >= from) means.push(pixels.reduce((sum, byte) => sum + byte, 0) / pixels.length);
  }
  return means;
}

test('several sessions are one set; other rates, and actions by other names, make a session too', async (t) => {
  const into = temporaryFolder(t);
  const sessions = [
    await recordSmallSession(into, { name: 'a' }),
    await recordSmallSession(into, { name: 'b', frames: 9 }),
  ];
  const { episodes, frames } = await exportDataset({
    sessions,
    folder: join(into, 'set'),
    append: false,
    task: 'Hop.',
  });
  assert.deepEqual([episodes, frames], [4, 42]);
  const imported = await importAs(join(into, 'set'), join(into, 'half'), { rateHz: 5, actions: 'JUMP=HOP,SHOOT=2' });
  assert.deepEqual([imported.rateHz, imported.fights, imported.actions], [5, 4, ['JUMP', 'SHOOT']]);
});

test(
  'pyarrow, pandas, datasets and PyAV find every row, every picture and the statistics',
  { skip: PYTHON === null && 'needs UNDERSTUDY_KERAS_PYTHON with pyarrow, pandas, datasets and av (.ci/run makes it)' },
  async (t) => {
    const into = temporaryFolder(t);
    const base = await recordSmallSession(into);
    const set = join(into, 'set');
    await exportDataset({ sessions: [base], folder: set, append: false, task: 'Hop.' });
    const { status, stdout, stderr } = spawnSync(PYTHON!, [CHECK_SET, set], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const found = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
      readonly task: string;
      readonly episodes: readonly object[];
      readonly stats: readonly string[];
      readonly rows: Readonly<Record<string, readonly unknown[]>>;
      readonly groups: readonly number[];
      readonly pictures: Readonly<Record<string, readonly (readonly number[])[]>>;
    };
    const session = await readSession(base);
    assert.equal(found.task, 'Hop.');
    assert.deepEqual(found.episodes, [
      { length: 12, from: 0, to: 12 },
      { length: 12, from: 12, to: 24 },
    ]);
    assert.deepEqual(found.groups, [2], 'a row group an episode');
    assert.deepEqual(found.rows['action'], fightLabels(session).flat());
    assert.deepEqual(
      found.rows['frame_index'],
      [...Array(24).keys()].map((k) => k % 12),
    );
    assert.deepEqual(
      found.rows['next.success'],
      [...Array(24).keys()].map((k) => k === 11),
    );
    assert.deepEqual(
      found.rows['next.done'],
      [...Array(24).keys()].map((k) => k % 12 === 11),
    );
    assert.ok(
      found.rows['intervention'].every((value) => value === true),
      'a person played',
    );
    assert.ok(found.stats.includes('stats/observation.images.game/q50') && found.stats.includes('stats/action/std'));
    const pictures = found.pictures['observation.images.game'];
    assert.equal(pictures.length, 24);
    // the square is 256 of 3072 pixels: 0x602010 with some 0xe08040, as red, green, blue
    for (const rgb of pictures)
      [106.7, 40, 20].forEach((mean, c) => assert.ok(Math.abs(rgb[c] - mean) < 4, rgb.join(' ')));
    assert.equal(found.pictures['observation.images.gray'].length, 24);
  },
);

test('whole episodes of an agent, and takeovers up to the end of a fight, stay what they are', async (t) => {
  const into = temporaryFolder(t);
  const base = await recordSmallSession(into, { takeover: true });
  const set = join(into, 'set');
  await exportDataset({ sessions: [base], folder: set, append: false, task: null });
  const all = [...Array(24).keys()];
  const frames = new FramesTable(join(set, 'data', 'chunk-000', 'file-000.parquet'));
  const byPerson = all.map((k) => k >= 6 && k < 12); // to the end of the first fight; none in the second
  frames.add(
    twoFights(
      all.map((k) => [Number(k < 9), 0, Number(k > 15)]),
      byPerson,
    ),
  ); // no key at the end of the takeover
  frames.finish();
  await importAs(set, join(into, 'back'));
  const played = playedInFights(await readSession(join(into, 'back')));
  assert.deepEqual(
    played,
    byPerson.map((person) => (person ? 2 : 1)),
  );
});

test('keys follow the numbers that they held, whatever the actions are called', async (t) => {
  const into = temporaryFolder(t);
  const base = await recordSmallSession(into);
  await exportDataset({ sessions: [base], folder: join(into, 'set'), append: false, task: null });
  const keysOf = async (actions: string): Promise<object> => {
    const name = actions.replace(/\W/g, '-');
    await importAs(join(into, 'set'), join(into, name), { actions });
    return Object.fromEntries((await readSession(join(into, name))).keys);
  };
  assert.deepEqual(await keysOf('DUCK=HOP,HOP=DUCK'), { k0: 'DUCK', k1: 'HOP' });
  assert.deepEqual(await keysOf('A=FIRE'), { k2: 'A' });
});

test('more sessions are added to a set, as if all had been exported at once', async (t) => {
  const into = temporaryFolder(t);
  const [a, b] = [
    await recordSmallSession(into, { name: 'a' }),
    await recordSmallSession(into, { name: 'b', frames: 9, takeover: true }),
  ];
  const [once, added] = [join(into, 'once'), join(into, 'added')];
  await exportDataset({ sessions: [a, b], folder: once, append: false, task: 'Hop.' });
  await exportDataset({ sessions: [a], folder: added, append: false, task: 'Hop.' });
  const report = await exportDataset({ sessions: [b], folder: added, append: true, task: 'Hop.' });
  assert.deepEqual([report.episodes, report.frames, report.outcomes.won], [4, 42, 2]);
  for (const name of ['info.json', 'stats.json']) {
    const of = (set: string): unknown => JSON.parse(readFileSync(join(set, 'meta', name), 'utf8'));
    assert.deepEqual(of(added), of(once), name);
  }
  const sessions = await Promise.all(
    [once, added].map(async (set) => {
      await importAs(set, `${set}-back`);
      return await readSession(`${set}-back`);
    }),
  );
  assert.deepEqual(fightLabels(sessions[1]), fightLabels(sessions[0]));
  assert.deepEqual(playedInFights(sessions[1]), playedInFights(sessions[0]));
  const other = await recordSmallSession(into, { name: 'other', rateHz: 20 });
  const before = readdirSync(added, { recursive: true }).sort();
  const refused = exportDataset({ sessions: [other], folder: added, append: true, task: null });
  await assert.rejects(refused, hasCode('dataset-invalid', /do not fit into .*: the rate: 20, expected 10/));
  const cropped = await recordSmallSession(into, { name: 'cropped', left: 0.25 });
  const otherCrop = exportDataset({ sessions: [cropped], folder: added, append: true, task: null });
  await assert.rejects(otherCrop, hasCode('dataset-invalid', /the contract of the gray pictures: /));
  const keys = await recordSmallSession(into, { name: 'keys', firstKey: 2 });
  const otherKeys = exportDataset({ sessions: [keys], folder: added, append: true, task: null });
  await assert.rejects(otherKeys, hasCode('dataset-invalid', /the key k2: "HOP", expected "FIRE"/));
  const absent = exportDataset({ sessions: [a], folder: join(into, 'absent'), append: true, task: null });
  await assert.rejects(absent, hasCode('bad-option', /is not there/));
  rmSync(join(added, 'meta', 'understudy.json'));
  const foreign = exportDataset({ sessions: [a], folder: added, append: true, task: null });
  await assert.rejects(foreign, hasCode('dataset-invalid', /was not written by understudy/));
  assert.deepEqual(
    readdirSync(added, { recursive: true }).sort(),
    before.filter((name) => !name.includes('understudy.json')),
  );
});

test('what cannot be one set is refused by name, and nothing is written', async (t) => {
  const into = temporaryFolder(t);
  const set = join(into, 'set');
  const refused = async (says: RegExp, ...sessions: string[]): Promise<void> => {
    await assert.rejects(
      exportDataset({ sessions, folder: set, append: false, task: null }),
      hasCode('dataset-invalid', says),
    );
    assert.ok(!existsSync(set));
  };
  const plain = await recordSmallSession(into);
  const odd = await recordSmallSession(into, { name: 'odd', rateHz: 12.5 });
  await refused(/has 12\.5 Hz, and the format has only whole numbers/, odd);
  await refused(
    /the actions: A B, expected HOP DUCK FIRE/,
    plain,
    await recordSmallSession(into, { name: 'ab', actions: new ActionSet({ names: ['A', 'B'] }) }),
  );
  await refused(/the rate: 20 Hz, expected 10 Hz/, plain, await recordSmallSession(into, { name: 'fast', rateHz: 20 }));
  await refused(/: 96x48, expected 64x48/, plain, await recordSmallSession(into, { name: 'wide', width: 96 }));
  await refused(/No frame of .* lies in a fight/, await recordSmallSession(into, { name: 'unmarked', marked: false }));
  const cut = await recordSmallSession(into, { name: 'cut' });
  const events = readFileSync(`${cut}_events.jsonl`, 'utf8');
  writeFileSync(`${cut}_events.jsonl`, events.slice(0, events.lastIndexOf('{"event":"end"')));
  await refused(/was cut off\. Complete it first: `understudy session repair/, cut);
  await refused(
    /the gray pictures \(crop\.left\): 0\.25, expected 0/,
    plain,
    await recordSmallSession(into, { name: 'cropped', left: 0.25 }),
  );
  await refused(
    /the meaning of the key k2: HOP, expected FIRE/,
    plain,
    await recordSmallSession(into, { name: 'keys', firstKey: 2 }),
  );
  mkdirSync(set);
  await assert.rejects(
    exportDataset({ sessions: [plain], folder: set, append: false, task: null }),
    hasCode('bad-option', 'exists'),
  );
  assert.deepEqual(readdirSync(set), []);
});

test('a set that cannot become a session is refused by name', async (t) => {
  const into = temporaryFolder(t);
  const base = await recordSmallSession(into);
  let number = 0;
  /** A set that another program might have written. */
  const foreign = async (change: (set: string, info: Info) => void): Promise<string> => {
    const set = join(into, `set-${(number += 1)}`);
    await exportDataset({ sessions: [base], folder: set, append: false, task: null });
    rmSync(join(set, 'meta', 'understudy.json'));
    const path = join(set, 'meta', 'info.json');
    const info = JSON.parse(readFileSync(path, 'utf8')) as Info;
    change(set, info);
    writeFileSync(path, JSON.stringify(info));
    return set;
  };
  const refused = async (
    set: string,
    says: RegExp,
    more: Partial<ImportRequest> = {},
    code: ErrorCode = 'dataset-invalid',
  ) => {
    await assert.rejects(importAs(set, join(into, 'refused'), more), hasCode(code, says));
    assert.ok(!readdirSync(into).some((name) => name.includes('refused')), 'nothing is left');
  };
  await refused(
    await foreign((_, info) => (info.codebase_version = 'v2.1')),
    /is a set of version v2\.1; expected v3\.0/,
  );
  await refused(await foreign((_, info) => (info.fps = 12.5)), /has 12\.5 frames a second; expected a whole number/);
  await refused(join(into, 'nowhere'), /is no LeRobot set: it has no meta\/info\.json/);
  const video = join('videos', 'observation.images.game', 'chunk-000', 'file-000.mp4');
  await refused(
    await foreign((set) => rmSync(join(set, video))),
    /lacks videos\/observation\.images\.game\/chunk-000\/file-000\.mp4/,
  );
  const unnamed = await foreign((_, info) => (info.features['action'].names = null));
  await refused(unnamed, /has 3 numbers of action and does not name them/);
  const both = await foreign((set, info) => {
    renameSync(join(set, 'videos', 'observation.images.game'), join(set, 'videos', 'observation.images.top'));
    info.features['observation.images.top'] = info.features['observation.images.game'];
    delete info.features['observation.images.game'];
  });
  await refused(both, /The set has 2 cameras: observation\.images\.gray, observation\.images\.top/, {}, 'bad-option');
  await refused(both, /--camera side: the set has no such video/, { camera: 'side' }, 'bad-option');
  const plain = await foreign(() => undefined);
  await refused(plain, /the set has no episode 7/, { episodes: [0, 7] }, 'bad-option');
  await refused(plain, /--actions: the set has no action 'button'/, { actions: 'HOP=button' }, 'bad-option');
  await refused(plain, /A is there twice, or two are of one number/, { actions: 'A=HOP,B=0' }, 'bad-option');
  await refused(plain, /'A\.b' cannot be the name of an action/, { actions: 'A.b=HOP' }, 'bad-option');
  const strange = await foreign((_, info) => (info.features['action'].names = ['a b', 'a.b', 'c']));
  await refused(strange, /action 'a\.b' makes no name of its own .* --actions ACTION=1/);
  const broken = await foreign((set) => writeFileSync(join(set, video), 'no video'));
  await refused(broken, /Fetch the set again/);
  const continuous = await foreign((set) => {
    const frames = new FramesTable(join(set, 'data', 'chunk-000', 'file-000.parquet'));
    const all = [...Array(24).keys()];
    frames.add(
      twoFights(
        all.map((k) => [k % 2, k / 24 - 0.5, 0]),
        all.map(() => true),
      ),
    );
    frames.finish();
  });
  await refused(
    continuous,
    /The action DUCK has the value -0\.5, and a key is down \(1\) or up \(0\): it is continuous/,
  );
  const { actions } = await importAs(continuous, join(into, 'binary'), { actions: 'HOP=HOP,FIRE=FIRE' });
  assert.deepEqual(actions, ['HOP', 'FIRE']);
  await importAs(continuous, join(into, 'over'), { actionThreshold: 0.25 });
  const [first] = fightLabels(await readSession(join(into, 'over'), {})).slice(1);
  assert.deepEqual(
    first.map(([, duck]) => duck),
    [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
  );
});

interface Info {
  codebase_version: string;
  fps: number;
  features: Record<string, { names: unknown }>;
}

test('the verbs write and read a set, and refuse what has no use', async (t) => {
  const into = temporaryFolder(t);
  const base = await recordSmallSession(into);
  const set = join(into, 'set');
  const env = withoutDisplay();
  const exported = await runCli(['session', 'export', base, '--lerobot', set, '--json'], { env });
  assert.equal(exported.code, 0, exported.stderr);
  assert.deepEqual((exported.json() as { outcomes: object }).outcomes, { won: 1, lost: 1, ended: 0, unknown: 0 });
  assert.match(readFileSync(join(set, 'README.md'), 'utf8'), /\| 0 \| HOP \| `k0` \|/);
  const imported = await runCli(['session', 'import', '--lerobot', set, '--out', into, '--name', 'back', '--json'], {
    env,
  });
  assert.equal(imported.code, 0, imported.stderr);
  assert.equal((imported.json() as { frames: number }).frames, 26);
  const again = await runCli(['session', 'export', base, '--lerobot', set], { env });
  assertError(again, 2, 'bad-option', /exists/);
  const both = await runCli(['session', 'import', base, '--lerobot', set], { env });
  assertError(both, 2, 'bad-option', /either a session or --lerobot/);
  const unused = await runCli(['session', 'import', base, '--camera', 'x'], { env });
  assertError(unused, 2, 'bad-option', /--camera has no use for a session/);
});

test('an export that is killed leaves a whole set or none, and one that is interrupted nothing at all', async () => {
  const base = await recordSmallSession(folder, { name: 'long', frames: 400, width: 320, height: 240 });
  const env = withoutDisplay();
  for (const [number, signal] of (['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGINT'] as const).entries()) {
    const sets = join(folder, `sets-${number}`);
    mkdirSync(sets);
    const run = startCli(['session', 'export', base, '--lerobot', join(sets, 'set')], { env });
    await run.untilSaid('frames');
    await delay(150 * number);
    run.child.kill(signal);
    const { code } = await run.result;
    if (existsSync(join(sets, 'set'))) {
      await importAs(join(sets, 'set'), join(folder, `whole-${number}`), { episodes: [0] });
    } else if (signal === 'SIGINT') {
      assert.equal(code, 130);
      assert.deepEqual(readdirSync(sets), []);
    }
  }
});
