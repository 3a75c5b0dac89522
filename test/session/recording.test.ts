import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { VirtualClock } from '../../src/core/clock.js';
import { checkSession } from '../../src/session/check.js';
import { readDataset } from '../../src/session/dataset.js';
import { decodeWithFfmpeg } from '../../src/session/ffmpeg.js';
import { SessionFrameSource } from '../../src/session/frame-source.js';
import { grayFacts, readGrayFrames } from '../../src/session/gray-file.js';
import { describeSession } from '../../src/session/info.js';
import { loadFrames, pictureOrigin } from '../../src/session/load-frames.js';
import { readMp4Facts } from '../../src/session/mp4-boxes.js';
import { readVideo } from '../../src/session/read-video.js';
import { repairSession } from '../../src/session/repair.js';
import type { SessionFiles } from '../../src/session/session-files.js';
import { filesAt } from '../../src/session/session-files.js';
import { SessionWriter } from '../../src/session/session-writer.js';
import { readSession } from '../../src/session/session.js';
import { splitFrames } from '../../src/session/splits.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';
import { writeLogs } from '../../testing/sessions/session-folder.js';
import { fightEnd, fightStart, frameLines } from '../../testing/sessions/session-lines.js';
import { numberShown, numberedPicture } from '../../testing/sessions/session-pictures.js';
import { folderForTests, temporaryFolder } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

const FRAMES = 45;

/** Records numbered pictures on a virtual clock; answers the files and the gray frames that were live. */
async function record(
  folder: string,
  width: number,
  height: number,
): Promise<{ files: SessionFiles; live: Uint8Array[] }> {
  const files = filesAt(join(folder, 'run'));
  const clock = new VirtualClock();
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  const live: Uint8Array[] = [];
  await using writer = await SessionWriter.create({
    files,
    rateHz: 10,
    width,
    height,
    source: 'test',
    contract: STUDY_CONTRACT,
    clock,
  });
  for (let k = 0; k < FRAMES; k += 1) {
    await clock.sleepUntil(k * 100);
    if (k === 5) writer.marker('fight_start', 490);
    if (k === 40) writer.marker('fight_end', 4010);
    if (k === 20) continue; // a grab that failed
    const pixels = numberedPicture(k, width, height);
    preprocessor.process({ width, height, pixels });
    live.push(Uint8Array.from(preprocessor.gray));
    await writer.room();
    assert.equal(writer.offer({ width, height, pixels, capturedAtMs: k * 100 }), 'written');
  }
  assert.equal(writer.failure, null);
  await writer.finish('stopped');
  assert.equal(writer.failure, null);
  return { files, live };
}

describe('a recorded session', () => {
  let files: SessionFiles;
  let live: Uint8Array[];
  const folder = folderForTests('recording');
  before(async () => {
    ({ files, live } = await record(folder, 321, 179));
  });

  test('passes its own check, with one video frame and one gray frame a line', async () => {
    const session = await readSession(files);
    const check = await checkSession(session);
    assert.deepEqual(check.problems, []);
    assert.deepEqual([check.frames, check.duplicates, check.rateHz.toFixed(3)], [FRAMES, 1, '10.000']);
    const info = await describeSession(session);
    assert.deepEqual(info.video, { codec: 'avc1', width: 322, height: 180, frames: FRAMES });
    assert.deepEqual(info.gray, { width: 128, height: 72, frames: FRAMES });
    assert.deepEqual([info.width, info.height, info.framesInFights, info.source], [321, 179, 36, 'test']);
  });

  test('shows in its video the very pictures of its frame log, at the recorded size', async () => {
    const shown: number[] = [];
    for await (const { width, height, pixels } of readVideo(files.video, { width: 321, height: 179 })) {
      assert.deepEqual([width, height, pixels.length], [321, 179, 321 * 179 * 4]);
      shown.push(numberShown(pixels, width));
    }
    assert.deepEqual(
      shown,
      Array.from({ length: FRAMES }, (_, k) => (k === 20 ? 19 : k)),
    );
  });

  test('keeps what the policy saw byte for byte, where H.264 does not', async () => {
    const session = await readSession(files);
    assert.equal(await pictureOrigin(session, STUDY_CONTRACT), 'lossless');
    const distances: number[] = [];
    for await (const { frame, gray } of loadFrames(session, STUDY_CONTRACT)) {
      assert.deepEqual(gray, live[frame < 20 ? frame : frame - 1]);
    }
    const videoOnly = { ...session, files: { ...session.files, gray: `${session.files.base}_no-gray.bin` } };
    for await (const { frame, gray } of loadFrames(videoOnly, STUDY_CONTRACT)) {
      const truth = live[frame < 20 ? frame : frame - 1];
      distances.push(gray.reduce((sum, value, i) => sum + Math.abs(value - truth[i]), 0) / gray.length);
    }
    assert.equal(distances.length, FRAMES);
    const worst = Math.max(...distances);
    assert.ok(worst > 0, 'the video is lossy, so it must differ: else nothing was decoded from it');
    assert.ok(worst < 4, `mean difference ${worst} of 255: the video shows another picture`);
  });

  test('uses the video where the lossless frames were made by another contract', async () => {
    const session = await readSession(files);
    const other = { ...STUDY_CONTRACT, crop: { left: 0.25, top: 0, width: 0.5, height: 1 } };
    assert.equal(await pictureOrigin(session, other), 'video');
    const preprocessor = new Preprocessor(other);
    preprocessor.process({ width: 321, height: 179, pixels: numberedPicture(7, 321, 179) });
    for await (const { gray } of loadFrames(session, other, [7])) {
      const distance = gray.reduce((sum, value, i) => sum + Math.abs(value - preprocessor.gray[i]), 0) / gray.length;
      assert.ok(distance < 4, `mean difference ${distance}`);
    }
  });

  test('is a dataset of the frames inside fights, with pictures in step with labels', async () => {
    const dataset = await readDataset([files.base]);
    assert.deepEqual(
      [...dataset.frameOf],
      Array.from({ length: 36 }, (_, i) => i + 5),
    );
    let i = 0;
    for await (const gray of dataset.pictures(STUDY_CONTRACT)) {
      const frame = dataset.frameOf[i];
      assert.deepEqual(gray, live[frame < 20 ? frame : frame - 1]);
      i += 1;
    }
    assert.equal(i, 36);
    assert.throws(() => splitFrames(dataset.fights, { by: 'fight', seed: 1 }), hasCode('session-invalid', '1 fight'));
  });

  test('replays on a virtual clock the same twice, in pictures that preprocess to what was live', async () => {
    const session = await readSession(files);
    const runs: string[][] = [];
    for (let run = 0; run < 2; run += 1) {
      const clock = new VirtualClock();
      const preprocessor = new Preprocessor(STUDY_CONTRACT);
      await using source = await SessionFrameSource.open(session, STUDY_CONTRACT, clock);
      const seen: string[] = [];
      for (let tick = 0; !source.ended; tick += 1) {
        await clock.sleepUntil(tick * 100);
        const frame = await source.next(tick * 100 + 50, AbortSignal.timeout(60_000));
        if (frame === null) continue;
        preprocessor.process(frame);
        assert.deepEqual(preprocessor.gray, live[frame.index < 20 ? frame.index : frame.index - 1]);
        seen.push(`${tick} ${frame.index} ${frame.capturedAtMs} ${frame.repeated}`);
      }
      runs.push(seen);
    }
    assert.equal(runs[0].length, FRAMES);
    assert.deepEqual(runs[0], runs[1]);
    assert.equal(runs[0][20], '20 20 2000 true');
  });

  test('gives the newest frame to a loop that skipped some, and none before it is due', async () => {
    const session = await readSession(files);
    const clock = new VirtualClock();
    await using source = await SessionFrameSource.open(session, STUDY_CONTRACT, clock);
    const signal = new AbortController().signal;
    assert.equal((await source.next(0, signal))?.index, 0);
    assert.equal(await source.next(50, signal), null);
    await clock.sleepUntil(1234);
    assert.equal((await source.next(1300, signal))?.index, 12);
  });

  test('loses only what was cut off, wherever the gray file ends', async (t) => {
    const bytes = readFileSync(files.gray);
    const path = join(temporaryFolder(t), 'cut_gray.bin');
    const whole = await grayFacts(files.gray);
    assert.equal(whole.wholeBytes, bytes.length);
    let last = FRAMES;
    for (let length = bytes.length; length > 400; length -= 97) {
      writeFileSync(path, bytes.subarray(0, length));
      const facts = await grayFacts(path);
      assert.ok(facts.frames <= last && facts.wholeBytes <= length);
      last = facts.frames;
      let k = 0;
      for await (const gray of readGrayFrames(path)) {
        if (k === facts.frames - 1) assert.deepEqual(gray, live[k < 20 ? k : k - 1]);
        k += 1;
      }
      assert.equal(k, facts.frames);
    }
    writeFileSync(path, bytes.subarray(0, 20));
    await assert.rejects(grayFacts(path), hasCode('session-invalid', 'cut_gray.bin'));
  });

  test('is repaired wherever its files were cut off, and a second repair changes nothing', async (t) => {
    const sizes = [files.events, files.frames, files.video, files.gray].map((path) => readFileSync(path).length);
    for (const share of [0.999, 0.7, 0.31]) {
      const cut = filesAt(join(temporaryFolder(t), 'cut'));
      [cut.events, cut.frames, cut.video, cut.gray].forEach((path, i) => {
        copyFileSync([files.events, files.frames, files.video, files.gray][i], path);
        truncateSync(path, path === cut.events ? sizes[i] - 30 : Math.floor(sizes[i] * share));
      });
      const report = await repairSession(cut.base, 0);
      assert.ok(report.changed);
      const session = await readSession(cut);
      assert.equal(session.endReason, 'repaired');
      const gray = await grayFacts(cut.gray);
      const video = await readMp4Facts(cut.video);
      assert.ok(Math.abs(session.frames.count - Math.max(gray.frames, video.frames)) <= 1);
      let decoded = 0;
      for await (const picture of readVideo(cut.video)) decoded = picture.index + 1;
      assert.equal(decoded, video.frames, 'what is left of the video decodes to the end');
      assert.deepEqual((await repairSession(cut.base, 0)).actions, []);
    }
  });

  test('whose video is gone, damaged or absent says so with its code', async (t) => {
    const folder = temporaryFolder(t);
    const logs = await readSession(writeLogs(folder, 'logs', frameLines(3), [fightStart(1000), fightEnd(1001)]));
    await assert.rejects(loadFrames(logs, STUDY_CONTRACT).next(), hasCode('file-missing', 'logs.mp4'));
    writeFileSync(logs.files.video, 'this is not a video, only some text');
    await assert.rejects(loadFrames(logs, STUDY_CONTRACT).next(), hasCode('video-unreadable', 'logs.mp4'));
    assert.ok((await checkSession(logs)).problems.some((problem) => problem.code === 'video-unreadable'));
    rmSync(logs.files.video);
    copyFileSync(files.gray, logs.files.gray);
    const narrow = { ...STUDY_CONTRACT, width: 64 };
    await assert.rejects(loadFrames(logs, narrow).next(), hasCode('session-invalid', 'width 128', '64'));
    const check = await checkSession(logs);
    assert.ok(check.problems.some((problem) => problem.code === 'gray-longer'));
    const longer = await readSession(writeLogs(folder, 'long', frameLines(60), [fightStart(1000), fightEnd(1009)]));
    copyFileSync(files.video, longer.files.video);
    assert.ok(
      (await checkSession(longer)).problems.some(
        ({ code, atSeconds }) => code === 'video-shorter' && atSeconds === 4.4,
      ),
    );
    const dataset = await readDataset([longer.files.base]);
    await assert.rejects(
      async () => {
        for await (const gray of dataset.pictures(STUDY_CONTRACT)) assert.equal(gray.length, 72 * 128);
      },
      hasCode('session-invalid', 'pictures for 45 of its 60'),
    );
  });
});

const ffmpegIsAbsent = spawnSync('ffmpeg', ['-version']).error === undefined ? false : 'needs ffmpeg';

describe("a video as the study's recorder writes it, MPEG-4 part 2", () => {
  test('without ffmpeg is refused with the name of the package', async (t) => {
    const session = await readSession(writeLogs(temporaryFolder(t), 'a', frameLines(20), []));
    // a track whose sample entry is mp4v: hdlr 'vide' and stsd are all that is looked at before decoding
    const box = (type: string, ...bodies: Buffer[]): Buffer => {
      const body = Buffer.concat(bodies);
      const head = Buffer.alloc(8);
      head.writeUInt32BE(body.length + 8);
      head.write(type, 4, 'latin1');
      return Buffer.concat([head, body]);
    };
    const entry = Buffer.alloc(78);
    entry.writeUInt16BE(64, 24);
    entry.writeUInt16BE(36, 26);
    const stsd = box('stsd', Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), box('mp4v', entry));
    const hdlr = box('hdlr', Buffer.alloc(8), Buffer.from('vide'), Buffer.alloc(12));
    const moov = box('moov', box('trak', box('mdia', hdlr, box('minf', box('stbl', stsd)))));
    writeFileSync(session.files.video, moov);
    const facts = await readMp4Facts(session.files.video);
    assert.equal(facts.width, 64);
    const loading = decodeWithFfmpeg(session.files.video, facts, 'no-such-ffmpeg').next();
    await assert.rejects(loading, hasCode('package-missing', 'ffmpeg', 'mp4v'));
  });

  test('is decoded frame by frame through ffmpeg', { skip: ffmpegIsAbsent }, async (t) => {
    const folder = temporaryFolder(t);
    const base = writeLogs(folder, 'mpeg4', frameLines(20), [fightStart(1000), fightEnd(1002)]);
    const raw = Buffer.concat(Array.from({ length: 20 }, (_, k) => numberedPicture(k, 320, 180)));
    const input = ['-f', 'rawvideo', '-pix_fmt', 'bgra', '-s', '320x180', '-r', '10', '-i', 'pipe:0'];
    execFileSync('ffmpeg', ['-v', 'error', ...input, '-c:v', 'mpeg4', '-q:v', '3', `${base}.mp4`], { input: raw });
    assert.equal((await readMp4Facts(`${base}.mp4`)).codec, 'mp4v');
    const shown: number[] = [];
    for await (const { pixels, width } of readVideo(`${base}.mp4`)) shown.push(numberShown(pixels, width));
    assert.deepEqual(
      shown,
      Array.from({ length: 20 }, (_, k) => k),
    );
    const session = await readSession(base);
    assert.deepEqual((await checkSession(session)).problems, []);
    let pictures = 0;
    for await (const { frame, gray } of loadFrames(session, STUDY_CONTRACT)) {
      assert.deepEqual([frame, gray.length], [pictures, 72 * 128]);
      pictures += 1;
    }
    assert.equal(pictures, 20);
    assert.equal(existsSync(session.files.gray), false);
  });
});
