/**
 * Everything that takes input from elsewhere, each with a right example to spoil and the way it is read. A reader may
 * take what it is given or refuse it with a documented error; anything else is a finding.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { scoreLabelFiles } from '../../src/evaluation/label-files.js';
import { readGameFile } from '../../src/games/game-file.js';
import { ControlMethods } from '../../src/control/method-registry.js';
import { lineReader, parseRequest } from '../../src/control/protocol.js';
import { SystemClock } from '../../src/core/clock.js';
import { KeyGuard } from '../../src/keyboard/guard/key-guard.js';
import { messageReader, type ToGuard } from '../../src/keyboard/guard/protocol.js';
import { readBundle } from '../../src/policy/bundle.js';
import { initialBundle } from '../../src/policy/initial-bundle.js';
import { openPolicy } from '../../src/policy/model-policy.js';
import { checkSession } from '../../src/session/check.js';
import { grayFacts, readGrayFrames } from '../../src/session/gray-file.js';
import { importSession } from '../../src/session/import.js';
import { readMp4Facts } from '../../src/session/mp4-boxes.js';
import { readVideo } from '../../src/session/read-video.js';
import { repairSession } from '../../src/session/repair.js';
import { readSession } from '../../src/session/session.js';
import { sessionStatistics } from '../../src/session/statistics.js';
import { readBestWeights } from '../../src/training/checkpoint.js';
import { readKerasArchive } from '../../src/training/keras/read.js';
import { readImage, writeImage } from '../../src/vision/image-file.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { spoiledBytes, spoiledJson } from './mutations.js';
import { tinyArchive } from './tiny-archive.js';

export interface FuzzTarget {
  readonly name: string;
  /** Its share of the cases, relative to the others'. */
  readonly weight: number;
  readonly input: fc.Arbitrary<Buffer>;
  /** Reads one input. Resolves, or rejects with whatever the reader throws. */
  readonly read: (input: Buffer) => Promise<void>;
}

/** @param folder an empty one, for the files that are read */
export async function fuzzTargets(folder: string): Promise<readonly FuzzTarget[]> {
  return [
    ...(await bundleTargets(folder)),
    ...sessionTargets(folder),
    ...(await fileTargets(folder)),
    controlTarget(),
    guardTarget(),
  ];
}

async function bundleTargets(folder: string): Promise<FuzzTarget[]> {
  const path = join(folder, 'bundle');
  const { manifest, encoder, head } = await initialBundle({ latent: 4, head: 'gru', seed: 1, out: path });
  const write = (document: unknown): void => writeFileSync(join(path, 'manifest.json'), JSON.stringify(document));
  const readGraph = async (file: 'encoder' | 'head', bytes: Buffer): Promise<void> => {
    const { path: name } = manifest.files[file];
    writeFileSync(join(path, name), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    write({ ...manifest, files: { ...manifest.files, [file]: { path: name, sha256, sizeBytes: bytes.length } } });
    try {
      const policy = await openPolicy({ bundle: path, clock: new SystemClock(), rateHz: manifest.fps });
      await policy[Symbol.asyncDispose]();
    } finally {
      writeFileSync(join(path, name), file === 'encoder' ? encoder : head);
      write(manifest);
    }
  };
  const readManifest = async (bytes: Buffer): Promise<void> => {
    writeFileSync(join(path, 'manifest.json'), bytes);
    try {
      await readBundle(path);
    } finally {
      write(manifest);
    }
  };
  return [
    { name: 'bundle manifest', weight: 4, input: spoiledJson(manifest), read: readManifest },
    {
      name: 'bundle manifest, bytes',
      weight: 2,
      input: spoiledBytes(Buffer.from(JSON.stringify(manifest))),
      read: readManifest,
    },
    { name: 'encoder.onnx', weight: 2, input: spoiledBytes(encoder), read: (bytes) => readGraph('encoder', bytes) },
    { name: 'head.onnx', weight: 2, input: spoiledBytes(head), read: (bytes) => readGraph('head', bytes) },
  ];
}

function sessionTargets(folder: string): FuzzTarget[] {
  const from = join(PROJECT_ROOT, 'test', 'session', 'formats', 'format-1');
  const base = join(folder, 'session');
  const parts = ['_events.jsonl', '_frames.jsonl', '_gray.bin', '.mp4'] as const;
  const valid = Object.fromEntries(parts.map((part) => [part, readFileSync(`${from}${part}`)]));
  const restore = (): void => {
    for (const part of parts) writeFileSync(`${base}${part}`, valid[part]);
  };
  let imports = 0;
  const readAll = async (lenient: boolean): Promise<void> => {
    const session = await readSession(base, { lenient });
    await checkSession(session);
    sessionStatistics([session]);
    imports += 1;
    if (imports % 20 === 0) await importSession({ from: base, to: join(folder, `imported-${imports}`), lenient });
  };
  const target = (part: (typeof parts)[number], weight: number, read: () => Promise<void>): FuzzTarget => ({
    name: `session ${part}`,
    weight,
    input: spoiledBytes(valid[part]),
    read: async (bytes) => {
      restore();
      writeFileSync(`${base}${part}`, bytes);
      await read();
    },
  });
  const strictAndLenient = async (): Promise<void> => {
    await readAll(true).finally(() => repairSession(base, 0));
    await readAll(false);
  };
  return [
    target('_events.jsonl', 5, strictAndLenient),
    target('_frames.jsonl', 4, strictAndLenient),
    target('_gray.bin', 3, async () => {
      await grayFacts(`${base}_gray.bin`);
      for await (const gray of readGrayFrames(`${base}_gray.bin`)) if (gray.length === 0) break;
    }),
    target('.mp4', 2, async () => void (await readMp4Facts(`${base}.mp4`))),
    {
      ...target('.mp4', 0.2, async () => {
        for await (const picture of readVideo(`${base}.mp4`)) if (picture.index > 100) break;
      }),
      name: 'session .mp4, decoded',
    },
  ];
}

async function fileTargets(folder: string): Promise<FuzzTarget[]> {
  const place = (name: string): string => {
    mkdirSync(join(folder, 'files'), { recursive: true });
    return join(folder, 'files', name);
  };
  const target = (name: string, weight: number, input: fc.Arbitrary<Buffer>, read: (path: string) => unknown) => ({
    name,
    weight,
    input,
    read: async (bytes: Buffer) => {
      const path = place(name.replaceAll(/\W+/g, '-'));
      writeFileSync(path, bytes);
      await read(path);
    },
  });
  const game = readFileSync(join(PROJECT_ROOT, 'games', 'xjump.json'));
  const pixels = new Uint8Array(64 * 36 * 4).map((_, i) => i % 251);
  await writeImage(place('valid.png'), { width: 64, height: 36, pixels });
  const labels = place('labels.u8');
  writeFileSync(
    labels,
    new Uint8Array(7 * 40).map((_, i) => i % 2),
  );
  const archive = await tinyArchive();
  return [
    target('game file', 4, spoiledJson(JSON.parse(game.toString())), readGameFile),
    target('game file, bytes', 2, spoiledBytes(game), readGameFile),
    target('image', 2, spoiledBytes(readFileSync(place('valid.png'))), readImage),
    target('label file', 1, spoiledBytes(readFileSync(labels)), (path) => scoreLabelFiles(labels, path)),
    target('.keras archive', 2, spoiledBytes(archive.bytes), readKerasArchive),
    target(
      '.keras config',
      3,
      spoiledJson(archive.config).map((config) => Buffer.from(archive.with(config))),
      readKerasArchive,
    ),
    target(
      'checkpoint',
      1,
      spoiledBytes(Buffer.from(JSON.stringify({ fingerprint: 'a', weights: [] }))),
      readBestWeights,
    ),
  ];
}

function controlTarget(): FuzzTarget {
  const methods = new ControlMethods();
  methods.add('threshold', z.strictObject({ action: z.string().max(10), press: z.number().min(0).max(1) }), () => null);
  const valid = { v: 1, id: 1, method: 'threshold', params: { action: 'JUMP', press: 0.5 } };
  const lines = fc.oneof(
    spoiledJson(valid).map((line) => Buffer.concat([line, Buffer.from('\n')])),
    spoiledBytes(Buffer.from(`${JSON.stringify(valid)}\n`)),
  );
  return {
    name: 'control message',
    weight: 6,
    input: lines,
    read: async (bytes) => {
      const calls: Promise<unknown>[] = [];
      const read = lineReader((line) => {
        const { method, params } = parseRequest(line);
        calls.push(methods.call(method, params));
      });
      try {
        read(bytes);
      } finally {
        await Promise.all(calls);
      }
    },
  };
}

/** The guard never throws, whatever its pipe carries: it releases and ends. */
function guardTarget(): FuzzTarget {
  const keys = Array.from({ length: 7 }, (_, i) => ({ name: `k${i}`, keycode: 10 + i }));
  const hello = {
    type: 'hello',
    version: 2,
    sink: 'xtest',
    display: ':1',
    leaseMs: 250,
    keys,
    hotKeys: {},
    limits: {},
  };
  const set = { type: 'set', seq: 1, atMs: 1, held: 3 };
  return {
    name: 'guard message',
    weight: 6,
    input: fc
      .tuple(spoiledJson(hello), spoiledJson(set))
      .map(([one, other]) =>
        Buffer.from(`${one.toString()}\n${JSON.stringify(hello)}\n${other.toString()}\n${JSON.stringify(set)}\n`),
      ),
    read: (bytes) => {
      const guard = new KeyGuard({
        openInjector: () => Promise.reject(new Error('no keyboard in this test')),
        send: () => undefined,
        nowMs: () => 1,
        after: () => undefined,
        end: () => undefined,
      } as unknown as ConstructorParameters<typeof KeyGuard>[0]);
      messageReader<ToGuard>((message) => guard.receive(message))(bytes);
      return Promise.resolve();
    },
  };
}
