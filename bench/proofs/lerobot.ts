/**
 * Claim: Python's lerobot loads what `session export` writes, every field equal, by both of its decoders, and trains on it;
 * a set that lerobot wrote becomes a session with its labels; a killed export leaves a whole set or none; ten hours are written
 * in bounded memory.
 *
 *   python3 -m venv lerobot && lerobot/bin/pip install lerobot==0.4.4
 *   npm run prove lerobot -- --python lerobot/bin/python [--kills 50] [--hours 10] [--seed 1]
 *
 * Writes docs/results/lerobot.md and .json. Python runs without the network.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../src/core/errors.js';
import { Random } from '../../src/core/random.js';
import { importDataset } from '../../src/lerobot/import-dataset.js';
import { fightOfFrames, labelFrames } from '../../src/session/labels.js';
import { readGrayFrames } from '../../src/session/gray-file.js';
import { readVideo } from '../../src/session/read-video.js';
import { readSession } from '../../src/session/session.js';
import { playedByFrames } from '../../src/session/takeovers.js';
import { PROJECT_ROOT, runCli, withoutDisplay } from '../../testing/cli/cli.js';
import { recordSmallSession } from '../../testing/lerobot/small-session.js';
import { openFolder } from '../../testing/temporary-folder.js';
import { commandOf, textBlock, writeResult } from '../support/results.js';

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    kills: { type: 'string', default: '50' },
    hours: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.python === undefined) throw new Error('--python names the Python that has lerobot');
const python = values.python;
const kills = Number(values.kills);
const hours = Number(values.hours);
const random = new Random(Number(values.seed));

/** Of one hour; each is exported as often as it takes. */
const FRAMES_A_FIGHT = 18_000;
const RATE_HZ = 10;
const TASK = 'Win the fight.';
/** Bytes that an export may take. */
const MOST_BYTES = 500 * 1024 * 1024;
/** When a kill comes after the start, ms: while it reads, writes, or is done. */
const KILL_AFTER_MS = [200, 8000] as const;

using folder = openFolder('lerobot');
const at = (...names: string[]): string => join(folder.path, ...names);
const broken: string[] = [];

/** Means of all bytes of each colour: red, green, blue. */
function meansOf(bgra: Uint8Array): number[] {
  const sums = [0, 0, 0];
  for (let i = 0; i < bgra.length; i += 4) for (let c = 0; c < 3; c += 1) sums[c] += bgra[i + 2 - c];
  return sums.map((sum) => sum / (bgra.length / 4));
}

/** What the set must hold, by the session's own readers. */
async function expectationOf(base: string): Promise<object[]> {
  const session = await readSession(base);
  const labels = labelFrames(session);
  const fightOf = fightOfFrames(session);
  const played = playedByFrames(session);
  const isPersons = session.events.some(({ synthetic }) => !synthetic);
  const game: number[][] = [];
  for await (const { pixels } of readVideo(session.files.video, session.header)) game.push(meansOf(pixels));
  const gray: number[] = [];
  for await (const bytes of readGrayFrames(session.files.gray)) {
    gray.push(bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length);
  }
  return session.fights.map(({ outcome }, fight) => {
    const frames = [...fightOf.keys()].filter((frame) => fightOf[frame] === fight);
    const some = [0, 1, frames.length >> 1, frames.length - 2, frames.length - 1];
    return {
      action: frames.map((frame) => [...labels.row(frame)]),
      intervention: frames.map((frame) => (played === null ? isPersons : played[frame] === 2)),
      won: outcome === 'won',
      pictures: Object.fromEntries(
        some.map((k) => {
          const picture = session.frames.videoIndex[frames[k]];
          const cameras = {
            'observation.images.game': game[picture],
            'observation.images.gray': Array(3).fill(gray[picture]),
          };
          return [k, cameras];
        }),
      ),
    };
  });
}

function runPython(script: string, ...args: string[]): string {
  const path = join(PROJECT_ROOT, 'research', 'lerobot', script);
  const { status, stdout, stderr } = spawnSync(python, ['-W', 'ignore', path, ...args], {
    encoding: 'utf8',
    env: { ...process.env, HF_HUB_OFFLINE: '1' },
  });
  if (status !== 0) broken.push(`${script}: ${stderr.trim().split('\n').at(-1)}`);
  return stdout.trim();
}

async function judge(): Promise<string> {
  const demos = await runCli(['demos', '--fights', '3', '--seed', '5', '--name', 'demo', '--out', folder.path], {
    env: withoutDisplay(),
  });
  if (demos.code !== 0) throw new Error(demos.stderr);
  const lines: string[] = [];
  for (const [base, set] of [
    [at('demo'), at('demo-set')],
    [await recordSmallSession(folder.path, { name: 'takeover', takeover: true, frames: 40 }), at('takeover-set')],
  ]) {
    const exported = await runCli(['session', 'export', base, '--lerobot', set, '--task', TASK], {
      env: withoutDisplay(),
    });
    if (exported.code !== 0) throw new Error(exported.stderr);
    const expected = `${set}.json`;
    writeFileSync(expected, JSON.stringify({ task: TASK, episodes: await expectationOf(base) }));
    lines.push(runPython('judge.py', set, expected, '--train'));
  }
  return lines.join('\n');
}

/** Labels as write.py makes them. */
async function importTheirs(): Promise<string> {
  const said = runPython('write.py', at('theirs'));
  const usual = { camera: null, actions: null, actionThreshold: null, episodes: null, rateHz: null };
  await importDataset({ ...usual, folder: at('theirs'), to: at('theirs-session') });
  const session = await readSession(at('theirs-session'));
  const labels = labelFrames(session);
  const fights = fightOfFrames(session);
  let wrong = 0;
  let k = 0;
  fights.forEach((fight, frame) => {
    if (fight === -1) return;
    k = frame > 0 && fights[frame - 1] === fight ? k + 1 : 0;
    const expected = [Number(k % 7 < 3), Number(k % 5 === 1), fight];
    if (expected.some((held, column) => labels.row(frame)[column] !== held)) wrong += 1;
  });
  if (wrong > 0) broken.push(`${wrong} labels of lerobot's set differ`);
  const imported = fights.filter((fight) => fight !== -1).length;
  return `${said.split('\n').at(-1)?.split(' in ')[0]}: ${imported} frames imported, ${wrong} labels differ`;
}

async function killExports(): Promise<string> {
  const base = await recordSmallSession(folder.path, { name: 'killed', frames: 400, width: 320, height: 240 });
  const counts = { absent: 0, whole: 0 };
  for (let i = 0; i < kills; i += 1) {
    const set = at(`kill-${i}`, 'set');
    mkdirSync(at(`kill-${i}`));
    const child = spawn(
      process.execPath,
      [join(PROJECT_ROOT, 'bin', 'understudy.js'), 'session', 'export', base, '--lerobot', set],
      {
        stdio: 'ignore',
      },
    );
    const ended = once(child, 'close');
    await Promise.race([delay(random.integer(...KILL_AFTER_MS)), ended]);
    child.kill('SIGKILL');
    await ended;
    try {
      if (existsSync(set)) {
        const usual = { camera: null, actions: null, actionThreshold: null, episodes: null, rateHz: null };
        await importDataset({ ...usual, folder: set, to: at(`kill-${i}`, 'back') });
        counts.whole += 1;
      } else counts.absent += 1;
    } catch (error) {
      broken.push(`kill ${i}: ${messageOf(error)}`);
    }
    rmSync(at(`kill-${i}`), { recursive: true });
    process.stderr.write(`\r${i + 1} of ${kills} kills`);
  }
  return `${kills} kills: ${counts.absent} left no set, ${counts.whole} a whole one`;
}

/** @returns the line, and the most memory that the process had, bytes */
async function writeHours(): Promise<{ readonly text: string; readonly bytes: number }> {
  const sessions: string[] = [];
  const base = await recordSmallSession(folder.path, { name: 'hour', frames: FRAMES_A_FIGHT, width: 128, height: 72 });
  for (let hour = 0; hour < hours; hour += 1) sessions.push(base);
  const args = ['session', 'export', ...sessions, '--lerobot', at('hours')];
  const fromMs = performance.now();
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'bin', 'understudy.js'), ...args], { stdio: 'ignore' });
  const ended = once(child, 'close');
  let bytes = 0;
  let isRunning = true;
  void ended.then(() => (isRunning = false));
  while (isRunning) {
    try {
      const kb = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      bytes = Math.max(bytes, Number(kb ?? 0) * 1024);
    } catch {
      // it has just ended
    }
    await delay(100);
  }
  const [code] = (await ended) as [number];
  if (code !== 0) broken.push(`the export of ${hours} h ended with ${code}`);
  if (bytes > MOST_BYTES) broken.push(`${(bytes / 2 ** 20).toFixed(0)} MiB for ${hours} h`);
  const seconds = (performance.now() - fromMs) / 1000;
  const frames = 2 * FRAMES_A_FIGHT * hours;
  const text = `${hours} h at ${RATE_HZ} Hz (${frames} frames of 128x72, fights of half an hour): at most ${(bytes / 2 ** 20).toFixed(0)} MiB, ${seconds.toFixed(0)} s`;
  return { text, bytes };
}

const judged = await judge();
const theirs = await importTheirs();
const killed = await killExports();
const long = await writeHours();
process.stderr.write(
  `\n${writeResult({
    name: 'lerobot',
    title: 'Sessions as LeRobot datasets',
    command: commandOf('prove lerobot', { python: 'lerobot/bin/python', kills, hours, seed: Number(values.seed) }),
    n: `3 fights of the arena and 2 of a test with takeovers, 85 frames of lerobot's own, ${kills} kills, ${hours} h`,
    sections: [
      `Python's lerobot 0.4.4 on what \`session export\` wrote:\n\n${textBlock(judged)}`,
      `What lerobot wrote, with its usual AV1:\n\n${textBlock(theirs)}`,
      `- ${killed}\n- ${long.text}`,
      broken.length === 0 ? 'Nothing was broken.' : `Broken: ${broken.join('; ')}`,
    ],
    document: { judged: judged.split('\n'), theirs, killed, memoryBytes: long.bytes, broken },
  })}`,
);
if (broken.length > 0) process.exitCode = 5;
