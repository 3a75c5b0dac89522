import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import fc from 'fast-check';
import { readImage } from '../../src/vision/image-file.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { Preprocessor } from '../../src/vision/preprocessor.js';
import { lacksFixtures, sharedFile } from '../../testing/models/shared-files.js';

const SIZES = ['1280x720', '1278x695', '640x360', '720x403', '1920x1080'];

for (const size of SIZES) {
  test(`gray is OpenCV's, byte for byte, at ${size}`, { skip: lacksFixtures }, async () => {
    const preprocessor = new Preprocessor(STUDY_CONTRACT);
    preprocessor.process(await readImage(sharedFile('fixtures', `frame-${size}.png`)));
    const expected = await readFile(sharedFile('fixtures', `gray-${size}.bin`));
    assert.equal(Buffer.compare(preprocessor.gray, expected), 0);
  });
}

test(
  "the encoder's floats are numpy's, bit for bit, and one preprocessor serves sizes in turn",
  { skip: lacksFixtures },
  async () => {
    const file = await readFile(sharedFile('fixtures', 'images.bin'));
    const images = new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
    const preprocessor = new Preprocessor(STUDY_CONTRACT);
    for (const [index, size] of SIZES.entries()) {
      preprocessor.process(await readImage(sharedFile('fixtures', `frame-${size}.png`)));
      const length = STUDY_CONTRACT.width * STUDY_CONTRACT.height;
      assert.deepEqual(preprocessor.image, images.subarray(index * length, (index + 1) * length));
    }
  },
);

/** A picture whose pixels all differ, so that any misplaced sample shows. */
function noisePicture(width: number, height: number, seed: number) {
  let state = seed >>> 0 || 1;
  const pixels = Uint8Array.from({ length: width * height * 4 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { width, height, pixels };
}

test('a window smaller than the picture is enlarged as OpenCV does, its first and last rows too', () => {
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  preprocessor.process(noisePicture(64, 36, 1));
  const digest = createHash('sha256').update(preprocessor.gray).digest('hex');
  // cv2 5.0: cvtColor(resize(picture, (128, 72)), COLOR_BGR2GRAY) of the same bytes
  assert.equal(digest, '23d7e63e12351cf7dd8775e0455ac517ac0d7b54de341b103f4ac9cdb5f0fc09');
});

test('a crop is the same as preprocessing the cut-out picture', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 300 }),
      fc.integer({ min: 8, max: 300 }),
      fc.double({ min: 0, max: 0.45, noNaN: true }),
      fc.double({ min: 0, max: 0.45, noNaN: true }),
      fc.integer({ min: 0, max: 1000 }),
      (width, height, left, top, seed) => {
        const picture = noisePicture(width, height, seed);
        const crop = { left, top, width: 0.5, height: 0.5 };
        const cropped = new Preprocessor({ ...STUDY_CONTRACT, crop });
        cropped.process(picture);
        const [x0, y0] = [Math.round(left * width), Math.round(top * height)];
        const [x1, y1] = [Math.round((left + 0.5) * width), Math.round((top + 0.5) * height)];
        const cut = new Uint8Array((x1 - x0) * (y1 - y0) * 4);
        for (let y = y0; y < y1; y += 1) {
          cut.set(picture.pixels.subarray((y * width + x0) * 4, (y * width + x1) * 4), (y - y0) * (x1 - x0) * 4);
        }
        const whole = new Preprocessor(STUDY_CONTRACT);
        whole.process({ width: x1 - x0, height: y1 - y0, pixels: cut });
        assert.deepEqual(cropped.gray, whole.gray);
      },
    ),
    { numRuns: 60 },
  );
});

test('a flat picture keeps its value at any size, and alpha does not matter', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 0, max: 255 }),
      (width, height, value, alpha) => {
        const pixels = new Uint8Array(width * height * 4).fill(value);
        for (let i = 3; i < pixels.length; i += 4) pixels[i] = alpha;
        const preprocessor = new Preprocessor(STUDY_CONTRACT);
        preprocessor.process({ width, height, pixels });
        assert.ok(preprocessor.gray.every((gray) => gray === value));
      },
    ),
    { numRuns: 60 },
  );
});

test('a frame of known size makes no new buffers', () => {
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  const { gray, image } = preprocessor;
  preprocessor.process(noisePicture(640, 360, 1));
  const first = Uint8Array.from(gray);
  preprocessor.process(noisePicture(640, 360, 2));
  assert.equal(preprocessor.gray, gray);
  assert.equal(preprocessor.image, image);
  assert.notDeepEqual(first, gray);
});

test('fewer bytes than the picture claims is a programming error, not a gray picture', () => {
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  assert.throws(() => preprocessor.process({ width: 10, height: 10, pixels: new Uint8Array(399) }), /399 bytes/);
});

test('a crop outside the window is refused', () => {
  const crop = { left: 0.6, top: 0, width: 0.5, height: 1 };
  assert.throws(() => new Preprocessor({ ...STUDY_CONTRACT, crop }), /outside the window/);
});
