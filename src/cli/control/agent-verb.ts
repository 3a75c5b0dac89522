/**
 * The verbs that talk to a running agent: which one is meant, the request, the answer. Shared by all of them; each
 * verb's file has only what differs.
 */
import { Command } from 'commander';
import type { AgentChoice } from '../../control/client.js';
import { messageOf } from '../../core/errors.js';
import { makeOutput } from '../../terminal/output.js';
import { printError } from '../../terminal/print-error.js';

interface AgentOptions extends AgentChoice {
  readonly json?: boolean;
}

/** The request of one verb, and the text of its answer. */
export interface AgentVerb<Answer> {
  readonly name: string;
  readonly description: string;
  /** The method that is called; default the verb's name. */
  readonly method?: string;
  /** How long an answer may take, ms; default 5 s. */
  readonly withinMs?: number;
  /** One agent's answer for people. */
  readonly text: (answer: Answer) => string;
  /** With several agents and none named, all are asked. Default: one must be named. */
  readonly everyAgent?: boolean;
  /** One argument that the method takes. Default: none. */
  readonly argument?: {
    readonly name: string;
    readonly description: string;
    readonly example: string;
    /** @throws UnderstudyError where it is not valid */
    readonly params: (text: string) => Readonly<Record<string, unknown>>;
  };
}

export function agentVerb<Answer extends object>(verb: AgentVerb<Answer>): Command {
  const { name, description, argument } = verb;
  const command = new Command(name).description(description);
  if (argument !== undefined) command.argument(`<${argument.name}>`, argument.description);
  const example = argument === undefined ? name : `${name} ${argument.example}`;
  return command
    .option('--run <run>', 'which agent, where several run: its run folder, a part of its name, or its process')
    .option('--all', 'every agent that runs')
    .option('--json', 'print the answer as one JSON document')
    .addHelpText('after', `\nExample:\n  understudy ${example}\n  understudy ${example} --all --json\n`)
    .action(async () => {
      const params = argument?.params(command.args[0]) ?? {};
      await askAgents(verb, params, command.opts<AgentOptions>());
    });
}

/** Asks all of them, even where one fails; every failure is printed, and the last one sets the exit code. */
async function askAgents<Answer extends object>(
  verb: AgentVerb<Answer>,
  params: Readonly<Record<string, unknown>>,
  options: AgentOptions,
): Promise<void> {
  const { askEach, chooseAgents } = await import('../../control/client.js');
  const agents = await chooseAgents({ run: options.run, all: options.all ?? verb.everyAgent });
  const { answers, failures } = await askEach<Answer>(agents, verb.method ?? verb.name, params, verb.withinMs);
  if (agents.length === 1 && failures.length === 1) throw failures[0];
  const texts = answers.map((answer) => verb.text(answer));
  const document = { ...(answers.length === 1 ? answers[0] : {}), agents: answers, failed: failures.map(messageOf) };
  makeOutput(options.json ?? false).answer(document, texts.join('\n'));
  for (const failure of failures) process.exitCode = printError(verb.name, failure, false);
}
