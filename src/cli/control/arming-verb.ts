/** The four verbs that change whether the agent is meant to act; they differ in name and description alone. */
import type { Command } from 'commander';
import type { ArmingAnswer } from '../../runs/control.js';
import { agentVerb } from './agent-verb.js';

/** @param name the verb, and the method that it asks */
export function armingVerb(name: 'pause' | 'resume' | 'arm' | 'disarm', description: string): Command {
  return agentVerb<ArmingAnswer>({ name, description, text: armingText });
}

function armingText({ run, state, changed, reason }: ArmingAnswer): string {
  const why = reason === null ? '' : ` (${reason})`;
  return `${run}: ${changed ? 'now' : 'still'} ${state}${why}`;
}
