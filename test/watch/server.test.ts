/** The live page's server: who may ask, what viewers get, and what slow ones do not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { UnderstudyError } from '../../src/core/errors.js';
import { MAX_VIEWERS, WatchServer, type WatchServerOptions } from '../../src/watch/server.js';
import type { CommandAnswer, PageOrder } from '../../src/watch/messages.js';
import { until } from '../../testing/until.js';
import { watchStream } from '../../testing/watch/watch-client.js';
import { watchPicture, watchState, watchTick } from '../../testing/watch/watch-values.js';

const listen = (options: Partial<WatchServerOptions> = {}): Promise<WatchServer> =>
  WatchServer.listen({ port: 0, onCommand: null, ...options });

const tokenOf = (server: WatchServer): string => new URL(server.url).searchParams.get('token')!;

/** Status of a request whose path and headers go out exactly as given. */
async function status(
  server: WatchServer,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; text: string; headers: IncomingMessage['headers'] }> {
  const sent = request({ host: '127.0.0.1', port: server.port, path, method, headers });
  sent.on('error', () => undefined); // a refused body is not read to its end
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode!, text, headers: response.headers };
}

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (server: WatchServer, path: string, headers: Record<string, string> = {}, body = '{}') =>
  status(server, path, {
    method: 'POST',
    headers: { ...JSON_TYPE, origin: `http://127.0.0.1:${server.port}`, ...headers },
    body,
  });

test('the page comes with its token only, and loads nothing from anywhere else', async () => {
  await using server = await listen();
  const page = await status(server, `/?token=${tokenOf(server)}`);
  assert.equal(page.status, 200);
  const policy = String(page.headers['content-security-policy']);
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|https?:/);
  const files = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]);
  assert.equal(files.length, 3);
  for (const file of [...files, '/vendor/uplot.js', '/core/action-set.js', '/watch/wire.js']) {
    assert.equal((await status(server, file)).status, 200, file);
  }
  for (const path of ['/', '/?token=', '/?token=0123456789abcdef0123456789abcdef', '/stream', '/stream?token=x']) {
    assert.equal((await status(server, path)).status, 403, path);
  }
});

test('no other file is served, whatever its path looks like', async () => {
  await using server = await listen();
  const token = `?token=${tokenOf(server)}`;
  const paths = [
    '/package.json',
    '/watch/server.js',
    '/core/../watch/server.js',
    '/../package.json',
    '/%2e%2e/package.json',
  ];
  for (const path of paths) assert.equal((await status(server, path + token)).status, 404, path);
  assert.equal((await status(server, '/' + token, { method: 'PUT' })).status, 405);
});

test('a request under another name, or from the page of another, is refused', async () => {
  await using server = await listen({ onCommand: () => Promise.reject(new Error('no order may come through')) });
  const page = `/?token=${tokenOf(server)}`;
  assert.equal((await status(server, page, { headers: { host: `localhost:${server.port}` } })).status, 200);
  for (const host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1', `127.0.0.1:${server.port + 1}`]) {
    assert.equal((await status(server, page, { headers: { host } })).status, 403, host);
  }
  const arm = `/control/arm?token=${tokenOf(server)}`;
  for (const origin of ['http://evil.example', 'null', `https://127.0.0.1:${server.port}`]) {
    assert.equal((await post(server, arm, { origin })).status, 403, origin);
  }
  const noOrigin = await status(server, arm, { method: 'POST', headers: JSON_TYPE, body: '{}' });
  assert.equal(noOrigin.status, 403, 'a post that does not say where it comes from');
  assert.equal((await post(server, '/control/arm?token=wrong')).status, 403);
});

test('commands are carried out where they are allowed, and no others', async () => {
  const orders: PageOrder[] = [];
  const answer: CommandAnswer = { changed: true, arming: { state: 'paused', reason: 'it was paused', by: 'page' } };
  await using server = await listen({
    onCommand: (order) => {
      orders.push(order);
      if (order.command !== 'panic') return Promise.resolve(answer);
      return Promise.reject(
        new UnderstudyError({ kind: 'input', code: 'control-invalid', message: 'Nothing to stop.', next: 'Wait.' }),
      );
    },
  });
  const token = `?token=${tokenOf(server)}`;
  const paused = await post(server, `/control/pause${token}`);
  assert.equal(paused.status, 200);
  assert.deepEqual(JSON.parse(paused.text), answer);
  const refused = await post(server, `/control/panic${token}`);
  assert.deepEqual([refused.status, refused.text], [409, 'Nothing to stop.\n']);
  assert.equal((await post(server, `/control/release${token}`)).status, 404);
  assert.equal((await post(server, `/control/arm${token}`, { 'content-type': 'text/plain' })).status, 415);
  assert.equal((await post(server, `/control/arm${token}`, {}, 'x'.repeat(2000))).status, 413);
  const started = await post(server, `/control/start${token}&name=level%201`);
  assert.equal(started.status, 200);
  assert.deepEqual(orders, [
    { command: 'pause', name: null },
    { command: 'panic', name: null },
    { command: 'start', name: 'level 1' },
  ]);
});

test('without permission the page is read-only', async () => {
  await using server = await listen();
  const refused = await post(server, `/control/panic?token=${tokenOf(server)}`);
  assert.equal(refused.status, 403);
  assert.match(refused.text, /--watch-control/);
  using viewer = await watchStream(server.url);
  await viewer.until(() => viewer.updates.length > 0);
  assert.equal(viewer.updates[0].hello?.control, false);
});

test('a viewer gets the ticks so far, then each new one, with six decimals and every byte of a picture', async () => {
  await using server = await listen();
  server.setState(watchState('one'));
  for (let slot = 0; slot < 3; slot += 1) server.add(watchTick(slot));
  server.setPicture(watchPicture(1));
  using viewer = await watchStream(server.url);
  await viewer.until(() => viewer.pictures.length === 1);
  assert.equal(viewer.updates[0].state?.run?.name, 'one');
  assert.deepEqual(
    viewer.updates[0].ticks.map(({ slot }) => slot),
    [0, 1, 2],
  );
  assert.equal(viewer.updates[0].ticks[0].probabilities?.[4], 0.123457);
  assert.deepEqual(
    { ...viewer.pictures[0], colour: [...viewer.pictures[0].colour], gray: [...viewer.pictures[0].gray] },
    {
      ...watchPicture(1),
      colour: [...watchPicture(1).colour],
      gray: [...watchPicture(1).gray],
    },
  );
  server.add(watchTick(3));
  await viewer.until(() => viewer.updates.length === 2);
  assert.deepEqual([viewer.updates[1].ticks.map(({ slot }) => slot), viewer.updates[1].state], [[3], undefined]);
  server.setState(watchState('two'));
  await viewer.until(() => viewer.updates.length === 3);
  assert.equal(viewer.updates[2].state?.run?.name, 'two');
});

test('only the last ten seconds are kept for a viewer that comes later', async () => {
  await using server = await listen();
  for (let slot = 0; slot < 500; slot += 1) server.add(watchTick(slot));
  using viewer = await watchStream(server.url);
  await viewer.until(() => viewer.updates.length > 0);
  const slots = viewer.updates[0].ticks.map(({ slot }) => slot);
  assert.deepEqual([slots[0], slots.at(-1), slots.length], [399, 499, 101]);
});

test('a viewer that draws slowly gets fewer pictures, always a new one, and every tick', async () => {
  await using server = await listen();
  using slow = await watchStream(server.url, { acknowledges: false });
  using quick = await watchStream(server.url);
  for (let number = 1; number <= 8; number += 1) {
    server.setPicture(watchPicture(number));
    server.add(watchTick(number));
    await quick.until(() => quick.pictures.at(-1)?.header.number === number);
    await quick.acknowledged(); // else the next picture may find the quick viewer with two under way, and skip its turn
  }
  await slow.until(() => slow.updates.flatMap(({ ticks }) => ticks).length === 8);
  assert.deepEqual(
    slow.pictures.map(({ header }) => header.number),
    [1, 2],
    'two are under way, and no more until it says that it has drawn one',
  );
  await fetch(`http://127.0.0.1:${server.port}/seen?viewer=1&picture=2&token=${tokenOf(server)}`, {
    method: 'POST',
    headers: { ...JSON_TYPE, origin: `http://127.0.0.1:${server.port}` },
    body: '{}',
  });
  await slow.until(() => slow.pictures.length === 3);
  assert.equal(slow.pictures[2].header.number, 8, 'the newest, not the next');
});

test(
  'a viewer that reads nothing costs no memory, delays no one, and is disconnected',
  { timeout: 60_000 },
  async () => {
    let nowMs = 0;
    await using server = await listen({ nowMs: () => nowMs });
    using silent = await watchStream(server.url, { readsNothing: true });
    using viewer = await watchStream(server.url);
    const bulk = 'x'.repeat(40_000);
    // 20 MB: more than two sockets' buffers hold
    for (let slot = 0; slot < 500; slot += 1) {
      nowMs += 50;
      server.add(watchTick(slot, { gate: bulk }));
      await viewer.until(() => viewer.updates.at(-1)?.ticks.at(-1)?.slot === slot);
    }
    assert.equal(
      viewer.updates.reduce((sum, { dropped }) => sum + dropped, 0),
      0,
    );
    nowMs += 60_000;
    server.add(watchTick(500));
    await until('the silent viewer is disconnected', () => server.viewers === 1);
    silent.response.resume();
    await silent.ended;
  },
);

test(`more than ${MAX_VIEWERS} viewers are refused; one that leaves makes room`, async () => {
  const counts: number[] = [];
  await using server = await listen({ onViewers: (viewers) => counts.push(viewers) });
  const viewers = await Promise.all(Array.from({ length: MAX_VIEWERS }, () => watchStream(server.url)));
  assert.equal((await status(server, `/stream?token=${tokenOf(server)}`)).status, 503);
  viewers[0][Symbol.dispose]();
  await until('the place is free', () => server.viewers === MAX_VIEWERS - 1);
  using another = await watchStream(server.url);
  await another.until(() => another.updates.length === 1);
  assert.equal(Math.max(...counts), MAX_VIEWERS);
  for (const viewer of viewers) viewer[Symbol.dispose]();
});

test('the end reaches every viewer, and the port is free again', async () => {
  const server = await listen();
  using viewer = await watchStream(server.url);
  await viewer.until(() => viewer.updates.length === 1);
  const { port } = server;
  server.setState(watchState('one', { ended: true }));
  await server[Symbol.asyncDispose]();
  await viewer.ended;
  assert.equal(viewer.updates.at(-1)?.state?.ended, true);
  await using next = await listen({ port });
  assert.equal(next.port, port);
});

test('a port that another program has is an error with its code, and says what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await assert.rejects(listen({ port }), (error: UnderstudyError) => {
    assert.deepEqual([error.code, error.exitCode], ['port-taken', 4]);
    assert.match(error.next, /--watch-port/);
    return true;
  });
  other.close();
});
