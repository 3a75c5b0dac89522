import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { SystemClock } from '../../src/core/clock.js';
import { UnderstudyError } from '../../src/core/errors.js';
import { Random } from '../../src/core/random.js';
import { OverlayCanvas } from '../../src/evaluation/overlay/overlay-canvas.js';
import { OverlayLayout } from '../../src/evaluation/overlay/layout.js';
import { writeOverlayVideo } from '../../src/evaluation/overlay/overlay-video.js';
import { copyPart, fillPart, fromBgra, planarImage } from '../../src/evaluation/overlay/planar.js';
import { emptyTrack, predict } from '../../src/evaluation/overlay/predict.js';
import { agreement, cellState, type OverlayScript, type Track } from '../../src/evaluation/overlay/tracks.js';
import { openPolicy } from '../../src/policy/model-policy.js';
import { readVideo } from '../../src/session/read-video.js';
import type { Frame } from '../../src/core/frame.js';
import { isHeldInTimeline, lampStates } from '../../testing/pictures/overlay-pixels.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('overlay');
const NEVER = new AbortController().signal;

/** Tracks of held actions that change at random, the model's silent in the first ten frames. */
function randomScript(frames: number, models: number): OverlayScript {
  const random = new Random(4);
  const track = (name: string): Track => {
    const filled = emptyTrack(name, STUDY_ACTIONS, frames);
    for (let frame = 0; frame < frames; frame += 1) {
      filled.held[frame] = frame % 3 > 0 ? filled.held[frame - 1] : random.integer(0, 127);
      filled.answered[frame] = 1;
      filled.probabilities!.setRows(
        frame,
        Array.from(STUDY_ACTIONS.names, () => random.next()),
      );
    }
    return filled;
  };
  const silentAtFirst = (name: string): Track => {
    const model = track(name);
    model.answered.fill(0, 0, 10);
    return model;
  };
  return {
    actions: STUDY_ACTIONS,
    frames,
    rateHz: 10,
    seconds: Float64Array.from({ length: frames }, (_, frame) => frame / 10),
    fights: Int32Array.from({ length: frames }, (_, frame) => (frame < frames / 2 ? 0 : -1)),
    pressed: { ...track('HUMAN'), probabilities: null },
    models: Array.from({ length: models }, (_, model) => silentAtFirst(`model ${model + 1}`)),
    outcomes: null,
  };
}

async function* grayPictures(frames: number, width: number, height: number) {
  const picture = planarImage(width, height);
  for (let frame = 0; frame < frames; frame += 1) {
    picture.pixels.fill(60 + (frame % 100), 0, width * height);
    picture.pixels.fill(128, width * height);
    yield await Promise.resolve({ frame, picture });
  }
}

for (const [width, height, models] of [
  [640, 360, 1],
  [1280, 720, 2],
  [320, 180, 4],
] as const) {
  test(`lamps and timeline of ${width}x${height} with ${models} models show each track, in the decoded video`, async () => {
    const frames = 40;
    const script = randomScript(frames, models);
    const out = join(folder, `${width}.mp4`);
    const written = await writeOverlayVideo(script, grayPictures(frames, width, height), { out, signal: NEVER });
    const times = height < 320 ? 2 : 1;
    const layout = new OverlayLayout({ width: width * times, height: height * times }, models, STUDY_ACTIONS);
    assert.deepEqual(written, { frames, width: layout.width, height: layout.height });
    const tracks = [script.pressed, ...script.models];
    for await (const image of readVideo(out)) {
      for (const [column, track] of tracks.entries()) {
        const against = column === 0 ? null : script.pressed;
        const expected = STUDY_ACTIONS.names.map((_, action) => cellState(track, against, image.index, action));
        assert.deepEqual(lampStates(image, layout, column), expected, `frame ${image.index}, column ${column}`);
        for (let frame = 0; frame < frames; frame += 1) {
          if (Math.abs(frame - image.index) <= 2) continue; // the playhead is there
          for (let action = 0; action < STUDY_ACTIONS.count; action += 1) {
            const isOn = cellState(track, against, frame, action).startsWith('on');
            const place = { column, action, frame, frames };
            const what = `picture ${image.index}: ${STUDY_ACTIONS.names[action]} of column ${column} at frame ${frame}`;
            assert.equal(isHeldInTimeline(image, layout, place), isOn, what);
          }
        }
      }
    }
  });
}

test('nothing of a column or a timeline lies outside the picture, at any size and number of models', () => {
  for (const [width, height] of [
    [320, 320],
    [640, 360],
    [1278, 694],
    [1920, 1080],
    [3840, 2160],
    [400, 1200],
  ] as const) {
    for (let models = 1; models <= 4; models += 1) {
      const layout = new OverlayLayout({ width, height }, models, STUDY_ACTIONS);
      for (let column = 0; column < layout.columns; column += 1) {
        for (let action = 0; action < STUDY_ACTIONS.count; action += 1) {
          const boxes = [layout.cell(column, action), layout.lamp(column, action), layout.bar(column, action)];
          for (const box of boxes) {
            const text = `${width}x${height} ${JSON.stringify(box)}`;
            assert.ok(
              Object.values(box).every((value: number) => value % 2 === 0 && value >= 0),
              text,
            );
            assert.ok(box.left >= width && box.left + box.width <= layout.width, text);
            assert.ok(box.top + box.height <= height, text);
          }
          const band = layout.band(column, action);
          assert.ok(band.top + band.height <= layout.timeline.height && band.left + band.width <= layout.width);
        }
      }
      assert.ok(layout.width % 2 === 0 && layout.height % 2 === 0);
    }
  }
});

test('the playhead is over the frame that is shown, its number beside it, and leaves nothing behind', async () => {
  const frames = 300;
  const script = randomScript(frames, 1);
  const canvas = await OverlayCanvas.open({ width: 640, height: 360 }, script);
  const picture = planarImage(640, 360);
  canvas.draw(0, picture);
  const first = Uint8Array.from(canvas.image.pixels);
  for (const frame of [150, 299, 7]) canvas.draw(frame, picture);
  const { layout, image } = canvas;
  const at = (x: number, y: number): number => image.pixels[y * image.width + x];
  const y = layout.timeline.top + layout.rowTop(3);
  assert.ok(at(layout.playheadLeft(7, frames), y) > 200);
  for (const frame of [0, 150, 299]) assert.ok(at(layout.playheadLeft(frame, frames), y) < 120, `frame ${frame}`);
  canvas.draw(0, picture);
  assert.deepEqual(canvas.image.pixels, first);
});

test('a model that answers NaN is a damaged bundle, not a missing prediction', async () => {
  const bundle = await smallBundle(join(folder, 'nan'));
  const { latentSize, windowLength } = bundle.manifest;
  const dispose = { [Symbol.asyncDispose]: () => Promise.resolve() };
  const encoder = { latentSize, encode: () => Promise.resolve(), ...dispose };
  const head = {
    latents: new Float32Array(windowLength * latentSize),
    predict: (probabilities: Float32Array) => Promise.resolve(void probabilities.fill(Number.NaN)),
    ...dispose,
  };
  const clock = new SystemClock();
  await using policy = await openPolicy({ bundle, clock, rateHz: 10, model: { encoder, head } });
  const pixels = new Uint8Array(128 * 72 * 4);
  async function* frames(): AsyncGenerator<Frame> {
    for (let index = 0; index < 20; index += 1) {
      const at = { capturedAtMs: index * 100, capturedAtUnixMs: index * 100 };
      yield await Promise.resolve({ index, ...at, width: 128, height: 72, pixels, repeated: false, stale: false });
    }
  }
  const track = emptyTrack('nan', bundle.actions, 20);
  const prediction = { policy, delayFrames: 1, fights: new Int32Array(20), signal: NEVER };
  await assert.rejects(predict(frames(), track, prediction), (error: unknown) => {
    assert.ok(error instanceof UnderstudyError && error.code === 'bundle-corrupt', String(error));
    return /NaN/.test(error.message);
  });
  assert.ok(track.answered.every((value) => value === 0));
});

test('pictures that end before their first frame, and a signal, leave no file', async () => {
  const out = join(folder, 'none.mp4');
  const script = randomScript(20, 1);
  await assert.rejects(writeOverlayVideo(script, grayPictures(0, 640, 360), { out, signal: NEVER }), {
    code: 'video-unreadable',
  });
  const stop = new AbortController();
  const onFrame = (done: number): void => void (done === 5 && stop.abort());
  const written = await writeOverlayVideo(script, grayPictures(20, 640, 360), { out, signal: stop.signal, onFrame });
  assert.equal(written, null);
  assert.ok(!existsSync(out) && !existsSync(`${out}.part`));
});

test('memory does not grow with the length of the video', async () => {
  const frames = 900; // 570 MB of pictures, were they kept
  const out = join(folder, 'long.mp4');
  let [early, most] = [0, 0];
  const onFrame = (done: number): void => {
    const { rss } = process.memoryUsage();
    if (done === 200) early = rss;
    if (done > 200) most = Math.max(most, rss);
  };
  await writeOverlayVideo(randomScript(frames, 1), grayPictures(frames, 640, 360), { out, signal: NEVER, onFrame });
  rmSync(out);
  assert.ok(most - early < 150e6, `${((most - early) / 1e6).toFixed(0)} MB more after frame 200`);
});

test('agreement counts what was pressed and what was not, where the model says anything', () => {
  const pressed = { ...emptyTrack('HUMAN', STUDY_ACTIONS, 4), probabilities: null };
  pressed.answered.fill(1);
  pressed.held.fill(STUDY_ACTIONS.holding('SHOOT'));
  const model = emptyTrack('m', STUDY_ACTIONS, 4, STUDY_ACTIONS.holding('SHOOT', 'LEFT'));
  assert.deepEqual(agreement(STUDY_ACTIONS, model, pressed), { frames: 0, share: null });
  model.answered.set([0, 1, 1, 0]);
  model.held.set([0, STUDY_ACTIONS.holding('SHOOT'), STUDY_ACTIONS.holding('LEFT'), 0]);
  assert.deepEqual(agreement(STUDY_ACTIONS, model, pressed), { frames: 2, share: 0.5 });
});

test('planes are filled, copied and converted as the colours of BT.601', () => {
  const bgra = new Uint8Array(4 * 4 * 4).fill(255);
  const white = fromBgra({ width: 4, height: 4, pixels: bgra });
  assert.deepEqual([...new Set(white.pixels.subarray(0, 16))], [235]);
  assert.deepEqual([...new Set(white.pixels.subarray(16))], [128]);
  const red = planarImage(4, 4);
  fillPart(red, { left: 0, top: 0, width: 4, height: 4 }, [0, 0, 255]);
  assert.deepEqual([red.pixels[0], red.pixels[16], red.pixels[20]], [82, 90, 240]);
  copyPart(red, white, { left: 0, top: 0, width: 2, height: 2 }, 2, 2);
  assert.deepEqual(
    [...red.pixels],
    [82, 82, 82, 82, 82, 82, 82, 82, 82, 82, 235, 235, 82, 82, 235, 235, 90, 90, 90, 128, 240, 240, 240, 128],
  );
});
