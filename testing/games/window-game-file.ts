/** The game file of the window game, with its cues, in a folder of its own. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digitPicture, digitShapes } from '../../src/games/digits-meter.js';
import { grayPart } from '../../src/games/gray-image.js';
import { writeImage } from '../../src/vision/image-file.js';
import { BOXES, cutOut, drawGame, GAME_HEIGHT, GAME_WIDTH, regionOf, type DrawnScene } from './drawn-game.js';
import { WINDOW_GAME_TITLE, type WindowGameOptions } from './window-game.js';

const PROGRAM = fileURLToPath(new URL('./window-game.js', import.meta.url));

export interface WrittenGame {
  /** Of the game file. */
  readonly path: string;
  /** The lines that the game has logged so far. */
  readonly log: () => GameLine[];
}

export interface GameLine {
  readonly scene: 'title' | 'fight' | 'won' | 'lost';
  /** Absent where the line tells a new scene. */
  readonly keycode?: number;
  readonly down?: boolean;
  readonly atMs: number;
}

/** The meter of the score, for `more`; its digits' pictures are in `<parent>/<name>/`. */
export async function scoreMeter(parent: string, name: string): Promise<object> {
  mkdirSync(join(parent, name), { recursive: true });
  const glyphs: Record<string, string> = {};
  for (let digit = 0; digit < 10; digit += 1) {
    const image = grayPart(await drawGame({ score: digit }), BOXES.score);
    const { width, height, gray } = digitPicture(image, digitShapes(image)[0].box);
    const pixels = Uint8Array.from({ length: 4 * gray.length }, (_, i) => (i % 4 === 3 ? 255 : gray[i >> 2]));
    glyphs[digit] = `${digit}.png`;
    await writeImage(join(parent, name, glyphs[digit]), { width, height, pixels });
  }
  return { kind: 'digits', region: regionOf('score'), glyphs };
}

/** @param more fields of the game file that replace these; undefined leaves one out */
export async function writeWindowGame(
  parent: string,
  name: string,
  options: Partial<Omit<WindowGameOptions, 'log'>> = {},
  more: Record<string, unknown> = {},
): Promise<WrittenGame> {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  const cue = async (cueName: 'fighting' | 'won' | 'lost', scene: DrawnScene) => {
    await cutOut(folder, `${cueName}.png`, await drawGame(scene), cueName);
    const of = { width: GAME_WIDTH, height: GAME_HEIGHT };
    return { picture: `${cueName}.png`, region: regionOf(cueName, 6), of };
  };
  const log = join(folder, 'game.jsonl');
  writeFileSync(log, '');
  const game = { log, begins: 'key', fightMs: 1500, ...options };
  const path = join(folder, 'game.json');
  const file = {
    name,
    window: { title: WINDOW_GAME_TITLE },
    launch: { command: [process.execPath, PROGRAM, JSON.stringify(game)] },
    actions: [
      { name: 'JUMP', key: 'space' },
      { name: 'DUCK', key: 'Down' },
    ],
    cues: {
      fighting: await cue('fighting', {}),
      won: await cue('won', { panel: false, screen: 'won' }),
      lost: await cue('lost', { panel: false, screen: 'lost' }),
    },
    meters: { health: { kind: 'bar', region: regionOf('health'), from: 'left', full: '#d03020', empty: '#301010' } },
    restart: [{ waitMs: 100 }, { tap: 'Return' }, { until: 'fighting', withinMs: 10_000 }],
    ...more,
  };
  writeFileSync(path, JSON.stringify(file));
  const lines = (): GameLine[] =>
    readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as GameLine);
  return { path, log: lines };
}
