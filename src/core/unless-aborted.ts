/** An abort is not a failure: this distinguishes work that a signal ended from work that failed. */

/** What `work` gives, or null where `signal` ended it; any other failure is thrown. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return null;
    throw error;
  }
}
