/**
 * Where the sockets of running agents are and what they are called: `<run>.<process id>.sock` in the user's runtime
 * folder (0700). A name is never used twice, and a file has its final name only while an agent listens: so one that
 * refuses a connection is left over from a killed agent, and any process that finds it may remove it.
 *
 * Windows has no sockets in folders: there the file is empty and stands for a named pipe of its name, which ends with the
 * agent. Only its owner may write to such a pipe (Windows' default), and an agent that is sent nothing says nothing.
 */
import { chmodSync, lstatSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import { makeRuntimeFolder, runtimeFolderPath } from '../system/runtime-folder.js';

const NAME = /^([A-Za-z0-9][A-Za-z0-9_-]{0,79})\.(\d{1,10})\.sock$/;
/** A socket that is being made: bound, not yet listening. */
const UNFINISHED = /\.sock\.new$/;
/**
 * An agent makes its socket in a millisecond. At worst, one that is suspended in between for this long finds its
 * unfinished socket removed.
 */
const UNFINISHED_FOR_MS = 60_000;
/** sockaddr_un.sun_path on Linux, the final NUL included; macOS has 104. */
const LONGEST_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** The socket of one agent. */
export interface AgentSocket {
  /** The run folder's own name, as `2026-01-31T12-00-00-000Z`. */
  readonly run: string;
  readonly pid: number;
  /** Where to connect: the file, or on Windows the pipe that it stands for. */
  readonly path: string;
  /** In the runtime folder, while the agent listens. */
  readonly file: string;
}

const HAS_PIPES = process.platform === 'win32';

/** The name of the user's folder keeps the pipes of two users apart: all users of a machine share one place for them. */
function connectPath(file: string): string {
  return HAS_PIPES ? `\\\\.\\pipe\\${basename(dirname(file))}-${basename(file)}` : file;
}

/**
 * The place of a new agent's socket; makes the folder.
 *
 * @param run the run folder's own name
 * @throws UnderstudyError `write-failed` for a folder that cannot be used; `control-failed` for a path too long
 */
export function placeForSocket(run: string, pid: number, env: NodeJS.ProcessEnv = process.env): AgentSocket {
  const name = basename(run)
    .replace(/[^A-Za-z0-9_-]/g, '_')
    .slice(0, 80);
  const file = join(makeRuntimeFolder(env), `${name}.${pid}.sock`);
  const bytes = Buffer.byteLength(file) + '.new'.length;
  if (bytes > LONGEST_PATH_BYTES && !HAS_PIPES) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'control-failed',
      message: `The control socket ${file} has a path of ${bytes} bytes; the system takes ${LONGEST_PATH_BYTES}.`,
      next: 'Set XDG_RUNTIME_DIR to a folder with a shorter path.',
    });
  }
  return { run: name, pid, path: connectPath(file), file };
}

/**
 * Makes a server listen there, for this user alone; terminals find it once this resolves.
 *
 * @throws the system's error; the server is not closed then
 */
export async function listenAt(server: Server, { path, file }: AgentSocket): Promise<void> {
  const unfinished = `${file}.new`;
  rmSync(unfinished, { force: true }); // left by an earlier process with the same id
  const at = HAS_PIPES ? path : unfinished;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, () => {
      server.off('error', reject);
      resolve();
    });
  });
  if (HAS_PIPES) writeFileSync(unfinished, '');
  else chmodSync(unfinished, 0o600);
  renameSync(unfinished, file);
}

/** From now on terminals do not find it. */
export function hideSocket({ file }: AgentSocket): void {
  rmSync(file, { force: true });
}

/**
 * The agents of this user that listen, by run. Sockets left over from killed agents are removed.
 *
 * @throws UnderstudyError `write-failed` where the folder exists and is not this user's own
 */
export async function findAgentSockets(env: NodeJS.ProcessEnv = process.env): Promise<AgentSocket[]> {
  const folder = runtimeFolderPath(env);
  const names = listFolder(folder, env);
  const found: AgentSocket[] = [];
  for (const name of names) {
    const file = join(folder, name);
    if (UNFINISHED.test(name)) removeUnfinished(file);
    const [, run, pid] = NAME.exec(name) ?? [];
    if (run === undefined || !isSocket(file)) continue;
    const path = connectPath(file);
    if (await isListening(path)) found.push({ run, pid: Number(pid), path, file });
    else rmSync(file, { force: true });
  }
  return found.sort((one, other) => (one.run < other.run ? -1 : 1));
}

function listFolder(folder: string, env: NodeJS.ProcessEnv): string[] {
  try {
    lstatSync(folder);
  } catch {
    return []; // no agent of this user has run yet
  }
  return readdirSync(makeRuntimeFolder(env)); // refuses a folder of another user
}

function isSocket(path: string): boolean {
  try {
    const found = lstatSync(path);
    return HAS_PIPES ? found.isFile() : found.isSocket();
  } catch {
    return false; // its agent has just ended
  }
}

function removeUnfinished(path: string): void {
  try {
    if (Date.now() - lstatSync(path).mtimeMs > UNFINISHED_FOR_MS) rmSync(path, { force: true });
  } catch {
    // it has just been renamed to its final name
  }
}

/** False only where no process can ever answer: a suspended or busy agent still accepts the connection. */
function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.destroy();
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}
