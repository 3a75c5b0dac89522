/** `--budget-ms`, for every verb that runs the loop. */
import type { Command } from 'commander';
import { number } from './values.js';

export function addBudget(verb: Command): Command {
  return verb.addOption(
    number('--budget-ms <ms>', 'a tick with lateness + latency above this is late', 0.001, 10_000, 50),
  );
}
