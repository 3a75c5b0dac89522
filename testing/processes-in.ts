/** Which processes a test left behind. */
import { readdirSync, readlinkSync } from 'node:fs';

/** Ids of the processes that run in this folder. */
export function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((id) => {
    if (!/^\d+$/.test(id)) return false;
    try {
      return readlinkSync(`/proc/${id}/cwd`) === folder;
    } catch {
      return false; // it has ended, or is another user's
    }
  });
}
