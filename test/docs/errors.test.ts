/**
 * A walk over every error that the sources make. Each says what to do next, and what that names exists: verbs, options,
 * files. The texts are read from the syntax tree, so an error that no other test reaches is read as well.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Command } from 'commander';
import ts from 'typescript';
import { buildProgram } from '../../src/cli/main.js';
import { ERROR_CODES, EXIT_CODES, type ErrorKind } from '../../src/core/errors.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';

interface ErrorMade {
  /** File and line. */
  readonly place: string;
  /** The string literals of each part; more than one where an expression chooses. */
  readonly kinds: readonly string[];
  readonly codes: readonly string[];
  /** Every literal piece of the advice; a value that is filled in is a piece of its own, `…`. */
  readonly advice: readonly string[];
}

const OPTION = /(?<![\w-])--[a-z][a-z0-9-]*/g;

/** How a value that is filled in is shown. */
const HOLE = '…';

/** Files of the program that texts name. */
const ownFiles: string[] = [];

/** Every text of the sources, whatever it is for: notes, fixes of `doctor` and help carry advice as well. */
const texts: { readonly place: string; readonly text: string }[] = [];

const errors = readdirSync(join(PROJECT_ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => errorsIn(join('src', path)));

/** Errors written as `{ kind, code, message, next }`, and calls of `badOption(message, next)`. */
function errorsIn(path: string): ErrorMade[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(join(PROJECT_ROOT, path), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: ErrorMade[] = [];
  const visit = (node: ts.Node): void => {
    const place = `${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    if (ts.isObjectLiteralExpression(node)) {
      const parts = new Map(node.properties.filter(ts.isPropertyAssignment).map((part) => [part.name.getText(), part]));
      const texts = (name: string): string[] => literals(parts.get(name)?.initializer);
      if (parts.has('code') && node.properties.some((part) => part.name?.getText() === 'next')) {
        found.push({ place, kinds: texts('kind'), codes: texts('code'), advice: texts('next') });
      }
    } else if (ts.isCallExpression(node) && node.expression.getText() === 'ownFile') {
      ownFiles.push(...literals(node.arguments[0]));
      return; // the path is not a text
    } else if (ts.isCallExpression(node) && node.expression.getText() === 'badOption') {
      found.push({ place, kinds: ['usage'], codes: ['bad-option'], advice: literals(node.arguments[1]) });
    }
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return; // paths of modules
    if (ts.isExpression(node)) texts.push(...literals(node).map((text) => ({ place, text })));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The texts that an expression can yield: both sides of a choice, template strings with their values as holes. */
function literals(node: ts.Expression | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    return [node.head.text + node.templateSpans.map((span) => HOLE + span.literal.text).join('')];
  }
  if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  if (ts.isBinaryExpression(node)) {
    const [left, right] = [literals(node.left), literals(node.right)];
    if (node.operatorToken.kind === ts.SyntaxKind.PlusToken) return left.flatMap((a) => right.map((b) => a + b));
    return [...left, ...right];
  }
  return [];
}

const advice = errors.flatMap(({ place, advice: texts }) => texts.map((text) => ({ place, text })));

test('the sources make more than 150 errors, and most have their advice as text', () => {
  assert.ok(errors.length > 150, String(errors.length));
  assert.ok(advice.length > 150, String(advice.length));
});

test('each error has a code of its kind', () => {
  for (const { place, kinds, codes } of errors) {
    if (kinds.length !== 1 || !(kinds[0] in ERROR_CODES)) continue;
    const known: readonly string[] = ERROR_CODES[kinds[0] as ErrorKind];
    for (const code of codes) assert.ok(known.includes(code), `${place}: '${code}' is not a code of '${kinds[0]}'`);
  }
});

test('docs/errors.md has each code once, under the exit code of its kind', () => {
  const sections = readFileSync(join(PROJECT_ROOT, 'docs', 'errors.md'), 'utf8')
    .split('\n## ')
    .slice(1);
  const documented = sections.map((section) => ({
    exit: Number(/: exit (\d+)/.exec(section)?.[1]),
    codes: [...section.matchAll(/^\| `([a-z0-9-]+)` /gm)].map((match) => match[1]),
  }));
  const expected = Object.entries(ERROR_CODES).map(([kind, codes]) => ({
    exit: EXIT_CODES[kind as ErrorKind],
    codes: [...codes],
  }));
  assert.deepEqual(documented, expected);
});

test('each code is used', () => {
  const used = new Set(errors.flatMap(({ codes }) => codes));
  const all: string[] = Object.values(ERROR_CODES).flat();
  const sources = readdirSync(join(PROJECT_ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== join('core', 'errors.ts'))
    .map((path) => readFileSync(join(PROJECT_ROOT, 'src', path), 'utf8'))
    .join('\n');
  for (const code of all) assert.ok(used.has(code) || sources.includes(`'${code}'`), code);
});

test('each verb and each option that advice names exists', () => {
  const program = buildProgram();
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  const everywhere = new Set(all(program).flatMap((command) => command.options.map(({ long }) => long ?? '')));
  for (const { place, text } of texts) {
    for (const [, words] of text.matchAll(/`understudy ([^`]+)`/g)) {
      const named = verbNamed(program, words.split(' '));
      assert.ok(named !== null, `${place}: 'understudy ${words}' in: ${text}`);
      const own = new Set(named.options.map(({ long }) => long ?? ''));
      for (const [option] of words.matchAll(OPTION))
        assert.ok(option === '--help' || own.has(option), `${place}: ${option} in: ${text}`);
    }
  }
  for (const { place, text } of advice) {
    const prose = text.replace(/`[^`]*`/g, '');
    for (const [, word] of prose.matchAll(/\bunderstudy ([a-z]+)/g)) {
      assert.ok(verbNamed(program, [word]) === null, `${place}: a command without its backticks in: ${text}`);
    }
    for (const [option] of text.matchAll(OPTION)) {
      assert.ok(option === '--help' || everywhere.has(option), `${place}: ${option} in: ${text}`);
    }
  }
});

/** The command that these words begin with; null where the first is not a verb. */
function verbNamed(program: Command, words: readonly string[]): Command | null {
  const verb = program.commands.find((command) => command.name() === words[0]);
  if (verb === undefined) return null;
  if (verb.commands.length === 0 || words.length === 1) return verb;
  return verb.commands.find((command) => command.name() === words[1]) ?? null;
}

test('each file of the program that advice names exists, and is part of the package', () => {
  const { files } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { files: string[] };
  assert.ok(ownFiles.length > 4);
  for (const path of ownFiles) {
    assert.ok(existsSync(join(PROJECT_ROOT, path)), path);
    assert.ok(
      files.some((part) => path.startsWith(part)),
      `${path} is not in the package`,
    );
  }
  for (const { place, text } of texts) {
    assert.doesNotMatch(text, /\b(?:docs|games)\/[\w-]+\.\w/, `${place}: ownFile says where the file is`);
  }
});

test('no advice names a command of a checkout: core/installation.ts knows how the program was installed', () => {
  for (const { place, text } of advice) assert.doesNotMatch(text, /\bnpm (?:ci|run|install)\b|\bnpx\b/, place);
});
