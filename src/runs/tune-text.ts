/** Tuned thresholds for people. */
import type { Thresholds } from '../policy/thresholds.js';
import { textTable } from '../terminal/table.js';
import type { TuneSummary } from '../training/tune-model.js';

/** The summary for people. */
export function tuneText({ folder, id, windows, thresholds, perAction }: TuneSummary): string {
  const at = (from: Thresholds, action: string): string => from[action]?.press.toFixed(2) ?? '-';
  const rows = Object.entries(perAction).map(([action, { f1, support }]) => [
    action,
    at(thresholds.before, action),
    at(thresholds.after, action),
    support > 0 ? f1.toFixed(2) : '-',
  ]);
  return [
    `wrote ${folder} (${id}), tuned on ${windows} windows`,
    textTable(['action', 'pressed at', 'now at', 'F1'], rows),
  ].join('\n');
}
