/** The file that a video is written to: named `.part` until it is whole, and never a file of the recording itself. */
import { UnderstudyError } from '../../core/errors.js';
import { WholeFile } from '../../core/whole-file.js';

/** Opens `<out>.part`, in a folder that exists. @throws UnderstudyError `write-failed` */
export function openOutFile(out: string): WholeFile {
  const next = 'Check that the folder exists and may be written to, and that the disk is not full.';
  return new WholeFile(out, next, { under: `${out}.part`, makeFolder: false });
}

/** Refuses to write over one of the files that are read. @throws UnderstudyError `bad-option` */
export function refuseOwnFile(own: string): never {
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `${own} belongs to the recording itself: it is never overwritten.`,
    next: 'Name another file with --out, such as video.mp4.',
  });
}
