/** The authority file of a private screen: without the secret in it no program can open the screen. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';

/** Xauth.h: an entry for any address; with an empty number, for any display. The number is not known before the start. */
const FAMILY_WILD = 0xffff;
const COOKIE = 'MIT-MAGIC-COOKIE-1';
const COOKIE_BYTES = 16;

/** Writes a file with a new secret, readable by this user alone. */
export function writeAuthority(path: string): void {
  const family = Buffer.alloc(2);
  family.writeUInt16BE(FAMILY_WILD);
  const fields = [Buffer.alloc(0), Buffer.alloc(0), Buffer.from(COOKIE), randomBytes(COOKIE_BYTES)];
  writeFileSync(path, Buffer.concat([family, ...fields.map(counted)]), { mode: 0o600, flag: 'wx' });
}

/** A field: its length in two bytes, big-endian, and its bytes. */
function counted(field: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(field.length);
  return Buffer.concat([length, field]);
}
