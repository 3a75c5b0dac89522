/**
 * The running agent releases every key and does not act until it is armed again.
 *
 *   understudy disarm --run 2026-01-31
 */
import type { Command } from 'commander';
import { armingVerb } from '../control/arming-verb.js';

export function disarmVerb(): Command {
  return armingVerb('disarm', 'the running agent releases every key and does not act until it is armed');
}
