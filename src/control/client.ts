/** The terminal's end of the control socket: finds running agents and sends one a request. Starts and ends nothing. */
import { connect } from 'node:net';
import { basename, resolve } from 'node:path';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { CONTROL_VERSION, encodeControl, lineReader, parseAnswer, type ControlAnswer } from './protocol.js';
import { findAgentSockets, type AgentSocket } from './sockets.js';

/** Which agents are meant. */
export interface AgentChoice {
  /** A run folder, its name or a part of it, or a process id. */
  readonly run?: string | undefined;
  /** Every running agent, at least one. */
  readonly all?: boolean | undefined;
}

/**
 * The agents meant: the only one that runs, the one named, or all of them.
 *
 * @throws UnderstudyError `no-agent` where none runs or none is so named; `agent-ambiguous` naming those that fit
 */
export async function chooseAgents(
  { run, all }: AgentChoice,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly AgentSocket[]> {
  const agents = await findAgentSockets(env);
  const fitting = run === undefined ? agents : named(agents, run);
  if (fitting.length === 0) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'no-agent',
      message: run === undefined ? 'No agent runs.' : `No agent of the name '${run}' runs.`,
      next:
        run === undefined || agents.length === 0
          ? 'Start one: `understudy play --detach`'
          : `Name one of ${agents.map((agent) => agent.run).join(', ')}.`,
    });
  }
  if (fitting.length > 1 && !all) {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'agent-ambiguous',
      message: `${fitting.length} agents run: ${fitting.map((agent) => `${agent.run} (process ${agent.pid})`).join(', ')}.`,
      next: 'Name one with --run, or give --all.',
    });
  }
  return fitting;
}

/** An exact name wins over a part of a name: otherwise a name that is part of a longer one could never be chosen. */
function named(agents: readonly AgentSocket[], run: string): AgentSocket[] {
  const name = basename(resolve(run));
  const exact = agents.filter((agent) => agent.run === name || String(agent.pid) === run);
  return exact.length > 0 ? exact : agents.filter((agent) => run !== '' && agent.run.includes(run));
}

/**
 * Sends one agent a request and waits for its answer.
 *
 * @param withinMs how long it waits
 * @throws UnderstudyError `agent-silent` (suspended, hung, or ended before it answered), `control-invalid`, or what it
 *   answered: the agent's own code, message and advice
 */
export async function ask(
  agent: AgentSocket,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  withinMs = 5000,
): Promise<unknown> {
  const answer = await exchange(agent, encodeControl({ v: CONTROL_VERSION, id: 1, method, params }), withinMs);
  if (answer.ok) return answer.result;
  const { code, message, next } = answer.error;
  throw new UnderstudyError({
    kind: code === 'control-invalid' ? 'input' : WRONG_VALUES.has(code) ? 'usage' : 'environment',
    code: code as UnderstudyError['code'], // the agent's own code: it may be another version of the program
    message,
    next,
  });
}

/** An agent's answer, with which one it is. */
export type AgentsAnswer<Answer> = Answer & { readonly run: string; readonly pid: number; readonly socket: string };

/** Asks all of them, even where one fails. @returns the answers and the failures, each in the order of the agents */
export async function askEach<Answer extends object>(
  agents: readonly AgentSocket[],
  method: string,
  params: Readonly<Record<string, unknown>>,
  withinMs?: number,
): Promise<{ readonly answers: readonly AgentsAnswer<Answer>[]; readonly failures: readonly unknown[] }> {
  const answered = await Promise.allSettled(
    agents.map(async (agent) => ({
      run: agent.run,
      pid: agent.pid,
      socket: agent.path,
      ...((await ask(agent, method, params, withinMs)) as Answer),
    })),
  );
  return {
    answers: answered.filter((result) => result.status === 'fulfilled').map(({ value }) => value),
    failures: answered.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown),
  };
}

/** Codes for a value that only the agent could check: the command line was wrong. */
const WRONG_VALUES: ReadonlySet<string> = new Set(['unknown-action', 'bad-threshold']);

function exchange(agent: AgentSocket, request: string, withinMs: number): Promise<ControlAnswer> {
  return new Promise((resolveAnswer, reject) => {
    const socket = connect(agent.path);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const timer = setTimeout(
      () => finish(() => reject(silent(agent, `did not answer within ${withinMs / 1000} s`))),
      withinMs,
    );
    const read = lineReader((line) => finish(() => resolveAnswer(parseAnswer(line))));
    socket.on('data', (chunk) => {
      try {
        read(chunk);
      } catch (error) {
        finish(() => reject(error instanceof Error ? error : new Error(messageOf(error))));
      }
    });
    socket.on('error', (error) => finish(() => reject(silent(agent, `cannot be reached: ${messageOf(error)}`))));
    socket.on('close', () => finish(() => reject(silent(agent, 'ended before it answered'))));
    socket.write(request);
  });
}

function silent({ run, pid }: AgentSocket, how: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'agent-silent',
    message: `The agent ${run} (process ${pid}) ${how}.`,
    next: `If it hangs, end it (kill ${pid}): its key guard releases every key.`,
    transient: true,
  });
}
