import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/main.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';

/** Every page that shows commands. */
const PAGES = [
  'README.md',
  ...readdirSync(join(PROJECT_ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** `understudy ...` in code spans and code blocks, without comments. */
function commandsIn(text: string): string[] {
  const spans = [...text.matchAll(/`((?:npx )?understudy [^`\n]+)`/g)].map((match) => match[1]);
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((match) => match[1].split('\n'));
  return [...spans, ...blocks.filter((line) => /^(npx )?understudy /.test(line))]
    .map((line) =>
      line
        .replace(/^npx /, '')
        .replace(/\s+#.*$/, '')
        .trim(),
    )
    .filter((line) => !line.includes('<'));
}

/** Splits as a shell does: single quotes keep spaces. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]);
}

/** The real program with every verb's action taken out: parsing is all that happens. */
function parserOnly(): Command {
  const program = buildProgram();
  const quiet = (command: Command): void => {
    command.action(() => undefined);
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    command.commands.forEach(quiet);
  };
  program.commands.forEach(quiet);
  return program;
}

for (const page of PAGES) {
  const commands = commandsIn(readFileSync(join(PROJECT_ROOT, page), 'utf8'));
  if (commands.length === 0) continue;
  test(`each command shown in ${page} is one that the program takes`, async () => {
    for (const line of commands) {
      await assert.doesNotReject(parserOnly().parseAsync(['node', ...words(line)]), `${page}: ${line}`);
    }
  });
}

test('the examples in each --help are accepted too', async () => {
  const program = buildProgram();
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  for (const command of all(program)) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    const examples = help.split('\n').filter((line) => /^ {2}understudy /.test(line));
    assert.ok(examples.length > 0, `${command.name()} --help has an example`);
    for (const line of examples) {
      await assert.doesNotReject(parserOnly().parseAsync(['node', ...words(line.trim())]), line);
    }
  }
});
