/** Kills a recorder at a chosen moment and says what was left of its session before and after a repair. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { checkSession } from '../../src/session/check.js';
import { loadFrames } from '../../src/session/load-frames.js';
import { readVideo } from '../../src/session/read-video.js';
import { repairSession } from '../../src/session/repair.js';
import { filesAt } from '../../src/session/session-files.js';
import { readSession } from '../../src/session/session.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';

export interface KillOutcome {
  /** Age at the kill of the newest frame told, in the video and in the gray file, seconds; they count whole frames. */
  readonly videoLacksSeconds: number;
  readonly grayLacksSeconds: number;
  /** Age at the kill of the oldest event that is missing from the log, ms; null when none is. */
  readonly oldestMissingEventMs: number | null;
  readonly eventsTold: number;
  readonly framesInLog: number;
  /** What `session check` finds, gaps left out: a busy machine makes them, not the kill. */
  readonly problems: readonly string[];
  /** Gaps: times at which the recorder, starved of time, got no new picture for half a second. */
  readonly gaps: number;
}

/** Runs the recorder, kills it `afterMs` after its first frame, repairs what it left, and reads all of it. */
export async function killRecorder(base: string, afterMs: number): Promise<KillOutcome> {
  const program = fileURLToPath(new URL('./session-recorder-child.js', import.meta.url));
  const child = spawn(process.execPath, [program, base], { stdio: ['ignore', 'pipe', 'inherit'] });
  const keys: number[] = [];
  let frames = 0;
  const lines = createInterface({ input: child.stdout });
  const firstFrame = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.startsWith('key ')) keys.push(Number(line.slice(4)));
      else frames += 1;
      if (frames === 1) resolve();
    });
  });
  const closed = Promise.all([once(child, 'close'), once(lines, 'close')]);
  await firstFrame;
  await delay(afterMs);
  const killedAtMs = Date.now();
  child.kill('SIGKILL');
  await closed;

  const files = filesAt(base);
  await repairSession(base);
  const session = await readSession(files);
  let inVideo = 0;
  // a file that ends before the first picture's fragment has no track; it lacks what was told so far
  if (existsSync(files.video) && statSync(files.video).size > 0) {
    for await (const picture of readVideo(files.video)) inVideo = picture.index + 1;
  }
  let inGray = 0;
  for await (const { gray } of loadFrames(session, STUDY_CONTRACT)) inGray += gray.length > 0 ? 1 : 0;
  // what the repair added is marked final
  const logged = readFileSync(files.events, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"event":"key') && !line.includes('"final"')).length;
  const { problems } = await checkSession(session);
  return {
    videoLacksSeconds: (frames - inVideo) / 10,
    grayLacksSeconds: (frames - inGray) / 10,
    oldestMissingEventMs: logged >= keys.length ? null : killedAtMs - keys[logged],
    eventsTold: keys.length,
    framesInLog: session.frames.count,
    problems: problems.filter(({ code }) => code !== 'gap').map(({ code, message }) => `${code}: ${message}`),
    gaps: problems.filter(({ code }) => code === 'gap').length,
  };
}
