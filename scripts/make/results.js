/**
 * npm run make results: cuts each JSON of docs/results that is above 50 kB to what its page reads, as the writer of new
 * ones does (bench/support/result-size.ts), and says on the page what was cut.
 */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cutText, cutToSize, jsonText, MOST_JSON_BYTES } from '../../dist/bench/support/result-size.js';

const folder = new URL('../../docs/results/', import.meta.url);
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const before = readFileSync(new URL(file, folder), 'utf8');
  if (before.length <= MOST_JSON_BYTES) continue;
  const name = file.replace(/\.json$/, '');
  const { document, cut } = cutToSize(name, JSON.parse(before));
  const after = jsonText(document);
  writeFileSync(new URL(file, folder), after);
  if (cut.length > 0) appendFileSync(new URL(`${name}.md`, folder), `\n${cutText(cut)}\n`);
  console.log(`${file}: ${before.length} to ${after.length} bytes`);
}
