/**
 * The line of a session's frame log: what it holds, how it is written and how it is read. Only this file knows the names
 * of its fields. The study's recorder writes only the time.
 */

/** One frame of the video. */
export interface FrameLine {
  /** Unix seconds, when the frame is due on the schedule. */
  readonly t: number;
  /** Unix seconds, when its picture was grabbed; null where the log does not say. */
  readonly captured: number | null;
  /** Its picture repeats the one before. */
  readonly duplicate: boolean;
}

/** The JSON object of a line, its fields in the order of writing. Undefined fields are not written. */
export function frameToJson({ t, captured, duplicate }: FrameLine): Record<string, unknown> {
  return { t, captured: captured ?? undefined, duplicate: duplicate ? true : undefined };
}

/** Reads the frame in a line's object, or says why the line is broken. */
export function readFrame(object: Readonly<Record<string, unknown>>): FrameLine | { readonly fault: string } {
  const { t, captured, duplicate } = object;
  if (typeof t !== 'number' || !Number.isFinite(t)) return { fault: timeFault(t) };
  return { t, captured: typeof captured === 'number' ? captured : null, duplicate: duplicate === true };
}

/** Why a value is not a time. */
export function timeFault(t: unknown): string {
  return typeof t === 'string'
    ? `its time is text (${JSON.stringify(t)}); expected Unix seconds as a number`
    : 'its time is not a number';
}
