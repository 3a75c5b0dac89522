/** The control socket between one agent and many terminals, in the test's own runtime folder. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { z } from 'zod';
import { ask, chooseAgents } from '../../src/control/client.js';
import { ControlMethods } from '../../src/control/method-registry.js';
import { MAX_MESSAGE_BYTES } from '../../src/control/protocol.js';
import { ControlServer } from '../../src/control/server.js';
import { findAgentSockets } from '../../src/control/sockets.js';
import { UnderstudyError } from '../../src/core/errors.js';
import { openFolder, type TemporaryFolder } from '../../testing/temporary-folder.js';

let opened: TemporaryFolder;
let base: string;
let env: NodeJS.ProcessEnv;
const folder = (): string => join(base, 'understudy');

beforeEach(() => {
  opened = openFolder('control');
  base = opened.path;
  env = { XDG_RUNTIME_DIR: base };
});
afterEach(() => opened[Symbol.dispose]());

function methods(): ControlMethods {
  const made = new ControlMethods();
  made.add('status', z.strictObject({}), () => ({ held: ['JUMP'] }));
  made.add('threshold', z.strictObject({ action: z.string(), press: z.number().max(1) }), (params) => params);
  made.add('refuse', z.strictObject({}), () => {
    throw new UnderstudyError({ kind: 'input', code: 'bad-threshold', message: 'No.', next: 'Say yes.' });
  });
  made.add('crash', z.strictObject({}), () => {
    throw new TypeError('a fault of ours');
  });
  return made;
}

/** Writes raw bytes and answers everything that came back until the server closed or a line arrived. */
async function say(path: string, bytes: string | Buffer): Promise<string> {
  const socket = connect(path);
  socket.on('error', () => undefined); // it may close the connection while we still send
  socket.write(bytes);
  let heard = '';
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
    if (heard.includes('\n')) socket.destroy();
  });
  await once(socket, 'close');
  return heard;
}

test('an agent is found, asked, and gone once it has closed its socket', async () => {
  const server = await ControlServer.listen('run-a', methods(), env);
  const [agent] = await chooseAgents({}, env);
  assert.deepEqual([agent.run, agent.pid], ['run-a', process.pid]);
  assert.deepEqual(await ask(agent, 'status'), { held: ['JUMP'] });
  assert.deepEqual(await ask(agent, 'threshold', { action: 'JUMP', press: 0.5 }), { action: 'JUMP', press: 0.5 });
  await server[Symbol.asyncDispose]();
  await assert.rejects(chooseAgents({}, env), { code: 'no-agent' });
  await assert.rejects(ask(agent, 'status'), { code: 'agent-silent' });
  assert.deepEqual(readdirSync(folder()), []);
});

test('only its user can reach an agent: socket 0600 in a folder 0700, and a folder of others is refused', async () => {
  await using server = await ControlServer.listen('run-a', methods(), env);
  assert.equal(statSync(server.socket.path).mode & 0o777, 0o600);
  assert.equal(statSync(folder()).mode & 0o777, 0o700);
  chmodSync(folder(), 0o777);
  await findAgentSockets(env);
  assert.equal(statSync(folder()).mode & 0o777, 0o700, 'a folder left open is closed again');
  const elsewhere = join(base, 'b');
  mkdirSync(elsewhere);
  symlinkSync(folder(), join(elsewhere, 'understudy'));
  await assert.rejects(ControlServer.listen('run-b', methods(), { XDG_RUNTIME_DIR: elsewhere }), {
    code: 'write-failed',
  });
});

test("errors keep the agent's code and advice, and a fault of ours is reported as one", async () => {
  await using server = await ControlServer.listen('run-a', methods(), env);
  await assert.rejects(ask(server.socket, 'refuse'), { code: 'bad-threshold', message: 'No.', next: 'Say yes.' });
  await assert.rejects(ask(server.socket, 'crash'), { code: 'fault', message: 'a fault of ours' });
  await assert.rejects(ask(server.socket, 'no-such-method'), { code: 'control-invalid' });
  await assert.rejects(ask(server.socket, 'threshold', { action: 'JUMP', press: 2 }), /press/);
  await assert.rejects(ask(server.socket, 'status', { extra: 1 }), { code: 'control-invalid' });
});

test('text that is not a message is answered with an error, and the agent keeps running', async () => {
  await using server = await ControlServer.listen('run-a', methods(), env);
  const { path } = server.socket;
  for (const bytes of ['\x00\xff\n', '[]\n', '{"v":2,"id":1,"method":"status"}\n', '{"v":1,"id":-1}\n', 'null\n']) {
    assert.match(await say(path, bytes), /control-invalid/, JSON.stringify(bytes));
  }
  assert.match(await say(path, Buffer.alloc(MAX_MESSAGE_BYTES + 2, 'x')), /more than/);
  assert.deepEqual(await ask(server.socket, 'status'), { held: ['JUMP'] });
});

test('a request that comes in pieces, and two that come in one, are all answered', async () => {
  await using server = await ControlServer.listen('run-a', methods(), env);
  const socket = connect(server.socket.path);
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  for (const piece of ['{"v":1,"id":7,', '"method":"status"}\n{"v":1,"id":8,"method":"sta', 'tus"}\n']) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (heard.split('\n').length < 3) await once(socket, 'data');
  socket.destroy();
  assert.deepEqual(
    heard
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: number }).id),
    [7, 8],
  );
});

test('several agents: one must be named, wholly or in part, or all of them', async () => {
  await using first = await ControlServer.listen('2026-01-01', methods(), env);
  await using second = await ControlServer.listen('2026-01-01-2', methods(), env);
  await assert.rejects(chooseAgents({}, env), { code: 'agent-ambiguous' });
  const runsOf = async (choice: Parameters<typeof chooseAgents>[0]): Promise<string[]> =>
    (await chooseAgents(choice, env)).map((agent) => agent.run);
  assert.deepEqual(await runsOf({ all: true }), [first.socket.run, second.socket.run]);
  assert.deepEqual(
    await runsOf({ run: '2026-01-01' }),
    ['2026-01-01'],
    'the exact name before those that begin with it',
  );
  assert.deepEqual(await runsOf({ run: 'runs/2026-01-01-2/' }), ['2026-01-01-2']);
  assert.deepEqual(await runsOf({ run: '01-2' }), ['2026-01-01-2']);
  await assert.rejects(chooseAgents({ run: 'other' }, env), { code: 'no-agent' });
});

test('the socket of a killed agent is removed by the next command that finds it, that of a hanging one is left', async () => {
  mkdirSync(folder(), { mode: 0o700 });
  const killed = join(folder(), 'killed.4711.sock');
  const script = `require('net').createServer().listen(process.argv[1], () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script, killed], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const gone = once(child, 'exit');
  assert.equal((await findAgentSockets(env)).length, 1);
  child.kill('SIGKILL');
  await gone;
  assert.ok(existsSync(killed));
  assert.deepEqual(await findAgentSockets(env), []);
  assert.ok(!existsSync(killed));

  const hangs = createServer(() => undefined).listen(join(folder(), 'hangs.4712.sock'));
  await once(hangs, 'listening');
  const [silent] = await findAgentSockets(env);
  await assert.rejects(ask(silent, 'status', {}, 50), { code: 'agent-silent' });
  assert.ok(existsSync(silent.path));
  hangs.close();
});

test('a file in the folder that is not a socket of ours is left alone', async () => {
  mkdirSync(join(folder(), 'a.1.sock'), { recursive: true, mode: 0o700 });
  mkdirSync(join(folder(), 'notes'));
  assert.deepEqual(await findAgentSockets(env), []);
  assert.equal(readdirSync(folder()).length, 2);
});

test('an answer that is still being made when the agent ends is given before the socket closes', async () => {
  const made = methods();
  let finish: (value: string) => void = () => undefined;
  let begun: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (begun = resolve));
  made.add('stop', z.strictObject({}), () => {
    begun();
    return new Promise((resolve) => (finish = resolve));
  });
  const server = await ControlServer.listen('run-a', made, env);
  const answer = ask(server.socket, 'stop');
  await asked;
  const closed = server[Symbol.asyncDispose]();
  finish('no key down');
  assert.equal(await answer, 'no key down');
  await closed;
});

test('a runtime folder with too long a path is refused with what to do', async () => {
  const long = join(base, 'x'.repeat(90));
  mkdirSync(long);
  await assert.rejects(ControlServer.listen('run-a', methods(), { XDG_RUNTIME_DIR: long }), {
    code: 'control-failed',
  });
});

test('more terminals than there is room for are turned away, and the agent still answers the others', async () => {
  await using server = await ControlServer.listen('run-a', methods(), env);
  const many = Array.from({ length: 40 }, () => connect(server.socket.path));
  for (const socket of many) socket.on('error', () => undefined);
  await Promise.all(many.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
  for (const socket of many) socket.destroy();
  await Promise.all(many.map((socket) => (socket.closed ? Promise.resolve() : once(socket, 'close'))));
  let answer: unknown;
  for (let i = 0; i < 50 && answer === undefined; i += 1)
    answer = await ask(server.socket, 'status').catch(() => undefined);
  assert.deepEqual(answer, { held: ['JUMP'] });
});
