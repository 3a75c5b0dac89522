/**
 * A page of docs/results about fights, with its JSON beside it: the tables, then what they were made with. Its command is
 * reckoned from the very options that were in force, so that it makes the page again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '../../src/policy/bundle.js';
import { inferenceEngineVersion } from '../../src/policy/onnx-session.js';
import { machine } from './machine.js';

export interface ArenaPage {
  /** File name under docs/results, without ending; `npm run bench:<name>` makes it unless `script` says otherwise. */
  readonly name: string;
  /** Of package.json. Default `bench:<name>`. */
  readonly script?: string;
  /** As `parseArgs` gives them. */
  readonly options: Readonly<Record<string, string | readonly string[]>>;
  readonly title: string;
  /** Markdown, line by line. */
  readonly intro: readonly string[];
  /** Tables with their headings, in Markdown. */
  readonly sections: readonly string[];
  readonly bundles: readonly Bundle[];
  /** The figures. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** Writes `docs/results/<name>.md` and `.json`. */
export async function writeArenaPage(page: ArenaPage): Promise<void> {
  const { name, title, intro, sections, bundles, document } = page;
  const facts = { machine: machine(), engine: await inferenceEngineVersion(), command: commandOf(page) };
  const models = bundles.map(({ id, manifest: { name: model, horizon, training } }) => ({
    ...{ name: model, id, horizon, training },
  }));
  const folder = join('docs', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ ...facts, models, ...document }, null, 2)}\n`);
  const made = [
    `- ${facts.machine}; ${facts.engine}.`,
    `- \`${facts.command}\``,
    ...models.map(({ name: model, id, training }) => `- ${model} (${id}): \`${String(training.command)}\``),
  ];
  const parts = [`# ${title}`, intro.join('\n'), ...sections, '## How it was made and measured', made.join('\n')];
  writeFileSync(join(folder, `${name}.md`), `${parts.join('\n\n')}\n`);
}

function commandOf({ name, script = `bench:${name}`, options }: ArenaPage): string {
  const given = Object.entries(options).flatMap(([option, value]) => [value].flat().map((one) => `--${option} ${one}`));
  return [`npm run ${script} --`, ...given].join(' ');
}
