/** Puts a thread that works beside the loop behind it, for the system's scheduler. */
import { constants, platform, setPriority } from 'node:os';

/**
 * Lowers the priority of the calling thread, and of threads that it starts later. On Linux a priority is a thread's own;
 * elsewhere it would be the whole process's, and nothing is done. A system that refuses changes nothing.
 */
export function giveWay(): void {
  if (platform() !== 'linux') return;
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // it stays as important as the rest
  }
}
