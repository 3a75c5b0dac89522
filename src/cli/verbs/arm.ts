/**
 * The running agent may act: after `--armed no`, `disarm`, a lost key guard or the panic key.
 *
 *   understudy arm
 */
import type { Command } from 'commander';
import { armingVerb } from '../control/arming-verb.js';

export function armVerb(): Command {
  return armingVerb('arm', 'the running agent may act, whatever stopped it');
}
