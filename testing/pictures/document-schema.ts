/** Checks a document against the documented JSON schema: the few keywords that the schema uses, and no others. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../cli/cli.js';

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const WORDS = new Set(
  [
    '$ref',
    '$defs',
    '$schema',
    'title',
    'description',
    'type',
    'const',
    'enum',
    'anyOf',
    'properties',
    'required',
  ].concat(['additionalProperties', 'items', 'minimum', 'maximum', 'minItems', 'maxItems']),
);

/** Throws, naming the place, where the document does not fit; and where it has a field at its top that is not documented. */
export function assertDocumentFits(document: unknown): void {
  const path = join(PROJECT_ROOT, 'docs', 'report-schema', 'evaluation.schema.json');
  const schema = JSON.parse(readFileSync(path, 'utf8')) as Schema;
  for (const key of Object.keys(document as object)) assert.ok(key in schema.properties!, `${key} is not documented`);
  check(document, schema, schema, 'document');
}

function problemOf(value: unknown, schema: Schema, root: Schema): string | null {
  try {
    check(value, schema, root, '');
    return null;
  } catch (error) {
    return String(error);
  }
}

function check(value: unknown, schema: Schema, root: Schema, place: string): void {
  for (const word of Object.keys(schema)) assert.ok(WORDS.has(word), `this check does not know '${word}'`);
  if (schema.$ref !== undefined) return check(value, root.$defs![schema.$ref.replace('#/$defs/', '')], root, place);
  if (schema.anyOf !== undefined) {
    const problems = schema.anyOf.map((one) => problemOf(value, one, root));
    assert.ok(problems.includes(null), `${place}: ${problems.join(' and ')}`);
  }
  if ('const' in schema) assert.equal(value, schema.const, place);
  if (schema.enum !== undefined) assert.ok(schema.enum.includes(value), `${place}: ${String(value)}`);
  if (schema.type !== undefined) checkType(value, schema.type, place);
  if (typeof value === 'number') {
    assert.ok(value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity), `${place}: ${value}`);
  }
  if (Array.isArray(value)) {
    assert.ok(value.length >= (schema.minItems ?? 0) && value.length <= (schema.maxItems ?? Infinity), place);
    if (schema.items !== undefined) value.forEach((item, i) => check(item, schema.items!, root, `${place}[${i}]`));
  } else if (typeof value === 'object' && value !== null) checkFields(value, schema, root, place);
}

function checkFields(value: object, schema: Schema, root: Schema, place: string): void {
  for (const name of schema.required ?? []) assert.ok(name in value, `${place} has no ${name}`);
  for (const [name, inner] of Object.entries(value)) {
    const known = schema.properties?.[name] ?? schema.additionalProperties;
    if (typeof known === 'object') check(inner, known, root, `${place}.${name}`);
  }
}

function checkType(value: unknown, type: string, place: string): void {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const fits = type === 'integer' ? Number.isInteger(value) : kind === type;
  assert.ok(fits, `${place}: expected ${type}, got ${kind} ${JSON.stringify(value)?.slice(0, 60)}`);
}
