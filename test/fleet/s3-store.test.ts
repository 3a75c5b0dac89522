/** A store in a bucket whose server fails, lies or refuses; how its requests are signed; where it is. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseS3Address } from '../../src/fleet/s3-address.js';
import { parseKeysPage } from '../../src/fleet/s3-answers.js';
import { S3Store } from '../../src/fleet/s3-store.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { hasCode } from '../../testing/error-code.js';
import { CREDENTIALS, pretendServer, refuse, serve, type S3Server } from '../../testing/fleet/s3-server.js';
import { lacksPython, runPython } from '../../testing/models/keras-python.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

const TOKEN = 'token/of+tests==';

const storeAt = ({ endpoint }: Pick<S3Server, 'endpoint'>, environment: NodeJS.ProcessEnv = CREDENTIALS) =>
  new S3Store(parseS3Address(`s3://bucket/jobs?endpoint=${endpoint}&region=eu-central-1`, environment), 1);

function fileOf(t: TestContext, content = 'content'): string {
  const path = join(temporaryFolder(t), 'file');
  writeFileSync(path, content);
  return path;
}

test('a download that is cut off is tried again, and then leaves nothing', async (t) => {
  await using server = await pretendServer((_, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write(Buffer.alloc(400), () => response.destroy());
  });
  const folder = temporaryFolder(t);
  const failed = hasCode('store-failed', 'model.onnx could not be read', '400 of 1000 bytes');
  await assert.rejects(storeAt(server).get('model.onnx', join(folder, 'model.onnx')), failed);
  assert.deepEqual(readdirSync(folder), []);
  assert.equal(server.asked.filter((asked) => asked === 'GET /bucket/jobs/model.onnx').length, 4);

  writeFileSync(join(folder, 'model.onnx'), 'earlier');
  await assert.rejects(storeAt(server).get('model.onnx', join(folder, 'model.onnx')), failed);
  assert.deepEqual(readdirSync(folder), ['model.onnx']);
  assert.equal(readFileSync(join(folder, 'model.onnx'), 'utf8'), 'earlier');
});

test('a download without a length is refused: no one could see that it is cut off', async (t) => {
  await using server = await pretendServer((_, response) => response.write('abc', () => response.end()));
  const folder = temporaryFolder(t);
  await assert.rejects(storeAt(server).get('key', join(folder, 'got')), hasCode('store-failed', 'how long'));
  assert.deepEqual(readdirSync(folder), []);
});

test('what a server cannot do twice is done at the third time', async (t) => {
  let times = 0;
  await using server = await pretendServer((request, response) => {
    times += 1;
    if (times === 1) refuse(response, 503, 'SlowDown', 'Please reduce your request rate.');
    else if (times === 2) request.socket.resetAndDestroy();
    else request.resume().on('end', () => response.end());
  });
  await storeAt(server).put('key', fileOf(t));
  assert.equal(times, 3);
});

test('a server that stays broken is named, with what it says', async (t) => {
  await using server = await pretendServer((_, response) => refuse(response, 500, 'InternalError', 'Disk 3 is lost.'));
  const failed = hasCode('store-failed', server.endpoint, '500 InternalError', 'Disk 3 is lost.', /later/);
  await assert.rejects(storeAt(server).get('key', join(temporaryFolder(t), 'got')), failed);
  await assert.rejects(storeAt(server).put('key', fileOf(t)), failed);
});

test('wrong credentials are said, and not repeated', async () => {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = CREDENTIALS;
  await using server = await serve((_, response) =>
    refuse(response, 403, 'InvalidAccessKeyId', `No such key: ${id} (${secret})`),
  );
  await assert.rejects(storeAt(server).sizeOf('key'), (error: Error) => {
    hasCode('store-failed', '403 InvalidAccessKeyId: No such key: *** (***)', /AWS_ACCESS_KEY_ID and AWS/)(error);
    return true;
  });
});

test('a file that is refused is not sent', async (t) => {
  let received = 0;
  await using server = await pretendServer(
    () => assert.fail('the file was sent'),
    (request, response) => {
      request.on('data', (part: Buffer) => (received += part.length));
      refuse(response, 403, 'AccessDenied', 'Access Denied');
    },
  );
  const failed = hasCode('store-failed', '403 AccessDenied', 'may list, read, write and delete');
  await assert.rejects(storeAt(server).put('key', fileOf(t, 'x'.repeat(1e6))), failed);
  assert.equal(received, 0);
});

test('a server that is not there is named, with what to do', async (t) => {
  const server = await pretendServer(() => assert.fail('it is closed'));
  await server[Symbol.asyncDispose]();
  const store = storeAt(server);
  const failed = hasCode('store-failed', `${server.endpoint} does not answer`, 'ECONNREFUSED', 'AWS_ENDPOINT_URL');
  await assert.rejects(store.sizeOf('key'), failed);
  await assert.rejects(store.put('key', fileOf(t)), failed);
  await assert.rejects(
    storeAt({ endpoint: 'http://no-such-host.invalid' }).list(''),
    hasCode('store-failed', /ENOTFOUND|EAI_AGAIN/),
  );
});

test('what answers and is not S3 is not taken for an empty store', async (t) => {
  for (const status of [200, 404, 405]) {
    await using server = await serve((_, response) => response.writeHead(status).end('<!doctype html><p>Console'));
    const failed = hasCode('store-failed', 'the endpoint is right');
    await assert.rejects(storeAt(server).sizeOf('key'), failed);
    await assert.rejects(storeAt(server).get('key', join(temporaryFolder(t), 'got')), failed);
    await assert.rejects(storeAt(server).list(''), failed);
  }
});

test('a redirection is not followed', async () => {
  await using elsewhere = await pretendServer(() => assert.fail('it was asked'));
  await using server = await serve((_, response) =>
    response.writeHead(301, { location: `${elsewhere.endpoint}/bucket` }).end(),
  );
  await assert.rejects(storeAt(server).sizeOf('key'), hasCode('store-failed', '301', "bucket's region"));
  assert.deepEqual(elsewhere.asked, []);
});

test('a list that does not say how it continues is not taken for whole', () => {
  const page = (text: string) => parseKeysPage(`<?xml version="1.0"?><ListBucketResult>${text}</ListBucketResult>`);
  assert.throws(() => page('<IsTruncated>true</IsTruncated>'), /continues/);
  assert.deepEqual(page('<Contents><Key>a+b &amp; %41</Key></Contents>'), { keys: ['a+b & %41'], next: null });
  const escaped = '<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>';
  const more = '<NextContinuationToken>a+b=</NextContinuationToken><Contents><Key>a+%2B%01</Key></Contents>';
  assert.deepEqual(page(escaped + more), { keys: ['a +\u0001'], next: 'a+b=' });
});

test('a key cannot leave the store', async (t) => {
  await using server = await pretendServer(() => assert.fail('it was asked'));
  const path = fileOf(t);
  for (const key of ['../other', 'a/../../other', 'a//b', './a', 'a/', '']) {
    await assert.rejects(storeAt(server).put(key, path), hasCode('store-failed', 'not a key'));
    await assert.rejects(storeAt(server).get(key, path), hasCode('store-failed', 'not a key'));
  }
});

test("requests are signed as Amazon's own library signs them", { skip: lacksPython('botocore') }, async (t) => {
  const requests: IncomingMessage[] = [];
  await using server = await serve((request, response) => {
    requests.push(request);
    request.resume().on('end', () => response.end('<ListBucketResult></ListBucketResult>'));
  });
  const path = fileOf(t);
  for (const environment of [CREDENTIALS, { ...CREDENTIALS, AWS_SESSION_TOKEN: TOKEN }]) {
    const store = storeAt(server, environment);
    for (const key of ['plain', 'a b/ü & <x>+b %41 \'q" (y)!*~ #?;=@$,é:[]', '日本/語', 'new\nline']) {
      await store.put(key, path);
      await store.sizeOf(key);
      await store.list(key);
    }
  }
  const expected = runPython(
    readFileSync(join(PROJECT_ROOT, 'testing', 'fleet', 'sign_as_amazon.py'), 'utf8'),
    JSON.stringify(requests.map((request) => toSign(request, server.endpoint))),
  );
  assert.equal(requests.length, 2 * (1 + 4 * 3));
  assert.deepEqual(
    requests.map(({ headers }) => /Signature=(\w+)/.exec(headers.authorization!)![1]),
    expected,
  );
});

function toSign({ method, url, headers }: IncomingMessage, endpoint: string) {
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization!)![1].split(';');
  const token = headers['x-amz-security-token'];
  return {
    method,
    url: `${endpoint}${url}`,
    headers: Object.fromEntries(names.filter((name) => name !== 'host').map((name) => [name, headers[name]])),
    region: 'eu-central-1',
    // botocore adds the header of a token itself
    credentials: [...Object.values(CREDENTIALS), ...(token === undefined ? [] : [token])],
  };
}

const bucketAt = (text: string, environment: NodeJS.ProcessEnv = {}) =>
  parseS3Address(text, { ...CREDENTIALS, ...environment });

test('an address names a bucket at a server of its own, or at Amazon', () => {
  const { bucketUrl, region, prefix, shown } = bucketAt(
    's3://bucket/a//b/?endpoint=https://host:9000/s3/&region=garage',
  );
  assert.deepEqual(
    { bucketUrl, region, prefix, shown },
    {
      bucketUrl: 'https://host:9000/s3/bucket',
      region: 'garage',
      prefix: 'a/b/',
      shown: 's3://bucket/a/b/ at https://host:9000/s3',
    },
  );
  assert.equal(bucketAt('s3://bucket').bucketUrl, 'https://bucket.s3.us-east-1.amazonaws.com');
  assert.equal(bucketAt('s3://bucket').prefix, '');
  const inChina = { AWS_REGION: 'cn-north-1' };
  assert.equal(bucketAt('s3://my.bucket/x', inChina).bucketUrl, 'https://s3.cn-north-1.amazonaws.com.cn/my.bucket');
  const local = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9000', AWS_REGION: 'here' };
  assert.equal(bucketAt('s3://bucket/x', local).bucketUrl, 'http://127.0.0.1:9000/bucket');
  assert.equal(bucketAt('s3://bucket/x?region=there', local).region, 'there');
});

test('an address that cannot be used is refused, without its secrets', () => {
  const unusable = [
    's3://',
    's3:///x',
    's3://a b/x',
    's3://bucket/../x',
    's3://bucket?style=path',
    's3://bucket?region=a/b',
  ];
  for (const text of unusable) assert.throws(() => bucketAt(text), hasCode('bad-option', '--store'), text);
  for (const endpoint of ['ftp://host', 'host:9000', 'http://user:hidden@host', 'https://host?key=hidden']) {
    assert.throws(
      () => bucketAt(`s3://bucket/x?endpoint=${encodeURIComponent(endpoint)}`),
      (error: Error) => hasCode('bad-option', 'endpoint')(error) && !error.message.includes('hidden'),
    );
  }
});

test('credentials that are not set are named', () => {
  for (const name of Object.keys(CREDENTIALS)) {
    assert.throws(() => bucketAt('s3://bucket/x', { [name]: '' }), hasCode('store-failed', `${name} is not set`));
  }
  assert.ok(!JSON.stringify(bucketAt('s3://bucket/x').shown).includes(CREDENTIALS.AWS_SECRET_ACCESS_KEY));
});
