/** A disk that is really full after a few kilobytes: a separate file system in memory, or a limit on a file's size. */
import { spawnSync } from 'node:child_process';

/** Mounts at $1 a file system of $2 bytes that this command alone sees, runs the rest on it, and keeps its files in $3. */
const SCRIPT = `
disk=$1; bytes=$2; keep=$3; shift 3
mount -t tmpfs -o size=$bytes none "$disk" || exit 99
"$@"; code=$?
cp "$disk"/* "$keep"; exit $code`;

const UNSHARE = ['unshare', '--mount', '--map-root-user', 'sh', '-c', SCRIPT, 'sh'] as const;

/** The skip reason where no file system can be mounted (a container without the right to), or false. */
export function lacksTinyDisk(): string | false {
  const [program, ...args] = UNSHARE;
  const tried = spawnSync(program, [...args, '/mnt', '65536', '/dev', 'true'], { encoding: 'utf8' });
  const said = (tried.stderr ?? String(tried.error)).trim().split('\n')[0];
  return tried.error !== undefined || tried.status === 99 || /unshare/.test(said)
    ? `cannot mount a disk: ${said}`
    : false;
}

/** What to put before a command so that `disk`, an empty folder, holds `bytes`; its files are in `keep` afterwards. */
export function throughTinyDisk(disk: string, bytes: number, keep: string): readonly string[] {
  return [...UNSHARE, disk, String(bytes), keep];
}

/** What to put before a command so that no file of its grows beyond `blocks` of 512 bytes. */
export function throughFileLimit(blocks: number): readonly string[] {
  return ['sh', '-c', `ulimit -f ${blocks}; exec "$@"`, 'sh'];
}
