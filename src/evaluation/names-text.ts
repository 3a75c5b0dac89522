/** Names of actions in a sentence: a game may have thirty, and a line has room for a few. */

/** More are counted: the study's seven are all named. */
const MOST_NAMED = 7;

/** `JUMP, SHOOT, DASH`; of many the first, as in `a, b, c, d, e, f and 24 more`. */
export function namesText(names: readonly string[]): string {
  if (names.length <= MOST_NAMED) return names.join(', ');
  const named = MOST_NAMED - 1;
  return `${names.slice(0, named).join(', ')} and ${names.length - named} more`;
}

/** `JUMP, SHOOT and DASH`; of many as {@link namesText}. */
export function listed(names: readonly string[]): string {
  if (names.length < 2 || names.length > MOST_NAMED) return namesText(names);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
