/** Faults done to the processes of a run: the daemon is stopped, its guard is killed, its disk is full. Linux only. */
import { spawn, spawnSync } from 'node:child_process';
import type { FaultActs } from './acts.js';

/** Delay before the disk is full, ms, so that the run's log still has the begin of the fault. */
const LAST_WORDS_MS = 20;

/** @param guardPid the key guard's process id now, or null without one */
export function processActs(guardPid: () => number | null): FaultActs {
  return {
    ...(process.platform === 'linux' && { 'stop-daemon': ({ value }) => stopFor(value), 'full-disk': fillDisk }),
    'kill-guard': () => {
      const pid = guardPid();
      if (pid !== null) process.kill(pid, 'SIGKILL');
    },
  };
}

/** Another process continues this one: a stopped process cannot run code. */
function stopFor(ms: number): void {
  const continueLater = spawn('sh', ['-c', `sleep ${ms / 1000}; kill -CONT ${process.pid}`], {
    stdio: 'ignore',
    detached: true,
  });
  continueLater.on('error', () => undefined); // not started: then nothing is stopped either
  continueLater.once('spawn', () => process.kill(process.pid, 'SIGSTOP'));
  continueLater.unref();
}

/** What is written beyond the first byte of any file fails (EFBIG), as on a disk without space. */
function fillDisk(): () => void {
  const before = fileLimit(); // throws at once where prlimit is not installed
  const fill = setTimeout(() => {
    try {
      limitFiles('1');
    } catch {
      // then nothing is limited
    }
  }, LAST_WORDS_MS);
  return () => {
    clearTimeout(fill);
    limitFiles(before);
  };
}

/** The soft limit now, as prlimit takes it. @throws Error where prlimit does not run */
function fileLimit(): string {
  const args = ['--pid', String(process.pid), '--fsize', '--output', 'SOFT', '--noheadings', '--raw'];
  const { status, stdout, stderr } = spawnSync('prlimit', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`prlimit did not tell the file-size limit: ${stderr ?? 'it is not installed'}`);
  return stdout.trim();
}

function limitFiles(limit: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${limit}:`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`prlimit did not set the file-size limit: ${stderr ?? 'it is not installed'}`);
}
