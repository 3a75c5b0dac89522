import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import { grayDataUri, readImage, writeImage } from '../../src/vision/image-file.js';
import { openFolder } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  using folder = openFolder('image');
  await run(folder.path);
}

test('a BGRA picture comes back from PNG byte for byte', () =>
  inFolder(async (folder) => {
    const width = 7;
    const height = 5;
    const pixels = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256));
    const path = join(folder, 'a.png');
    await writeImage(path, { width, height, pixels });
    const back = await readImage(path);
    assert.deepEqual([back.width, back.height], [width, height]);
    assert.deepEqual(back.pixels, pixels);
  }));

test('a gray picture comes back with its gray in all three colours and full alpha', () =>
  inFolder(async (folder) => {
    const gray = Uint8Array.from({ length: 6 }, (_, i) => i * 50);
    const path = join(folder, 'g.png');
    const png = (await grayDataUri(gray, 3, 2)).replace('data:image/png;base64,', '');
    await writeFile(path, Buffer.from(png, 'base64'));
    const { pixels } = await readImage(path);
    assert.deepEqual(pixels, Uint8Array.from([...gray].flatMap((value) => [value, value, value, 255])));
  }));

test('a missing, a damaged and an unwritable picture have different error codes', () =>
  inFolder(async (folder) => {
    await assert.rejects(readImage(join(folder, 'none.png')), hasCode('file-missing'));
    await assert.rejects(readImage(folder), hasCode('image-unreadable'));
    const damaged = join(folder, 'damaged.png');
    await writeFile(damaged, 'not a picture');
    await assert.rejects(readImage(damaged), hasCode('image-unreadable'));
    await assert.rejects(
      writeImage(join(folder, 'no', 'a.png'), { width: 1, height: 1, pixels: new Uint8Array(4) }),
      hasCode('write-failed'),
    );
  }));

/** A picture that another program wrote, as its name says. */
const ofOthers = (name: string): string => join(PROJECT_ROOT, 'test', 'vision', 'formats', name);

test('pictures of 16 bits, with a palette and with a turn are read as OpenCV reads them', async () => {
  const sixteen = await readImage(ofOthers('opencv-16-bit.png'));
  assert.deepEqual([...sixteen.pixels], [0x12, 0x80, 0xfe, 255, 0xff, 0x01, 0x00, 255]);
  const palette = await readImage(ofOthers('pillow-palette.png'));
  assert.deepEqual([...palette.pixels], [20, 10, 200, 255, 40, 210, 30, 255]);
  const turned = await readImage(ofOthers('pillow-turned.png'));
  assert.deepEqual([turned.width, turned.height], [1, 2]);
  assert.deepEqual([...turned.pixels], [20, 10, 200, 255, 40, 210, 30, 255]);
});

test('pictures with colours for print, or of fractions, are refused by their name', async () => {
  await assert.rejects(readImage(ofOthers('pillow-cmyk.jpg')), hasCode('image-unreadable', 'CMYK', 'RGB PNG'));
  await assert.rejects(readImage(ofOthers('opencv-float.tiff')), hasCode('image-unreadable', 'float', 'RGB PNG'));
});
