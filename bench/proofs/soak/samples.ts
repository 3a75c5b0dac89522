/** What a long run uses of the machine: memory, descriptors, children, shared memory. Linux only. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { descendantsOf, residentMb } from '../../../src/system/process-cost.js';
import { ask } from '../../../src/control/client.js';
import type { AgentSocket } from '../../../src/control/sockets.js';

export interface SoakSample {
  /** Since the run began. */
  readonly seconds: number;
  /** Resident memory of the daemon and of its key guard, MB (10^6 bytes). */
  readonly daemonMb: number;
  readonly guardMb: number;
  /** JavaScript heap in use and buffers outside it, after a forced garbage collection, MB. */
  readonly heapMb: number;
  readonly buffersMb: number;
  readonly descriptors: number;
  readonly children: number;
  /** System V shared memory segments that the daemon made. */
  readonly segments: number;
}

interface Memory {
  readonly collected: boolean;
  readonly heapUsedBytes: number;
  readonly arrayBuffersBytes: number;
}

/** @param beganMs performance.now() when the run began */
export async function takeSample(agent: AgentSocket, beganMs: number): Promise<SoakSample> {
  const descriptors = readdirSync(`/proc/${agent.pid}/fd`).length; // before we open a connection to it
  const { collected, heapUsedBytes, arrayBuffersBytes } = (await ask(agent, 'memory', {}, 20_000)) as Memory;
  if (!collected) throw new Error('the daemon was started without --expose-gc');
  const children = descendantsOf(agent.pid);
  const round = (mb: number): number => Number(mb.toFixed(3));
  return {
    seconds: Number(((performance.now() - beganMs) / 1000).toFixed(1)),
    daemonMb: round(residentMb(agent.pid)),
    guardMb: round(children.reduce((sum, pid) => sum + residentMb(pid), 0)),
    heapMb: round(heapUsedBytes / 1e6),
    buffersMb: round(arrayBuffersBytes / 1e6),
    descriptors,
    children: children.length,
    segments: segmentsOf(agent.pid),
  };
}

/** `ipcs -m -p`: id, owner, the process that made it, the last that used it. */
function segmentsOf(pid: number): number {
  const { stdout } = spawnSync('ipcs', ['-m', '-p'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.trim().split(/\s+/)[2] === String(pid)).length;
}
