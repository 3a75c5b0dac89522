/**
 * The status line of the running agent, from any terminal.
 *
 *   understudy status                 # every agent of yours that runs
 *   understudy status --run 4711 --json
 */
import type { Command } from 'commander';
import { agentVerb } from '../control/agent-verb.js';

interface Status {
  readonly run: string;
  readonly pid: number;
  readonly state: string;
  readonly reason: string | null;
  readonly seconds: number;
  readonly mode: string;
  readonly model: string;
  readonly line: string;
  readonly runDir: string;
}

export function statusVerb(): Command {
  return agentVerb<Status>({
    name: 'status',
    description: 'how the running agent does: what its status line shows',
    everyAgent: true,
    text: ({ run, pid, state, reason, seconds, mode, model, line, runDir }) =>
      [
        `${run}  ${state}${reason === null ? '' : ` (${reason})`}`,
        `  ${line}`,
        `  ${mode}, ${model}, process ${pid}, ${seconds.toFixed(0)} s, ${runDir}`,
      ].join('\n'),
  });
}
