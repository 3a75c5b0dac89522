/** Runs the real program under strace: which addresses it and all that it starts connect to, and which files they make. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PROJECT_ROOT, startCli, type CliOptions, type CliResult } from './cli.js';

/** The system calls that open connections, send to an address, and make or open files. `?`: not on every processor. */
const CALLS =
  'connect,sendto,sendmsg,sendmmsg,?open,openat,?creat,?mkdir,mkdirat,?rename,?renameat,renameat2,?symlink,symlinkat,?link,linkat';

/** The skip reason where no process may be traced (some containers), or false. */
export function lacksTracing(): string | false {
  return spawnSync('strace', ['-f', 'true'], { stdio: 'ignore' }).status === 0
    ? false
    : 'no process may be traced here';
}

export interface TracedRun {
  readonly result: CliResult;
  /** `127.0.0.1:8080`, each once: Internet addresses that a socket was connected or sent to. */
  readonly addresses: readonly string[];
  /** Absolute paths, each once: files and folders that were made, or opened for writing. */
  readonly written: readonly string[];
}

/** @param log where strace writes, outside of what the run may write */
export async function tracedCli(args: readonly string[], log: string, options: CliOptions = {}): Promise<TracedRun> {
  // --seccomp-bpf: calls that are not traced cost nothing
  const strace = ['strace', '-f', '-yy', '--seccomp-bpf', '-s', '4096', '-e', `trace=${CALLS}`, '-o', log];
  const result = await startCli(args, { ...options, through: strace }).result;
  const calls = readFileSync(log, 'utf8').split('\n');
  return {
    result,
    addresses: unique(calls.flatMap(addressesIn)),
    written: unique(calls.flatMap((call) => writtenIn(call, options.cwd ?? PROJECT_ROOT))),
  };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** A datagram socket that is connected sends nothing yet: Chromium asks the routing table so whether there is IPv6. */
function addressesIn(call: string): string[] {
  const isDatagram = /^\d+\s+\w+\(\d+<UDP/.test(call);
  const isConnect = /^\d+\s+connect\(/.test(call);
  if (isDatagram && isConnect) return [];
  const sentTo = isDatagram ? /<UDP(?:v6)?:\[[^>]*->([^>\]]+)\]>/.exec(call)?.[1] : undefined;
  if (sentTo !== undefined) return [sentTo];
  const port = /sin6?_port=htons\((\d+)\)/.exec(call)?.[1];
  if (port === undefined) return [];
  const address = /inet_addr\("([^"]+)"\)/.exec(call)?.[1] ?? /inet_pton\(AF_INET6, "([^"]+)"/.exec(call)?.[1];
  return [`${address ?? call}:${port}`];
}

/** A call that failed made nothing. */
function writtenIn(call: string, folder: string): string[] {
  if (/ = -1 E\w+/.test(call)) return [];
  const name = /^\d+\s+(\w+)\(/.exec(call)?.[1] ?? '';
  if (/^open/.test(name) && !/O_WRONLY|O_RDWR|O_CREAT/.test(call)) return [];
  if (!/^(open|creat|mkdir|rename|symlink|link)/.test(name)) return [];
  const paths = [...call.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path]) => resolve(folder, path));
  return /^(rename|link|symlink)/.test(name) ? paths.slice(-1) : paths.slice(0, 1);
}
