/**
 * The four verbs that change whether the running agent is meant to act.
 *
 *   understudy pause && understudy resume    # releases every key and waits; looks on, so that it is ready at once
 *   understudy disarm --run 2026-01-31       # releases every key and does not act until it is armed
 *   understudy arm                           # after `--armed no`, `disarm`, a lost key guard or the panic key
 */
import type { Command } from 'commander';
import type { ArmingAnswer } from '../../runs/control-methods.js';
import { agentVerb } from '../control/agent-verb.js';

export function pauseVerb(): Command {
  return armingVerb('pause', 'the running agent releases every key and waits for resume');
}

export function resumeVerb(): Command {
  return armingVerb('resume', 'a paused agent, or one that a person took over from, continues to play');
}

export function armVerb(): Command {
  return armingVerb('arm', 'the running agent may act, whatever stopped it');
}

export function disarmVerb(): Command {
  return armingVerb('disarm', 'the running agent releases every key and does not act until it is armed');
}

/** @param name the verb, and the method that it calls */
function armingVerb(name: 'pause' | 'resume' | 'arm' | 'disarm', description: string): Command {
  return agentVerb<ArmingAnswer>({ name, description, text: armingText });
}

function armingText({ run, state, changed, reason }: ArmingAnswer): string {
  const why = reason === null ? '' : ` (${reason})`;
  return `${run}: ${changed ? 'now' : 'still'} ${state}${why}`;
}
