/** One result of `understudy doctor`. */
export interface Check {
  /** Short and stable: scripts depend on it. */
  readonly name: string;
  readonly ok: boolean;
  /** False where understudy works in part without it. */
  readonly required: boolean;
  /** What was found, or what went wrong. */
  readonly found: string;
  /** What to do about it; null where all is well. */
  readonly fix: string | null;
}

export function passed(name: string, found: string, required = true): Check {
  return { name, ok: true, required, found, fix: null };
}

export function failed(name: string, found: string, fix: string, required = true): Check {
  return { name, ok: false, required, found, fix };
}
