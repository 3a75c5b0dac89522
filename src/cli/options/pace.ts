/** `--budget-ms`, for every verb that runs the loop. */
import type { Command } from 'commander';
import { numberBetween } from './values.js';

export function addBudget(verb: Command): Command {
  return verb.option(
    '--budget-ms <ms>',
    'lateness + latency above it: late',
    numberBetween('--budget-ms', 0.001, 10_000),
    50,
  );
}
