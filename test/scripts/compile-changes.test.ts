import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

const { compileChanges } = (await import(pathToFileURL(join(PROJECT_ROOT, 'scripts', 'compile-changes.js')).href)) as {
  readonly compileChanges: (root: string, compile: (root: string) => number | null) => number;
};

/** A project of two files, with a compiler that copies what its record does not know, as the real one does. */
class SmallProject {
  readonly root: string;
  compiled = 0;
  /** What the compiler answers; it is interrupted after its first file where this is null. */
  answer: number | null = 0;

  constructor(t: TestContext) {
    this.root = temporaryFolder(t);
    this.write('tsconfig.json', '{ "include": ["src", "test"] }');
    this.write('src/a.ts', 'a');
    this.write('src/room/b.ts', 'b');
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.root, name)), { recursive: true });
    writeFileSync(join(this.root, name), text);
  }

  remove(name: string): void {
    rmSync(join(this.root, name));
  }

  has(name: string): boolean {
    return existsSync(join(this.root, name));
  }

  read(name: string): string {
    return readFileSync(join(this.root, name), 'utf8');
  }

  build(): number {
    return compileChanges(this.root, () => this.#compile());
  }

  #compile(): number | null {
    this.compiled += 1;
    const record = 'dist/.tsbuildinfo';
    const known = this.has(record) ? (JSON.parse(this.read(record)) as Record<string, string>) : {};
    for (const name of ['src/a.ts', 'src/room/b.ts']) {
      if (!this.has(name) || known[name] === this.read(name)) continue;
      known[name] = this.read(name);
      this.write(`dist/${name.replace('.ts', '.js')}`, this.read(name));
      if (this.answer === null) return null;
    }
    this.write(record, JSON.stringify(known));
    return this.answer;
  }
}

test('a build with nothing to do starts no compiler', (t) => {
  const project = new SmallProject(t);
  assert.equal(project.build(), 0);
  assert.equal(project.build(), 0);
  assert.equal(project.compiled, 1);
});

test('a changed source, a changed lock file and a new source are compiled', (t) => {
  const project = new SmallProject(t);
  project.build();
  project.write('src/a.ts', 'a, changed');
  project.build();
  assert.equal(project.read('dist/src/a.js'), 'a, changed');
  project.write('package-lock.json', '{}');
  project.build();
  assert.equal(project.compiled, 3);
});

test('the outputs of a removed source go, and so do folders that are empty then', (t) => {
  const project = new SmallProject(t);
  project.build();
  project.write('dist/src/room/b.js.map', '');
  project.remove('src/room/b.ts');
  project.build();
  assert.ok(!project.has('dist/src/room'));
  assert.ok(project.has('dist/src/a.js'));
});

test('an output that was removed is made again, though the compiler believes that it wrote it', (t) => {
  const project = new SmallProject(t);
  project.build();
  project.remove('dist/src/a.js');
  project.build();
  assert.equal(project.read('dist/src/a.js'), 'a');
});

test('after an interrupted build of other sources every output is that of its source', (t) => {
  const project = new SmallProject(t);
  project.build();
  project.write('src/a.ts', 'of a branch');
  project.answer = null;
  assert.equal(project.build(), 1);
  assert.equal(project.read('dist/src/a.js'), 'of a branch');
  project.write('src/a.ts', 'a');
  project.answer = 0;
  assert.equal(project.build(), 0);
  assert.equal(project.read('dist/src/a.js'), 'a');
});

test('a compiler that was run by hand since is noticed', (t) => {
  const project = new SmallProject(t);
  project.build();
  project.write('dist/src/a.js', 'of a branch');
  project.write('dist/.tsbuildinfo', '{"src/a.ts":"of a branch","src/room/b.ts":"b"}');
  project.build();
  assert.equal(project.read('dist/src/a.js'), 'a');
});

test('sources with an error are compiled again at the next build', (t) => {
  const project = new SmallProject(t);
  project.answer = 2;
  assert.equal(project.build(), 2);
  assert.equal(project.build(), 2);
  assert.equal(project.compiled, 2);
});
