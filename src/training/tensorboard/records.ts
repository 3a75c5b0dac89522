/**
 * TFRecord framing (tensorflow/core/lib/io/record_writer.h): length, its checksum, data, its checksum. Reading ends at
 * the first record that is incomplete or damaged, which is where a killed writer stopped.
 */

/** CRC-32C (Castagnoli), reflected polynomial 0x82f63b78 (RFC 3720, appendix B.4). */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

/** CRC-32C of the bytes, an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return ~value >>> 0;
}

/** TensorFlow's mask, which keeps a checksum of data that contains checksums from being weak. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const HEADER_BYTES = 12;
const FOOTER_BYTES = 4;

/** One record: 12 bytes, the data, 4 bytes. */
export function recordOf(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(HEADER_BYTES + data.length + FOOTER_BYTES);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(masked(crc32c(record.subarray(0, 8))), 8);
  record.set(data, HEADER_BYTES);
  record.writeUInt32LE(masked(crc32c(data)), HEADER_BYTES + data.length);
  return record;
}

/** The complete records at the start of `bytes`, each with the position after it. */
export function* recordsIn(bytes: Uint8Array): Generator<{ readonly data: Uint8Array; readonly end: number }> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at + HEADER_BYTES <= file.length) {
    const header = file.subarray(at, at + 8);
    const length = Number(header.readBigUInt64LE(0));
    const end = at + HEADER_BYTES + length + FOOTER_BYTES;
    if (file.readUInt32LE(at + 8) !== masked(crc32c(header)) || end > file.length) return;
    const data = file.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    if (file.readUInt32LE(end - FOOTER_BYTES) !== masked(crc32c(data))) return;
    yield { data, end };
    at = end;
  }
}
