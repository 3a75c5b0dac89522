/** Optional settings: what was not given must not replace what is there. */

/** The entries without those that are undefined, so that spreading them over defaults replaces nothing. */
export function given<T extends Record<string, unknown>>(
  entries: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as never;
}
