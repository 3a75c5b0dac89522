/** How a session is read, where a user may leave all of it out. */
import { given } from '../core/given.js';
import type { ReadOptions } from './event-log.js';

/** The options without those that were not given, and without what else the user asks for. */
export function readingOptions({ lenient, keys }: ReadOptions): ReadOptions & { readonly lenient: boolean } {
  return { lenient: lenient ?? false, ...given({ keys }) };
}
