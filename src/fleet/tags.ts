/** What a job needs and what a worker has: words such as `gpu` and `display`, and amounts such as `cores=8`. */
import { badOption } from '../core/errors.js';
import type { EngineName } from '../training/engine.js';

/** What a worker has by itself where the engine is set up: one that cannot train takes no training. */
export const ENGINE_TAGS: Readonly<Record<EngineName, string>> = { 'tfjs-node': 'tensorflow', cpu: 'tfjs' };

const WORD = /^[a-z][a-z0-9-]{0,30}$/;
const AMOUNT = /^([a-z][a-z0-9-]{0,30})=(\d{1,6})$/;

/** Sorted, each once. @throws UnderstudyError `bad-option` */
export function parseTags(option: string, text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  const wrong = tags.find((tag) => !WORD.test(tag) && !AMOUNT.test(tag));
  if (wrong === undefined) return [...new Set(tags)].sort();
  throw badOption(`${option}: '${wrong}' is no tag.`, `Give words and amounts, as in ${option} gpu,cores=8.`);
}

/** An amount is served by as much or more. */
export function canServe(need: string, tags: readonly string[]): boolean {
  const amount = AMOUNT.exec(need);
  if (amount === null) return tags.includes(need);
  const [, name, least] = amount;
  return tags.some((tag) => {
    const has = AMOUNT.exec(tag);
    return has !== null && has[1] === name && Number(has[2]) >= Number(least);
  });
}

/** Needs of a training engine, which a worker finds out itself, and those that it has to be told. */
export function needsByKind(needs: readonly string[]): { readonly engine: boolean; readonly told: readonly string[] } {
  const told = needs.filter((need) => !Object.values(ENGINE_TAGS).includes(need));
  return { engine: told.length < needs.length, told };
}
