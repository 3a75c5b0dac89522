/** Videos that other programs write: each is read as ffmpeg and OpenCV read it, or refused with its name. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { planarVideo } from '../../src/evaluation/overlay/pictures.js';
import { decodeWithFfmpeg } from '../../src/session/ffmpeg.js';
import { readMp4Facts } from '../../src/session/mp4-boxes.js';
import { countShown } from '../../src/session/mp4-edits.js';
import { hasCode } from '../../testing/error-code.js';
import {
  colouredPicture,
  encoded,
  ffmpeg,
  ffmpegIsAbsent,
  largestDifference,
  picturesRead,
  shownByFfmpeg,
} from '../../testing/sessions/ffmpeg-videos.js';
import { numberedPicture, numberShown } from '../../testing/sessions/session-pictures.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

const SIZE = { width: 160, height: 96 };
const H264 = '-c:v libx264 -crf 2';

/** Levels by which a picture may differ from ffmpeg's and OpenCV's. */
const CLOSE = 2;

/** How ffmpeg is told to write one kind of colours. */
const COLOURS: readonly (readonly [what: string, options: string])[] = [
  ['limited range', `${H264} -pix_fmt yuv420p`],
  ['full range', `${H264} -vf scale=out_range=pc -pix_fmt yuvj420p -color_range pc`],
  ['the matrix of BT.709', `${H264} -vf scale=out_color_matrix=bt709 -pix_fmt yuv420p -colorspace bt709`],
  [
    'the matrix of BT.709 and full range',
    `${H264} -vf scale=out_color_matrix=bt709:out_range=pc -pix_fmt yuvj420p -color_range pc -colorspace bt709`,
  ],
  ['the matrix of BT.601, said', `${H264} -vf scale=out_color_matrix=bt601 -pix_fmt yuv420p -colorspace smpte170m`],
  ['4:2:2', `${H264} -pix_fmt yuv422p`],
  ['4:2:2 in full range', `${H264} -vf scale=out_range=pc -pix_fmt yuvj422p -color_range pc`],
  ['4:4:4', `${H264} -pix_fmt yuv444p`],
  ['4:4:4 in full range', `${H264} -vf scale=out_range=pc -pix_fmt yuvj444p -color_range pc`],
  ['RGB', '-c:v libx264rgb -crf 2 -pix_fmt bgr24'],
  ['gray', `${H264} -pix_fmt gray`],
  ['10 bits', `${H264} -pix_fmt yuv420p10le`],
  [
    '10 bits in full range with the matrix of BT.709',
    `${H264} -vf scale=out_range=pc:out_color_matrix=bt709 -pix_fmt yuv420p10le -color_range pc -colorspace bt709`,
  ],
  ['HEVC in full range', '-c:v libx265 -x265-params log-level=none -vf scale=out_range=pc -pix_fmt yuvj420p'],
  ['MJPEG', '-c:v mjpeg -q:v 1 -pix_fmt yuvj420p'],
];

describe('the colours of a video', { skip: ffmpegIsAbsent }, () => {
  for (const [what, options] of COLOURS) {
    test(`are those that ffmpeg and OpenCV see: ${what}`, async (t) => {
      const picture = colouredPicture(SIZE.width, SIZE.height);
      const path = encoded(temporaryFolder(t), 'v.mp4', [picture, picture, picture], options);
      const read = await picturesRead(path);
      const shown = shownByFfmpeg(path, SIZE);
      assert.equal(read.length, 3);
      assert.deepEqual([read[0].width, read[0].height], [SIZE.width, SIZE.height]);
      read.forEach(({ pixels }, k) => assert.ok(largestDifference(pixels, shown[k]) <= CLOSE, `picture ${k}`));
      const middleOfFirstSquare = (8 * SIZE.width + 8) * 4;
      const gray = read[0].pixels[middleOfFirstSquare + 1];
      assert.ok(Math.abs(gray - 20) <= CLOSE, `gray 20 is read as ${gray}`);
    });
  }

  test('of full range reach a video that is made of it in limited range', async (t) => {
    const path = encoded(temporaryFolder(t), 'v.mp4', [colouredPicture(SIZE.width, SIZE.height)], COLOURS[1][1]);
    for await (const { pixels: planes } of planarVideo(path)) {
      const luma = planes[8 * SIZE.width + 8];
      assert.ok(Math.abs(luma - (16 + (20 * 219) / 255)) <= CLOSE, `luma ${luma}`);
    }
  });

  test('that need ffmpeg say why where it is not installed', async (t) => {
    const path = encoded(temporaryFolder(t), 'v.mp4', [colouredPicture(SIZE.width, SIZE.height)], COLOURS[8][1]);
    const decoding = decodeWithFfmpeg(path, await readMp4Facts(path), 'no-such-ffmpeg').next();
    await assert.rejects(
      decoding,
      hasCode('package-missing', 'H.264 with 4:4:4, 8 bits, full range', 'no-such-ffmpeg'),
    );
  });

  const refused: readonly (readonly [what: string, options: string, named: string])[] = [
    ['BT.2020', `${H264} -pix_fmt yuv420p -colorspace bt2020nc -color_primaries bt2020`, 'BT.2020'],
    [
      'HDR in HEVC',
      '-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10le -color_trc smpte2084 -tag:v hvc1',
      'PQ',
    ],
    ['YCgCo', `${H264} -pix_fmt yuv420p -colorspace ycgco`, 'matrix 8'],
  ];
  for (const [what, options, named] of refused) {
    test(`that no decoder here reads right are refused by their name: ${what}`, async (t) => {
      const colr = '-color_primaries bt2020 -movflags write_colr';
      const more = what.startsWith('HDR') ? `${options} -colorspace bt2020nc ${colr}` : options;
      const path = encoded(temporaryFolder(t), 'v.mp4', [colouredPicture(SIZE.width, SIZE.height)], more);
      await assert.rejects(picturesRead(path), hasCode('video-unreadable', named));
    });
  }
});

/** Numbered pictures: which one is shown can be read from its pixels. */
function numbered(count: number): { width: number; height: number; pixels: Uint8Array }[] {
  return Array.from({ length: count }, (_, k) => ({ width: 320, height: 180, pixels: numberedPicture(k, 320, 180) }));
}

async function numbersRead(path: string): Promise<number[]> {
  return (await picturesRead(path)).map(({ pixels, width }) => numberShown(pixels, width));
}

const numbersFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, k) => first + k);

/** Sets how long the one edit of a file lasts, in milliseconds: what an editor does that trims the end. */
function withEditOf(path: string, durationMs: number): string {
  const bytes = readFileSync(path);
  bytes.writeUInt32BE(durationMs, bytes.indexOf('elst') + 4 + 8);
  const trimmed = path.replace('.mp4', '-trimmed.mp4');
  writeFileSync(trimmed, bytes);
  return trimmed;
}

describe('the edit list of a video', { skip: ffmpegIsAbsent }, () => {
  const WITH_B_FRAMES = `${H264} -bf 3 -g 8 -pix_fmt yuv420p`;

  test('hides the pictures before a cut that was made without coding again', async (t) => {
    const folder = temporaryFolder(t);
    const whole = encoded(folder, 'whole.mp4', numbered(20), WITH_B_FRAMES);
    const cut = join(folder, 'cut.mp4');
    ffmpeg('-ss', '1.15', '-i', whole, '-c', 'copy', cut);
    const shown = shownByFfmpeg(cut, { width: 320, height: 180 }).map((pixels) => numberShown(pixels, 320));
    assert.deepEqual(await numbersRead(cut), shown);
    const facts = await readMp4Facts(cut);
    assert.equal(facts.frames, 8);
    assert.ok(facts.codedFrames > 8, 'the cut left nothing to hide');
    assert.deepEqual(shown, numbersFrom(12, 8));
  });

  test('hides the pictures after its end', async (t) => {
    const whole = encoded(temporaryFolder(t), 'whole.mp4', numbered(20), WITH_B_FRAMES);
    const trimmed = withEditOf(whole, 1300);
    assert.deepEqual(await numbersRead(trimmed), numbersFrom(0, 13));
    assert.equal((await readMp4Facts(trimmed)).frames, 13);
    assert.equal(shownByFfmpeg(trimmed, { width: 320, height: 180 }).length, 13);
  });

  for (const [what, options] of [
    ['pictures that are decoded in another order', WITH_B_FRAMES],
    ['no edit list', `${WITH_B_FRAMES} -use_editlist 0`],
    ['negative offsets', `${WITH_B_FRAMES} -movflags +negative_cts_offsets`],
    ['fragments', `${WITH_B_FRAMES} -movflags frag_keyframe+empty_moov`],
    ['a late start', `${WITH_B_FRAMES} -output_ts_offset 2`],
    ['a rate that varies', `${WITH_B_FRAMES} -vf setpts=if(gt(N\\,5)\\,N+10\\,N) -fps_mode vfr`],
    ['pixels that are not square', `${WITH_B_FRAMES} -vf setsar=4/3`],
  ]) {
    test(`loses and repeats none: ${what}`, async (t) => {
      const path = encoded(temporaryFolder(t), 'v.mp4', numbered(20), options.replaceAll("'", ''));
      assert.deepEqual(await numbersRead(path), numbersFrom(0, 20));
      assert.equal((await readMp4Facts(path)).frames, 20);
    });
  }

  test('is counted part by part', () => {
    const times = { durations: [[10, 100]], offsets: [], timescale: 1000, movieTimescale: 1000 } as const;
    const edits = [
      { duration: 500, mediaTime: -1 },
      { duration: 300, mediaTime: 100 },
      { duration: 200, mediaTime: 700 },
    ];
    assert.equal(countShown(10, edits, times), 5);
    assert.equal(countShown(10, [], times), 10);
    assert.equal(countShown(10, [{ duration: 0, mediaTime: 300 }], times), 7);
  });
});

describe('the tracks of a video', { skip: ffmpegIsAbsent }, () => {
  const SOUND = ['-f', 'lavfi', '-t', '2', '-i', 'sine=r=44100'];

  test('sound in fragments is not counted as pictures', async (t) => {
    const folder = temporaryFolder(t);
    const video = encoded(folder, 'v.mp4', numbered(20), `${H264} -pix_fmt yuv420p`);
    const path = join(folder, 'sound.mp4');
    const fragmented = ['-movflags', 'frag_keyframe+empty_moov'];
    ffmpeg(...SOUND, '-i', video, '-map', '0', '-map', '1', '-c:v', 'copy', '-c:a', 'aac', ...fragmented, path);
    assert.equal((await readMp4Facts(path)).frames, 20);
    assert.deepEqual(await numbersRead(path), numbersFrom(0, 20));
  });

  test('the first of two is described and read', async (t) => {
    const folder = temporaryFolder(t);
    const first = encoded(folder, 'first.mp4', numbered(20), `${H264} -pix_fmt yuv420p`);
    const second = encoded(folder, 'second.mp4', numbered(5), '-c:v mpeg4 -vf scale=160:90');
    const path = join(folder, 'both.mp4');
    ffmpeg('-i', first, '-i', second, '-map', '0', '-map', '1', '-c', 'copy', path);
    const { codec, width, frames } = await readMp4Facts(path);
    assert.deepEqual([codec, width, frames], ['avc1', 320, 20]);
    assert.deepEqual(await numbersRead(path), numbersFrom(0, 20));
  });

  test('pictures that change their size are refused with the frame', async (t) => {
    const folder = temporaryFolder(t);
    const raw = `${H264} -pix_fmt yuv420p -f h264`;
    const large = encoded(folder, 'large.h264', numbered(6), raw);
    const small = encoded(folder, 'small.h264', numbered(6), `${raw} -vf scale=160:90`);
    writeFileSync(join(folder, 'both.h264'), Buffer.concat([readFileSync(large), readFileSync(small)]));
    const path = join(folder, 'both.mp4');
    ffmpeg('-r', '10', '-i', join(folder, 'both.h264'), '-c', 'copy', path);
    await assert.rejects(picturesRead(path), hasCode('video-unreadable', '320x180', '160x90', 'from frame'));
  });

  test('a QuickTime file, whose tracks say twice what they hold, is read', async (t) => {
    const path = encoded(temporaryFolder(t), 'v.mov', numbered(20), `${H264} -pix_fmt yuv420p`);
    assert.deepEqual(await numbersRead(path), numbersFrom(0, 20));
  });

  for (const [name, what] of [
    ['v.mkv', 'Matroska'],
    ['v.avi', 'AVI'],
    ['v.flv', 'FLV'],
    ['v.ts', 'transport stream'],
  ]) {
    test(`another container is named: ${what}`, async (t) => {
      const path = encoded(temporaryFolder(t), name, numbered(3), `${H264} -pix_fmt yuv420p`);
      await assert.rejects(picturesRead(path), hasCode('video-unreadable', what));
    });
  }
});

/** The first track's matrix, in which ffmpeg keeps how a picture is turned. */
function withMatrix(path: string, matrix: readonly number[]): string {
  const bytes = readFileSync(path);
  const at = bytes.indexOf('tkhd') + 4 + 40;
  matrix.forEach((value, k) => bytes.writeInt32BE(Math.round(value * 0x10000), at + 4 * k));
  const turned = path.replace('.mp4', `-${matrix.join('')}.mp4`);
  writeFileSync(turned, bytes);
  return turned;
}

describe('a video that is shown turned', { skip: ffmpegIsAbsent }, () => {
  for (const codec of [`${H264} -pix_fmt yuv420p`, '-c:v mpeg4 -q:v 2']) {
    for (const [degrees, matrix] of [
      [90, [0, 1, 0, -1, 0]],
      [180, [-1, 0, 0, 0, -1]],
      [270, [0, -1, 0, 1, 0]],
    ] as const) {
      test(`is read as it is shown: ${degrees} degrees, ${codec.split(' ')[1]}`, async (t) => {
        const picture = colouredPicture(SIZE.width, SIZE.height);
        const path = withMatrix(encoded(temporaryFolder(t), 'v.mp4', [picture, picture], codec), matrix);
        const [read] = await picturesRead(path);
        const facts = await readMp4Facts(path);
        const isLying = degrees !== 180;
        const expected = isLying ? [SIZE.height, SIZE.width] : [SIZE.width, SIZE.height];
        assert.deepEqual([read.width, read.height], expected);
        assert.deepEqual([facts.width, facts.height], expected);
        assert.ok(largestDifference(read.pixels, shownByFfmpeg(path, read)[0]) <= CLOSE);
        for await (const { width, height } of planarVideo(path)) assert.deepEqual([width, height], expected);
      });
    }
  }

  test('mirrored is refused by its name', async (t) => {
    const picture = colouredPicture(SIZE.width, SIZE.height);
    const path = withMatrix(encoded(temporaryFolder(t), 'v.mp4', [picture], H264), [-1, 0, 0, 0, 1]);
    await assert.rejects(picturesRead(path), hasCode('video-unreadable', 'mirrored'));
  });
});
