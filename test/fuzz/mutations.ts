/** Ways to spoil a file that was right: bytes, text and JSON documents, as arbitraries that fast-check can shrink. */
import fc from 'fast-check';

/** What readers stumble over: limits of number types, paths, markup, broken text. */
const ODD_TEXTS = [
  '',
  '0',
  '-1',
  '1e999',
  'NaN',
  '9007199254740993',
  '4294967295',
  '../../../etc/passwd',
  '/dev/zero',
  'a\0b',
  '\u202e\ud800',
  '__proto__',
  'constructor',
  '{"a":[',
  'x'.repeat(70_000),
  '\n\n',
];
const ODD_NUMBERS = [0, -0, -1, 0.5, 1e308, 2 ** 31, 2 ** 32, 2 ** 53, Number.MIN_VALUE];

type Edit = (bytes: Buffer) => Buffer;

const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (bytes: Buffer, where: number): number => Math.min(bytes.length, Math.floor(where * (bytes.length + 1)));
const splice = (bytes: Buffer, from: number, removed: number, added: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, from), added, bytes.subarray(Math.min(bytes.length, from + removed))]);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(([where, bit]): Edit => (bytes) => {
    const copy = Buffer.from(bytes);
    const i = at(bytes, where);
    if (i < copy.length) copy[i] ^= 1 << bit;
    return copy;
  }),
  fc.tuple(place, fc.nat(64), fc.uint8Array({ maxLength: 64 })).map(
    ([where, removed, added]): Edit =>
      (bytes) =>
        splice(bytes, at(bytes, where), removed, Buffer.from(added)),
  ),
  fc.tuple(place, fc.nat(20), fc.constantFrom(...ODD_TEXTS)).map(
    ([where, removed, text]): Edit =>
      (bytes) =>
        splice(bytes, at(bytes, where), removed, Buffer.from(text)),
  ),
  fc.tuple(place, place).map(([one, other]): Edit => (bytes) => {
    const [from, to] = [at(bytes, one), at(bytes, other)].sort((a, b) => a - b);
    const part = bytes.subarray(from, Math.min(to, from + 4096));
    return splice(bytes, to, 0, part);
  }),
  place.map(
    (where): Edit =>
      (bytes) =>
        bytes.subarray(0, at(bytes, where)),
  ),
  fc.tuple(place, fc.constantFrom(...ODD_NUMBERS)).map(([where, number]): Edit => (bytes) => {
    const copy = Buffer.from(bytes);
    const i = Math.min(at(bytes, where), Math.max(0, copy.length - 4));
    if (copy.length >= 4) copy.writeUInt32LE((Math.abs(Math.trunc(number)) % 2 ** 32) >>> 0, i);
    return copy;
  }),
);

/** One to four edits of `valid`; now and then bytes that have nothing to do with it. */
export function spoiledBytes(valid: Uint8Array): fc.Arbitrary<Buffer> {
  const edited = fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((edits) => edits.reduce<Buffer>((bytes, each) => each(bytes), Buffer.from(valid)));
  return fc.oneof(
    { weight: 9, arbitrary: edited },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes): Buffer => Buffer.from(bytes)) },
  );
}

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, [], {}, ...ODD_NUMBERS, ...ODD_TEXTS.slice(0, -2)),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Every place in a JSON document, as the keys that lead there. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function replaced(value: unknown, path: readonly string[], by: unknown, remove: boolean): unknown {
  if (path.length === 0) return by;
  const [key, ...rest] = path;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? [...(value as unknown[])]
    : { ...(value as Record<string, unknown>) };
  const fields = copy as Record<string, unknown>;
  if (rest.length === 0 && remove) delete fields[key];
  else fields[key] = replaced(fields[key], rest, by, remove);
  return copy;
}

/** A JSON document with one to three values replaced, removed or added; still JSON. */
export function spoiledJson(valid: unknown): fc.Arbitrary<Buffer> {
  const places = placesOf(valid);
  const change = fc.tuple(fc.nat(places.length - 1), oddValue, fc.boolean());
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    let document = valid;
    for (const [index, by, remove] of changes) {
      // an earlier change may have taken the place away
      if (reaches(document, places[index])) document = replaced(document, places[index], by, remove);
    }
    return Buffer.from(JSON.stringify(document) ?? 'null');
  });
}

function reaches(value: unknown, path: readonly string[]): boolean {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return false;
    inner = (inner as Record<string, unknown>)[key];
  }
  return true;
}
