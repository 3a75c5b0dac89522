/**
 * A session's two logs as its writer sees them. Here this process writes them, which is enough for a recording without a
 * person (demonstrations, an import). For a person's recording a separate process writes them: see log-keeper.ts.
 */
import { LineAppender } from './line-appender.js';
import type { SessionFiles } from './session-files.js';

type LogLine = Readonly<Record<string, unknown>>;

/** Both logs of one session. Appending never waits for a disk and never throws. */
export interface SessionLogs {
  /** Appends a line to the event log. */
  event(line: LogLine): void;
  /** Appends a line to the frame log. */
  frame(line: LogLine): void;
  /** Closes both files once the system has every line, or writing has failed. @throws the file system's error */
  close(): Promise<void>;
}

/**
 * Creates both files.
 *
 * @param onFailure called once, when a line cannot be written; every later line is dropped
 * @throws the file system's error, EEXIST where a file exists
 */
export type OpenLogs = (
  files: Pick<SessionFiles, 'events' | 'frames'>,
  onFailure: (error: unknown) => void,
) => Promise<SessionLogs>;

/** Opens logs that this process writes. */
export const openOwnLogs: OpenLogs = async (files, onFailure) => {
  let failed = false;
  const failOnce = (error: unknown): void => {
    if (!failed) onFailure(error);
    failed = true;
  };
  const events = await LineAppender.create(files.events, failOnce);
  const frames = await LineAppender.create(files.frames, failOnce);
  return {
    event: (line) => events.append(line),
    frame: (line) => frames.append(line),
    close: async () => {
      const closed = await Promise.allSettled([events.close(), frames.close()]);
      for (const result of closed) if (result.status === 'rejected') throw result.reason;
    },
  };
};
