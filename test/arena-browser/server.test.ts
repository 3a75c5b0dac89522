import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { UnderstudyError } from '../../src/core/errors.js';
import { Fight } from '../../src/arena/fight.js';
import { MAX_BODY_BYTES } from '../../src/arena/browser/posts.js';
import { startArenaServer, type ArenaServer } from '../../src/arena/browser/server.js';
import type { FightPost, ProgressPost } from '../../src/arena/page/messages.js';
import { InputLog } from '../../src/arena/replay.js';

const NO_KEYS = { presses: 0, releases: 0, repeats: 0, other: 0 };

function postUrl(server: ArenaServer, kind: string): string {
  return `http://127.0.0.1:${server.port}/post/${kind}?token=${new URL(server.url).searchParams.get('token')}`;
}

function post(server: ArenaServer, kind: string, body: unknown, url = postUrl(server, kind)): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Status of a request whose path and headers go out exactly as given (fetch would tidy them). */
async function rawStatus(server: ArenaServer, path: string, headers: Record<string, string> = {}): Promise<number> {
  const sent = request({ host: '127.0.0.1', port: server.port, path, headers });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode!;
}

function progress(keys = NO_KEYS, command = 0): ProgressPost {
  return {
    ...{ seed: 1, level: 'normal', page: 'waiting', steps: 0, stage: 'ready', bossPhase: 1, bossHitsLeft: 60 },
    ...{ playerHitPoints: 3, keys, focused: true, width: 1280, height: 720, droppedMs: 0, drawnFrames: 1, command },
  };
}

/** What a page would post after a fight in which no key was pressed. */
function idleFight(seed: number): FightPost {
  const fight = new Fight({ seed, level: 'normal' });
  const inputs = new InputLog();
  while (fight.outcome === null) {
    inputs.add(0);
    fight.step(0);
  }
  const { summary } = fight;
  return {
    ...{ seed, level: 'normal', outcome: fight.outcome, seconds: summary.seconds, summary },
    ...{ keyEvents: [], keyEventsDropped: 0, keys: NO_KEYS, inputs: inputs.runs(), stateHash: fight.stateHash() },
    droppedMs: 0,
  };
}

test('the page and every module it imports are served, and no other file', async () => {
  await using server = await startArenaServer({ seed: 1, level: 'normal' });
  const page = await fetch(server.url);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type')!, /^text\/html/);
  assert.match(page.headers.get('content-security-policy')!, /default-src 'none'/);
  for (const path of ['/arena/page/main.js', '/arena/page/pulse-worker.js', '/arena/fight.js', '/core/random.js']) {
    const module = await fetch(new URL(path, server.url));
    assert.equal(module.status, 200, path);
    assert.match(module.headers.get('content-type')!, /^text\/javascript/);
  }
  // there on the disk, but nothing that the page imports
  for (const path of ['/core/clock.js', '/arena/browser/server.js', '/arena/page/main.js.map', '/arena/']) {
    assert.equal((await fetch(new URL(path, server.url))).status, 404, path);
  }
});

test('the borders of fights are reported in sequence, each once, and a page that is loaded again counts from the start', async () => {
  await using server = await startArenaServer({ seed: 1, level: 'normal' });
  const heard: string[] = [];
  server.events.on('border', ({ border, number }) => heard.push(`${border} ${number}`));
  const tell = async (border: string, number: number, tMs: unknown = 1000): Promise<number> =>
    (await post(server, 'border', { seed: 1, level: 'normal', border, tMs, number })).status;
  assert.deepEqual([server.border], [null]);
  for (const number of [1, 1, 2]) assert.equal(await tell(number === 1 ? 'begin' : 'end', number), 200);
  assert.deepEqual(heard, ['begin 1', 'end 2']);
  assert.equal(server.border?.border, 'end');
  assert.equal(await tell('pause', 3), 400);
  assert.equal(await tell('begin', 3, 'now'), 400);
  await post(server, 'ready', { width: 1, height: 1, ratio: 1, focused: true });
  assert.equal(await tell('begin', 1), 200);
  assert.deepEqual(heard, ['begin 1', 'end 2', 'begin 1']);
});

test('a path that climbs out of the tree finds nothing', async () => {
  await using server = await startArenaServer({ seed: 1, level: 'normal' });
  for (const path of [
    '/../package.json',
    '/arena/../../package.json',
    '/arena/%2e%2e/%2e%2e/package.json',
    '/arena/..%2f..%2fpackage.json',
    '//etc/passwd',
    '/arena/page/main.js%00',
  ]) {
    assert.equal(await rawStatus(server, path), 404, path);
  }
});

test('a request under another host name or from another origin is refused', async () => {
  await using server = await startArenaServer({ seed: 1, level: 'normal' });
  assert.equal(await rawStatus(server, '/', { host: 'evil.example' }), 403);
  assert.equal(await rawStatus(server, '/', { host: `evil.example:${server.port}` }), 403);
  assert.equal(await rawStatus(server, '/', { origin: 'http://evil.example' }), 403);
  assert.equal(await rawStatus(server, '/', { host: `localhost:${server.port}` }), 200);
});

test('a post without the token, or with another, is refused and changes nothing', async () => {
  await using server = await startArenaServer({ seed: 1, level: 'normal' });
  const url = `http://127.0.0.1:${server.port}/post/progress`;
  const body = progress({ ...NO_KEYS, presses: 9 });
  assert.equal((await post(server, 'progress', body, url)).status, 403);
  assert.equal((await post(server, 'progress', body, `${url}?token=${'0'.repeat(32)}`)).status, 403);
  assert.equal(server.progress, null);
  assert.equal((await post(server, 'progress', body)).status, 200);
  assert.equal(server.keyCounts.presses, 9);
});

test('a post that is not JSON, or of the wrong shape, kind, type or method is refused and says why', async () => {
  await using server = await startArenaServer({ seed: 1, level: 'normal' });
  const broken = await post(server, 'progress', '{"seed":');
  assert.deepEqual([broken.status, await broken.text()], [400, 'not JSON']);
  const wrong = await post(server, 'progress', { ...progress(), bossPhase: 4 });
  assert.equal(wrong.status, 400);
  assert.match(await wrong.text(), /bossPhase/);
  assert.equal((await post(server, 'nonsense', {})).status, 404);
  assert.equal((await post(server, 'constructor', {})).status, 404);
  assert.equal((await fetch(postUrl(server, 'progress'), { method: 'POST', body: '{}' })).status, 415);
  assert.equal((await fetch(postUrl(server, 'progress'))).status, 405);
  assert.equal(server.progress, null);
});

test('a body larger than the bound is refused, whether or not it says its length', async () => {
  await using server = await startArenaServer({ seed: 1, level: 'normal' });
  const refused: number[] = [];
  server.events.on('refused', (status) => refused.push(status));
  const path = new URL(postUrl(server, 'fight'));
  for (const head of [`content-length: ${MAX_BODY_BYTES + 1}`, 'transfer-encoding: chunked']) {
    const socket = connect(server.port, '127.0.0.1');
    const turnedDown = once(server.events, 'refused');
    socket.on('error', () => undefined); // the server closes the connection while the rest is still being sent
    socket.resume();
    const lines = [
      `POST ${path.pathname}${path.search} HTTP/1.1`,
      `host: ${path.host}`,
      'content-type: application/json',
      head,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const chunk = 'x'.repeat(MAX_BODY_BYTES + 1);
    if (head.startsWith('transfer')) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    await turnedDown;
    socket.destroy();
  }
  assert.deepEqual(refused, [413, 413]);
});

test('a fight whose inputs lead to its hash is reproduced; one with other inputs is not', async () => {
  await using server = await startArenaServer({ seed: 7, level: 'normal' });
  const honest = idleFight(7);
  assert.equal(honest.outcome, 'lost');
  await post(server, 'fight', honest);
  await post(server, 'fight', { ...honest, outcome: 'won' });
  await post(server, 'fight', { ...honest, inputs: [[STUDY_ACTIONS.holding('SHOOT'), 200], ...honest.inputs] });
  const played = [await server.nextOutcome(), await server.nextOutcome(), await server.nextOutcome()];
  assert.deepEqual(
    played.map((fight) => fight.reproduced),
    [true, false, false],
  );
});

test('waiting for an outcome ends when its signal aborts', async () => {
  await using server = await startArenaServer({ seed: 1, level: 'normal' });
  const controller = new AbortController();
  const waiting = server.nextOutcome(controller.signal);
  controller.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
});

test('a command is repeated until the page says that it carried it out, and each has its own number', async () => {
  await using server = await startArenaServer({ seed: 1, level: 'normal' });
  const command = async (done: number): Promise<unknown> =>
    ((await (await post(server, 'progress', progress(NO_KEYS, done))).json()) as { command: unknown }).command;
  assert.equal(await command(0), null);
  server.begin({ seed: 5, level: 'hard' });
  const first = { number: 1, begin: { seed: 5, level: 'hard' } };
  assert.deepEqual([await command(0), await command(0), await command(1)], [first, first, null]);
  server.begin({ seed: 6, level: 'normal' });
  assert.deepEqual(await command(1), { number: 2, begin: { seed: 6, level: 'normal' } });
});

test('a port that is taken is a clear error', async () => {
  await using server = await startArenaServer({ seed: 1, level: 'normal' });
  await assert.rejects(
    startArenaServer({ seed: 1, level: 'normal', port: server.port }),
    (error) => error instanceof UnderstudyError && error.code === 'port-taken' && error.exitCode === 4,
  );
});
