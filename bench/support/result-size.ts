/**
 * Keeps the JSON of docs/results small: what no page and no program reads is cut from a file above 50 kB, and the page
 * says so. Never cuts anything else.
 */

/** A larger file is cut, bytes. */
export const MOST_JSON_BYTES = 50_000;

/** Fields that no page reads, by the name of the JSON; those named first are cut first, wherever they stand. */
const RAW_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'arena-gru-512': ['history', 'train', 'validation', 'test'],
  'arena-hard': ['history', 'train', 'validation', 'test'],
  'arena-robustness': ['history', 'train', 'validation', 'test'],
  contract: ['measures', 'runtime', 'stageMs'],
  study: ['kappa', 'micro', 'macro', 'weighted', 'samples', 'onsetF1', 'f1'],
};

export interface CutDocument {
  readonly document: Readonly<Record<string, unknown>>;
  /** Names of the fields that were cut. */
  readonly cut: readonly string[];
}

/** @param name of the JSON file, without ending */
export function cutToSize(name: string, document: Readonly<Record<string, unknown>>): CutDocument {
  const cut: string[] = [];
  let rest = document;
  for (const field of RAW_FIELDS[name] ?? []) {
    if (jsonText(rest).length <= MOST_JSON_BYTES) break;
    rest = withoutField(rest, field) as Readonly<Record<string, unknown>>;
    cut.push(field);
  }
  return { document: rest, cut };
}

/** Indented where that fits, else a line for each field at the top. */
export function jsonText(document: Readonly<Record<string, unknown>>): string {
  const indented = `${JSON.stringify(document, null, 2)}\n`;
  if (indented.length <= MOST_JSON_BYTES) return indented;
  const fields = Object.entries(document)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${fields.join(',\n')}\n}\n`;
}

/** The line of a page that says what its JSON lacks. */
export function cutText(cut: readonly string[]): string {
  return `- cut from the JSON, since no page reads it: ${cut.map((field) => `\`${field}\``).join(', ')}`;
}

function withoutField(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutField(item, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== field)
      .map(([name, inner]) => [name, withoutField(inner, field)]),
  );
}
