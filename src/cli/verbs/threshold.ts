/**
 * Sets other thresholds for a running shadow, from the next decision on.
 *
 *   understudy threshold JUMP=0.4,DASH=0.5/0.3
 */
import type { Command } from 'commander';
import { agentVerb } from '../control/agent-verb.js';
import { readThresholds } from '../../policy/threshold-list.js';

interface ThresholdAnswer {
  readonly run: string;
  readonly thresholds: Readonly<Record<string, { readonly press: number; readonly release: number }>>;
}

export function thresholdVerb(): Command {
  return agentVerb<ThresholdAnswer>({
    name: 'threshold',
    description: 'try other press (and release) thresholds in a running shadow',
    argument: {
      name: 'list',
      description: 'as in JUMP=0.4,DASH=0.5/0.3',
      example: 'JUMP=0.4',
      params: (threshold) => {
        readThresholds(threshold); // checks the numbers; the agent checks the names of its actions
        return { threshold };
      },
    },
    text: ({ run, thresholds }) =>
      `${run}: ${Object.entries(thresholds)
        .map(([action, { press, release }]) => `${action} ${press}/${release}`)
        .join(', ')}`,
  });
}
