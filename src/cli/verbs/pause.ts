/**
 * The running agent releases every key and waits.
 *
 *   understudy pause && understudy resume
 */
import type { Command } from 'commander';
import { armingVerb } from '../control/arming-verb.js';

export function pauseVerb(): Command {
  return armingVerb('pause', 'the running agent releases every key and waits for resume');
}
