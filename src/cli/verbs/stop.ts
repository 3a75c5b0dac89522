/**
 * Ends the running agent, and returns once none of its keys is down.
 *
 *   understudy stop
 *   understudy stop --all
 */
import type { Command } from 'commander';
import { agentVerb } from '../control/agent-verb.js';
import type { StopAnswer } from '../../runs/control-methods.js';

/** The guard's last message may take 3 s, and more on a busy machine. */
const WITHIN_MS = 15_000;

export function stopVerb(): Command {
  return agentVerb<StopAnswer>({
    name: 'stop',
    description: 'ends the running agent; returns once no key is down',
    withinMs: WITHIN_MS,
    text: ({ run, outcome, edgesSent, runDir }) =>
      `${run}: ${outcome}, no key down, ${edgesSent} key edges sent\n  run folder  ${runDir}`,
  });
}
