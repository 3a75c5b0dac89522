/** A game file of the small stepped game that tests play. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGameFile, type GameFile } from '../../src/games/game-file.js';

export const CATCH_ACTIONS = ['TO_LEFT', 'TO_RIGHT'] as const;

const PROGRAM = join(import.meta.dirname, 'catch.js');

/** @param folder is made @param args of the program: how it fails */
export function catchGame(folder: string, args: readonly string[] = [], change: object = {}): GameFile {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'game.json');
  const document = {
    name: 'Catch',
    window: { title: 'Catch' },
    actions: [
      { name: 'TO_LEFT', key: 'Left' },
      { name: 'TO_RIGHT', key: 'Right' },
    ],
    opposing: [CATCH_ACTIONS],
    stepped: { command: [process.execPath, PROGRAM, ...args], withinMs: 10_000 },
    ...change,
  };
  writeFileSync(path, JSON.stringify(document));
  return readGameFile(path);
}
