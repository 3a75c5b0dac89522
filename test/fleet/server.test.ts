import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAddress } from '../../src/fleet/address.js';
import { lookAt } from '../../src/fleet/server.js';
import { hasCode } from '../../testing/error-code.js';
import { lacksRedis, RedisServer } from '../../testing/fleet/redis-server.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('fleet-server');

/** Listens on the loopback interface and does `take` with each connection. */
async function listening(take: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    take(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('a server that takes the connection and says nothing is given up', async () => {
  using silent = await listening(() => undefined);
  await assert.rejects(
    lookAt(parseAddress(silent.address)),
    hasCode('queue-failed', 'it did not answer in time', 'TLS'),
  );
});

test('a server of another kind is said to be one', async () => {
  using web = await listening((socket) => socket.end('<!doctype html>\r\n'));
  await assert.rejects(lookAt(parseAddress(web.address)), hasCode('queue-failed', 'what answers there is not Redis'));
});

test(
  'a database that the server does not have is refused, not replaced by the first',
  { skip: lacksRedis },
  async () => {
    await using server = await RedisServer.start(join(folder, 'redis'));
    assert.equal((await lookAt(parseAddress(`${server.address}/3`))).role, 'master');
    await assert.rejects(
      lookAt(parseAddress(`${server.address}/99`)),
      hasCode('queue-failed', 'DB index is out of range', 'Give another number'),
    );
  },
);
