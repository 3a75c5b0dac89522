/** A signal is no failure: what it ends is told apart here from what went wrong. */

/** What `work` gives, or null where `signal` ended it; any other failure is thrown. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return null;
    throw error;
  }
}
