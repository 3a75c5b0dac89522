/**
 * The training engine from the TensorFlow of a Python wheel: fetched by pip from the index that the user has set up,
 * checked against a pinned hash, unpacked, its C API linked. Installs nothing into any Python.
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UnderstudyError } from '../../core/errors.js';
import { canRun, runCommand } from './command.js';
import { compileBinding } from './compile.js';

interface Wheel {
  readonly requirement: string;
  readonly platform: string;
  readonly downloadMb: number;
  readonly keptMb: number;
  /** SHA-256 of the file, so that a changed index is noticed; null where no file was ever checked. */
  readonly sha256: string | null;
}

/** Last version tried with tfjs-node 4.22: its matrix product, losses and Adam were compared with Keras'. */
const WHEELS: Readonly<Partial<Record<string, Wheel>>> = {
  'linux-x64': {
    requirement: 'tensorflow-cpu==2.18.0',
    platform: 'manylinux_2_17_x86_64',
    downloadMb: 230,
    keptMb: 682,
    sha256: '089e71746960ea581dca53401f84b3b99c8537313e337a9e5dbf97036a936f7e',
  },
  'linux-arm64': {
    requirement: 'tensorflow==2.18.0',
    platform: 'manylinux_2_17_aarch64',
    downloadMb: 250,
    keptMb: 700,
    sha256: null,
  },
};

/** Unpacks the two libraries and the headers of the C API from the wheel (the rest is 600 MB of Python). */
const UNPACK = `
import sys, zipfile
archive, out = sys.argv[1], sys.argv[2]
libraries = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
headers = tuple('tensorflow/include/' + part for part in
                ('tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'tsl/c/', 'xla/tsl/c/', 'xla/tsl/platform/'))
with zipfile.ZipFile(archive) as wheel:
    for entry in wheel.namelist():
        if entry in libraries or (entry.endswith('.h') and entry.startswith(headers)):
            wheel.extract(entry, out)
`;

function failed(message: string, next: string): UnderstudyError {
  return new UnderstudyError({ kind: 'environment', code: 'engine-missing', message, next });
}

const OTHER_WAY =
  'Give an installed TensorFlow instead: `understudy setup training --tensorflow <dir>` (a folder with libtensorflow_cc.so.2 and include/).';

/**
 * The programs that the wheel needs: what is missing is said before anything is fetched.
 *
 * @throws UnderstudyError `engine-missing` that names what is not there
 */
export async function assertWheelTools(): Promise<void> {
  const needs: [string, boolean][] = [
    ['python3 with pip', await canRun('python3', '-m', 'pip', '--version')],
    ['g++', await canRun('g++', '--version')],
  ];
  const missing = needs.filter(([, there]) => !there).map(([name]) => name);
  if (missing.length === 0) return;
  throw failed(
    `Taking TensorFlow from its Python wheel needs ${missing.join(' and ')}.`,
    'Install it (Debian: apt-get install python3-pip g++) and run `understudy setup training` again; --engine cpu needs neither.',
  );
}

async function download(wheel: Wheel, folder: string, signal?: AbortSignal): Promise<string> {
  const options = ['--no-deps', '--only-binary=:all:', '--no-cache-dir', '--disable-pip-version-check', '-q'];
  const target = ['--python-version', '3.11', '--implementation', 'cp', '--platform', wheel.platform];
  const result = await runCommand(
    'python3',
    ['-m', 'pip', 'download', ...options, ...target, '--dest', folder, wheel.requirement],
    { signal },
  );
  const file = result.status === 0 ? readdirSync(folder).find((name) => name.endsWith('.whl')) : undefined;
  if (file !== undefined) return join(folder, file);
  throw failed(`pip could not fetch ${wheel.requirement}: ${result.tail}`, OTHER_WAY);
}

async function assertHash(file: string, wheel: Wheel): Promise<void> {
  if (wheel.sha256 === null) return;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const got = hash.digest('hex');
  if (got === wheel.sha256) return;
  throw failed(
    `The wheel that pip fetched for ${wheel.requirement} has SHA-256 ${got}, expected ${wheel.sha256}.`,
    'Look at which package index pip uses; nothing of the file was kept or run.',
  );
}

/**
 * Builds the engine in `folder`.
 *
 * @param engine folder of its npm package
 * @param say gets what will be fetched and how large it is, before it is fetched
 */
export async function engineFromWheel(
  folder: string,
  engine: string,
  say: (message: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const wheel = WHEELS[`${process.platform}-${process.arch}`];
  if (wheel === undefined) {
    throw failed(`No TensorFlow wheel is known for ${process.platform} on ${process.arch}.`, OTHER_WAY);
  }
  await assertWheelTools();
  const fetched = join(folder, 'fetched');
  mkdirSync(fetched, { recursive: true });
  say(`Fetching ${wheel.requirement} with pip: ${wheel.downloadMb} MB, of which ${wheel.keptMb} MB unpacked are kept.`);
  const file = await download(wheel, fetched, signal);
  await assertHash(file, wheel);
  say('Unpacking the libraries and compiling the addon.');
  const unpacked = await runCommand('python3', ['-c', UNPACK, file, fetched], { signal });
  if (unpacked.status !== 0) throw failed(`The wheel could not be unpacked: ${unpacked.tail}`, OTHER_WAY);
  const lib = join(folder, 'deps', 'lib');
  mkdirSync(lib, { recursive: true });
  const files = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  for (const name of files) renameSync(join(fetched, 'tensorflow', name), join(lib, name));
  const include = join(fetched, 'tensorflow', 'include');
  await compileBinding(folder, engine, { include, lib, files, runPath: '$ORIGIN/../../deps/lib' }, signal);
  rmSync(fetched, { recursive: true });
}
