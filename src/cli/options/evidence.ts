/** `--evidence-floor`, for every verb that ranks models. */
import type { Command } from 'commander';
import { EVIDENCE_FLOOR } from '../../evaluation/evidence.js';
import { whole } from './values.js';

export function addEvidenceFloor(verb: Command): Command {
  return verb.addOption(
    whole(
      '--evidence-floor <frames>',
      'actions held in fewer frames are greyed out and not ranked by; 0 ranks by all',
      0,
      1_000_000,
      EVIDENCE_FLOOR,
    ),
  );
}
