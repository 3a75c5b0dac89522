/** Optional settings: a setting that was not given must not replace a default. */

/** The entries without the undefined ones, so that spreading them over defaults replaces only what was given. */
export function given<T extends Record<string, unknown>>(
  entries: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as never;
}
