/**
 * A paused agent continues to play, with an empty latent window.
 *
 *   understudy resume --all
 */
import type { Command } from 'commander';
import { armingVerb } from '../control/arming-verb.js';

export function resumeVerb(): Command {
  return armingVerb('resume', 'a paused agent, or one that a person took over from, continues to play');
}
