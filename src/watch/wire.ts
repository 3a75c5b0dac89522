/**
 * The stream between server and page: messages, each preceded by its length, of JSON or a picture. Runs on both sides;
 * what it reads is bounded.
 */
import type { PictureHeader, WatchPicture, WatchUpdate } from './messages.js';

/** A longer message is not one of this stream's. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
/** u32 little-endian: length of what follows; u8: kind of the message. */
const HEAD_BYTES = 5;
const UPDATE = 1;
const PICTURE = 2;

export type WireMessage =
  | { readonly kind: 'update'; readonly update: WatchUpdate }
  | { readonly kind: 'picture'; readonly picture: WatchPicture };

function message(kind: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(HEAD_BYTES + length);
  new DataView(bytes.buffer).setUint32(0, 1 + length, true);
  bytes[4] = kind;
  let at = HEAD_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Writes numbers with at most six decimals; those of a tick have no more anyway, see `tickFigures`. */
export function encodeUpdate(update: WatchUpdate): Uint8Array {
  const text = JSON.stringify(update, (_name, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(6)) : value,
  );
  return message(UPDATE, [new TextEncoder().encode(text)]);
}

export function encodePicture({ header, colour, gray }: WatchPicture): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length, true);
  return message(PICTURE, [length, text, colour, gray]);
}

/** Reads messages from the chunks of the stream. */
export class WireReader {
  #pending = new Uint8Array(0);

  /** @returns the messages that are complete with this chunk @throws Error where the bytes are not such a stream */
  read(chunk: Uint8Array): WireMessage[] {
    const bytes = new Uint8Array(this.#pending.length + chunk.length);
    bytes.set(this.#pending);
    bytes.set(chunk, this.#pending.length);
    const messages: WireMessage[] = [];
    let at = 0;
    while (bytes.length - at >= HEAD_BYTES) {
      const length = new DataView(bytes.buffer, at).getUint32(0, true);
      if (length < 1 || length > MAX_MESSAGE_BYTES) throw new Error(`a message of ${length} bytes`);
      if (bytes.length - at < 4 + length) break;
      messages.push(decode(bytes[at + 4], bytes.subarray(at + HEAD_BYTES, at + 4 + length)));
      at += 4 + length;
    }
    this.#pending = bytes.slice(at);
    return messages;
  }
}

function decode(kind: number, body: Uint8Array): WireMessage {
  if (kind === UPDATE) return { kind: 'update', update: JSON.parse(new TextDecoder().decode(body)) as WatchUpdate };
  if (kind !== PICTURE) throw new Error(`a message of kind ${kind}`);
  const headerEnd = 4 + new DataView(body.buffer, body.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(body.subarray(4, headerEnd))) as PictureHeader;
  const colourEnd = headerEnd + 4 * header.colour.width * header.colour.height;
  const grayEnd = colourEnd + header.gray.width * header.gray.height;
  if (grayEnd !== body.length) throw new Error(`a picture of ${body.length} bytes, expected ${grayEnd}`);
  return {
    kind: 'picture',
    picture: { header, colour: body.subarray(headerEnd, colourEnd), gray: body.subarray(colourEnd, grayEnd) },
  };
}
