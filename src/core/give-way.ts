/** Makes the system's scheduler prefer the loop to a thread that works beside it. */
import { constants, platform, setPriority } from 'node:os';

/**
 * Lowers the priority of the calling thread, and of threads that it starts later. On Linux each thread has its own
 * priority; elsewhere this would change the whole process, so nothing is done. A refusal by the system is ignored.
 */
export function giveWay(): void {
  if (platform() !== 'linux') return;
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // the thread keeps its priority
  }
}
