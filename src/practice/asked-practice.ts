/** Practice as a user asks for it, and the request that it makes. */
import { resolve } from 'node:path';
import type { EngineName } from '../training/engine.js';
import { PRACTICE_DEFAULTS } from './defaults.js';
import { gameNamed, type NamedGame } from './games.js';
import type { PracticeRequest, PracticeSettings } from './request.js';
import { rewardsIn } from './rewards-in.js';

type AskedSettings = Omit<PracticeSettings, 'learner' | 'rewards' | 'game' | 'temperature'>;

export interface AskedPractice extends NamedGame, AskedSettings {
  /** Default what suits how the bundle acts. */
  readonly temperature?: number;
  readonly out: string;
  readonly decisions: number;
  /** As in damage=-1,won=2. */
  readonly reward?: string;
  readonly learningRate: number;
  readonly kl: number;
  readonly entropy: number;
  readonly compareFights: number;
  readonly threads?: number;
  readonly engine: EngineName;
  readonly deterministic?: boolean;
  /** Default `<out>.work`. */
  readonly work?: string;
  readonly resume?: boolean;
}

/**
 * The practice that is asked for.
 *
 * @param bundle folder of the agent
 * @param command the command line, for the bundle's record
 * @throws UnderstudyError as gameNamed and rewardsIn
 */
export async function askedPractice(bundle: string, asked: AskedPractice, command: string): Promise<PracticeRequest> {
  const game = await gameNamed(asked, bundle);
  const { learningRate, kl: klWeight, entropy: entropyWeight, out, decisions, compareFights, engine } = asked;
  const { temperature = null, fights, burnIn, checkEvery, checkFights, firstSeed, seed, freshHead } = asked;
  return {
    ...{ bundle, out, decisions, compareFights, engine },
    work: asked.work ?? `${resolve(out)}.work`,
    settings: {
      game,
      rewards: rewardsIn(asked.reward ?? ''),
      learner: { ...PRACTICE_DEFAULTS.learner, learningRate, klWeight, entropyWeight },
      ...{ temperature, fights, burnIn, checkEvery, checkFights, firstSeed, seed, freshHead },
    },
    threads: asked.threads ?? null,
    deterministic: asked.deterministic ?? false,
    resume: asked.resume ?? false,
    command,
  };
}
