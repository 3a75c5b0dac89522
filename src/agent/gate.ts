/**
 * What may forbid the agent to act. A gate is asked at the start of each tick and answers at once, from what it
 * already knows. Gates close presses only: nothing that lets go of a key ever asks one.
 */
export interface Gate {
  /** One word for logs: `focus`. */
  readonly name: string;
  /** Why the agent may not act now, for people; null while it may. */
  closedBecause(): string | null;
}

/** The first closed gate's name and reason, or null when all are open. */
export function firstClosed(gates: readonly Gate[]): { readonly name: string; readonly reason: string } | null {
  for (const gate of gates) {
    const reason = gate.closedBecause();
    if (reason !== null) return { name: gate.name, reason };
  }
  return null;
}
