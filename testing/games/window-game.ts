/**
 * A small game in a window of its own, for tests to start as a program: a title, fights that end by themselves, a last
 * screen. What it shows, and each key that reaches it, is written to a log as it happens.
 *
 *   node window-game.js '{"log": "game.jsonl", "begins": "key", "fightMs": 1500}'
 *
 * With "key" Return leads to the next fight, with "auto" it begins by itself 700 ms after the last one. A fight in which
 * space was pressed is won. Its health falls until its end, and its score rises by 120 in each quarter.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { KEY } from '../display/keycodes.js';
import { openTestWindow } from '../display/test-window.js';
import { drawGame, GAME_HEIGHT, GAME_WIDTH } from './drawn-game.js';

export interface WindowGameOptions {
  readonly log: string;
  readonly begins: 'key' | 'auto';
  readonly fightMs: number;
  /** It takes the focus and the pointer as it opens. Default false. */
  readonly takesHands?: boolean;
  /** The panel of the fight is in the title and in the last screens too. Default false. */
  readonly panelInMenus?: boolean;
  /** Of the window, as a factor. Default 1. */
  readonly scale?: number;
}

export const WINDOW_GAME_TITLE = 'the window game';

/** How long the last screen stays before the next fight begins by itself, ms. */
const PAUSE_MS = 700;
const STEP_MS = 25;

type Scene = 'title' | 'fight' | 'won' | 'lost';

async function run(options: WindowGameOptions): Promise<void> {
  const { log, begins, fightMs, takesHands = false, panelInMenus: panel = false, scale = 1 } = options;
  const note = (line: object): void => appendFileSync(log, `${JSON.stringify({ ...line, atMs: Date.now() })}\n`);
  const fight = [1, 0.75, 0.5, 0.25].map((health, index) =>
    drawGame({ health, seed: 30 + index, score: 120 * index, scale }),
  );
  const pictures = {
    title: await Promise.all([drawGame({ panel, seed: 20, scale }), drawGame({ panel, seed: 21, scale })]),
    fight: await Promise.all(fight),
    won: await Promise.all([drawGame({ panel, screen: 'won', seed: 22, scale })]),
    lost: await Promise.all([drawGame({ panel, screen: 'lost', seed: 23, scale })]),
  };
  const window = await openTestWindow({
    display: process.env.DISPLAY!,
    title: WINDOW_GAME_TITLE,
    width: Math.round(GAME_WIDTH * scale),
    height: Math.round(GAME_HEIGHT * scale),
  });
  window.listenForKeys();
  if (takesHands) {
    window.takeFocus();
    window.pointAt(100, 300);
  }
  let scene = 'title' as Scene;
  let sinceMs = performance.now();
  let jumped = false;
  const enter = (next: Scene): void => {
    scene = next;
    sinceMs = performance.now();
    jumped = false;
    note({ scene: next });
  };
  enter('title');
  for (let step = 0; ; step += 1) {
    for (const { keycode, down } of window.keyEvents()) {
      note({ keycode, down, scene });
      jumped ||= down && keycode === KEY.space;
      if (down && keycode === KEY.enter && scene !== 'fight') enter('fight');
    }
    const forMs = performance.now() - sinceMs;
    if (scene === 'fight' && forMs >= fightMs) enter(jumped ? 'won' : 'lost');
    else if (scene !== 'fight' && begins === 'auto' && forMs >= PAUSE_MS) enter('fight');
    const shown = pictures[scene];
    const share = Math.min(0.999, (performance.now() - sinceMs) / fightMs);
    const at = scene === 'fight' ? Math.floor(share * shown.length) : (step >> 3) % shown.length;
    window.paintPixels(shown[at].pixels);
    await delay(STEP_MS);
  }
}

// it is also imported, for its types
if (process.argv[2]?.startsWith('{')) await run(JSON.parse(process.argv[2]) as WindowGameOptions);
