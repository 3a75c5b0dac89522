/** What Windows says of a process: its program, and how much it is trusted. */
import { copyMemory } from '../../system/ffi.js';
import { fromWide, systemCalls } from './win32.js';

const QUERY_LIMITED = 0x1000;
const TOKEN_QUERY = 0x0008;
/** TokenIntegrityLevel, winnt.h. */
const INTEGRITY_LEVEL = 25;
const LONGEST_PATH = 32_768;

/** The file name of its program, "winemine.exe"; empty where it may not be asked. */
export function programOf(pid: number): string {
  const path = withProcess(pid, (process) => {
    const size = new Uint32Array([LONGEST_PATH]);
    const text = Buffer.alloc(2 * LONGEST_PATH);
    return systemCalls().imageName(process, 0, text, size) ? fromWide(text, size[0]) : '';
  });
  return path?.split('\\').at(-1) ?? '';
}

/**
 * How much Windows trusts a process: 0x1000 low, 0x2000 medium (most programs), 0x3000 high (run as administrator),
 * 0x4000 the system. Keys do not reach a process of a higher level. Null where it may not be asked.
 */
export function integrityOf(pid: number): number | null {
  return pid === process.pid ? integrity(systemCalls().currentProcess()!) : withProcess(pid, integrity);
}

function integrity(process: bigint): number | null {
  const calls = systemCalls();
  const token = new BigUint64Array(1);
  if (!calls.openToken(process, TOKEN_QUERY, token)) return null;
  try {
    const label = Buffer.alloc(128); // TOKEN_MANDATORY_LABEL: a pointer to a SID, which follows in the same buffer
    if (!calls.tokenInformation(token[0], INTEGRITY_LEVEL, label, label.length, new Uint32Array(1))) return null;
    const sid = label.readBigUInt64LE(0);
    const count = copyMemory(sid + 1n, 1)[0];
    return copyMemory(sid + 8n + 4n * BigInt(count - 1), 4).readUInt32LE(0); // the last part of the SID
  } finally {
    calls.close(token[0]);
  }
}

function withProcess<Result>(pid: number, use: (process: bigint) => Result): Result | null {
  const calls = systemCalls();
  const process = calls.openProcess(QUERY_LIMITED, 0, pid);
  if (process === null || process === 0n) return null;
  try {
    return use(process);
  } finally {
    calls.close(process);
  }
}
