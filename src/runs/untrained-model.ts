/** Makes an untrained bundle, its thresholds centred on its answers to a seeded fight. Uses both arena and policy. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ARENA_ACTIONS, SELDOM_HELD } from '../arena/actions.js';
import { FightCanvas } from '../arena/canvas.js';
import { Fight, STEP_RATE_HZ } from '../arena/fight.js';
import { createPlayer } from '../arena/players/index.js';
import type { Bundle } from '../policy/bundle.js';
import { initialBundle } from '../policy/initial-bundle.js';
import { STUDY_CONTRACT } from '../vision/preprocessing-contract.js';
import { Preprocessor } from '../vision/preprocessor.js';
import { PROJECT_ROOT } from '../core/project-root.js';

/** Where the untrained bundle is kept; not committed (docs/files.md). */
const UNTRAINED = join(PROJECT_ROOT, 'models', 'untrained');
/** Pictures that the thresholds are centred on: half a minute of the scripted player's fight. */
const PICTURES = 300;
const PICTURES_PER_SECOND = 10;

export interface ModelChoice {
  readonly latent: number;
  readonly head: 'gru' | 'lstm';
  readonly seed: number;
  readonly out: string;
}

/** Writes it; what was at `out` is replaced once the new one is whole. */
export function initModel({ latent, head, seed, out }: ModelChoice): Promise<Bundle> {
  return initialBundle({
    latent,
    head,
    seed,
    out,
    actions: ARENA_ACTIONS,
    leftAlone: SELDOM_HELD,
    frames: fightPictures(seed),
  });
}

/** The untrained bundle that `play` falls back to: made the first time. @returns its folder */
export async function makeUntrainedModel(say: (text: string) => void): Promise<string> {
  if (existsSync(join(UNTRAINED, 'manifest.json'))) return UNTRAINED;
  say(
    "there is no trained model: making an untrained one (the study's architecture, random weights) in models/untrained",
  );
  await initModel({ latent: 512, head: 'gru', seed: 1, out: UNTRAINED });
  return UNTRAINED;
}

/** Gray pictures [72, 128] of one fight at 10 a second; each is valid until the next is asked for. */
async function* fightPictures(seed: number): AsyncGenerator<Uint8Array> {
  const fight = new Fight({ seed, level: 'normal' });
  const player = createPlayer('expert', seed);
  player.reset(seed);
  const canvas = await FightCanvas.open();
  const preprocessor = new Preprocessor(STUDY_CONTRACT);
  for (let picture = 0; picture < PICTURES && fight.outcome === null; picture += 1) {
    preprocessor.process({ ...canvas.size, pixels: canvas.draw(fight.state) });
    yield preprocessor.gray;
    for (let step = 0; step < STEP_RATE_HZ / PICTURES_PER_SECOND; step += 1) fight.step(player.decide(fight.state));
  }
}
