import assert from 'node:assert/strict';
import test from 'node:test';
import { UnderstudyError } from '../../src/core/errors.js';
import type { Clock } from '../../src/core/clock.js';
import { TimedSource, type Picture } from '../../src/capture/timed-source.js';

const signal = new AbortController().signal;

/** Time that stands still until the test moves it. */
class HandClock implements Clock {
  #nowMs = 0;
  #sleepers: { readonly deadlineMs: number; readonly wake: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  sleepUntil(deadlineMs: number, until?: AbortSignal): Promise<void> {
    if (deadlineMs <= this.#nowMs || until?.aborted) return Promise.resolve();
    return new Promise((wake) => {
      this.#sleepers.push({ deadlineMs, wake });
      until?.addEventListener('abort', () => wake());
    });
  }

  moveTo(nowMs: number): void {
    this.#nowMs = nowMs;
    for (const { deadlineMs, wake } of this.#sleepers) if (deadlineMs <= nowMs) wake();
    this.#sleepers = this.#sleepers.filter(({ deadlineMs }) => deadlineMs > nowMs);
  }
}

function picture(value: number, width = 2): Picture {
  return { width, height: 1, pixels: new Uint8Array(width * 4).fill(value) };
}

/** A source whose grabs end when the test says so. */
function scripted() {
  const clock = new HandClock();
  const grabs: { resolve: (picture: Picture | null) => void; reject: (error: unknown) => void }[] = [];
  const grab = () =>
    new Promise<Picture | null>((resolve, reject) => {
      grabs.push({ resolve, reject });
    });
  const source = new TimedSource(grab, { clock, periodMs: 100 });
  return { clock, grabs, source };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a grab that comes in time is the frame, timed from when it began', async () => {
  const { clock, grabs, source } = scripted();
  clock.moveTo(1000);
  const next = source.next(1050, signal);
  clock.moveTo(1020);
  grabs[0].resolve(picture(7));
  const frame = await next;
  assert.deepEqual([frame?.index, frame?.capturedAtMs, frame?.stale, frame?.repeated], [0, 1000, false, false]);
  assert.equal(frame?.pixels[0], 7);
  assert.equal(source.reachedRateHz, 50);
});

test('a grab past its deadline starves the tick, and what it brings later is never given', async () => {
  const { clock, grabs, source } = scripted();
  const first = source.next(50, signal);
  await turn();
  clock.moveTo(50);
  assert.equal(await first, null);

  clock.moveTo(100);
  const second = source.next(150, signal);
  await turn();
  assert.equal(grabs.length, 1, 'no second grab beside the one that runs');
  clock.moveTo(120);
  grabs[0].resolve(picture(1));
  await turn();
  assert.equal(grabs.length, 2, 'the late picture is dropped and a new one taken');
  grabs[1].resolve(picture(2));
  const frame = await second;
  assert.deepEqual([frame?.index, frame?.pixels[0], frame?.capturedAtMs, frame?.repeated], [1, 2, 120, false]);
});

test('a grab that outlasts several ticks starves each of them and is still alone', async () => {
  const { clock, grabs, source } = scripted();
  for (let tick = 0; tick < 5; tick += 1) {
    const next = source.next(tick * 100 + 50, signal);
    await turn();
    clock.moveTo(tick * 100 + 50);
    assert.equal(await next, null);
    clock.moveTo((tick + 1) * 100);
  }
  assert.equal(grabs.length, 1);
  grabs[0].resolve(null);
  await turn();
  assert.equal(source.reachedRateHz, 2, 'one grab in 500 ms');
  await source[Symbol.asyncDispose]();
});

test('a frame older than a period when it is handed out is stale', async () => {
  const { clock, grabs, source } = scripted();
  const next = source.next(500, signal);
  clock.moveTo(101);
  grabs[0].resolve(picture(1));
  assert.equal((await next)?.stale, true);
});

test('equal pictures of the same size are repeated', async () => {
  const { grabs, source } = scripted();
  const pictures = [picture(1), picture(1), picture(2), picture(2, 3)];
  const repeated: (boolean | undefined)[] = [];
  for (const [i, each] of pictures.entries()) {
    const next = source.next(Infinity, signal);
    await turn();
    grabs[i].resolve(each);
    repeated.push((await next)?.repeated);
  }
  assert.deepEqual(repeated, [false, true, false, false]);
});

test('a grab that fails starves its tick and the next one tries again', async () => {
  const { grabs, source } = scripted();
  const failing = source.next(Infinity, signal);
  grabs[0].reject(new Error('X'));
  assert.equal(await failing, null);
  const working = source.next(Infinity, signal);
  await turn();
  grabs[1].resolve(picture(1));
  assert.ok(await working);
});

test('a lasting failure ends the source, even when it comes late', async () => {
  const { clock, grabs, source } = scripted();
  const first = source.next(50, signal);
  await turn();
  clock.moveTo(50);
  assert.equal(await first, null);
  const gone = new UnderstudyError({ kind: 'environment', code: 'window-closed', message: 'gone', next: '' });
  grabs[0].reject(gone);
  await turn();
  for (let i = 0; i < 2; i += 1) await assert.rejects(source.next(1000, signal), gone);
  assert.equal(grabs.length, 1);
});

test('an aborted wait gives null at once and leaves nothing unhandled', async () => {
  const { grabs, source } = scripted();
  const stop = new AbortController();
  const next = source.next(Infinity, stop.signal);
  await turn();
  stop.abort();
  assert.equal(await next, null);
  const disposed = source[Symbol.asyncDispose]();
  grabs[0].reject(new Error('too late to matter'));
  await disposed;
});
