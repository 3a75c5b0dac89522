/**
 * Reads a text file line by line in bounded memory and says for each line whether it is whole. Never interprets the
 * content of a line.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { UnderstudyError, messageOf } from '../core/errors.js';
import { LineCutter } from '../core/json-lines.js';
import { requireRegularFile } from '../core/regular-file.js';

/** A longer line counts as broken and is cut: the longest line that this program writes is under 2 KiB. */
export const LONGEST_LINE_BYTES = 64 * 1024;

const CHUNK_BYTES = 64 * 1024;

export interface Line {
  /** Without its newline; at most {@link LONGEST_LINE_BYTES} bytes of it. */
  readonly text: string;
  /** 1-based. */
  readonly number: number;
  /** False for a last line without newline. */
  readonly ended: boolean;
  /** True where the line was longer than {@link LONGEST_LINE_BYTES}. */
  readonly cut: boolean;
}

/**
 * Yields the lines of a UTF-8 file.
 *
 * @throws UnderstudyError `file-missing` when there is no such file, `file-unreadable` when it cannot be read
 */
export async function* readLines(path: string): AsyncGenerator<Line, void, void> {
  await using file = await openForReading(path);
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const cutter = new LineCutter(LONGEST_LINE_BYTES);
  let number = 0;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (bytesRead === 0) break;
    for (const { text, isCut } of cutter.take(chunk.subarray(0, bytesRead))) {
      number += 1;
      yield { text, number, ended: true, cut: isCut };
    }
  }
  const rest = cutter.rest();
  if (rest !== null) yield { text: rest.text, number: number + 1, ended: false, cut: rest.isCut };
}

/** Opens a file for reading. @throws UnderstudyError `file-missing`, `file-unreadable` */
export async function openForReading(path: string): Promise<FileHandle> {
  try {
    requireRegularFile(path, Number.POSITIVE_INFINITY); // any size: it is read in pieces
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UnderstudyError({
        kind: 'input',
        code: 'file-missing',
        message: `There is no file ${path}.`,
        next: 'Name a session by its path without an ending (dir/Train for dir/Train_events.jsonl), or by a name under sessions/.',
        cause: error,
      });
    }
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'file-unreadable',
    message: `${path} cannot be read: ${messageOf(error)}.`,
    next: 'Check that it is a file and that you may read it.',
    cause: error,
  });
}
