/**
 * Cells of tables about fights: fights of one setting, played a few at a time and kept under runs/, so that a table of
 * hours may be stopped at any time. The same fights are never played twice.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowOf, type FightsRow } from '../../src/evaluation/arena/rows.js';
import { scoreInArena, type ArenaScoreOptions } from '../../src/evaluation/arena/score.js';
import type { PlayedFight } from '../../src/evaluation/arena/settings.js';
import type { Bundle } from '../../src/policy/bundle.js';

/** Never a seed of a training fight: those begin at 100000. */
export const FIRST_SEED = 1;
/** Fights between two saves. */
const SHARE = 20;

/** What differs between cells; all of it is in the name of what is kept. */
export type CellSettings = Pick<ArenaScoreOptions, 'level' | 'rateHz' | 'delayMs' | 'apply' | 'size'>;

/** The first fights of a setting, seeds 1 on. */
export async function playCell(bundle: Bundle, fights: number, settings: CellSettings): Promise<PlayedFight[]> {
  const { level = 'normal', ...others } = settings;
  const folder = join('runs', 'arena-table');
  const kind = Object.keys(others).length === 0 ? '' : `-${hashOf(others)}`;
  // the id names the weights alone
  const path = join(folder, `${bundle.id}-${hashOf(bundle.manifest.thresholds)}-${level}${kind}.json`);
  mkdirSync(folder, { recursive: true });
  const played: PlayedFight[] = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as PlayedFight[]) : [];
  while (played.length < fights) {
    const some = Math.min(SHARE, fights - played.length);
    const seed = FIRST_SEED + played.length;
    const score = await scoreInArena({ bundle, fights: some, seed, level, withPlayers: false, ...others });
    if (score === null) throw new Error('no signal was given');
    played.push(...score.perFight);
    writeFileSync(`${path}.new`, JSON.stringify(played));
    renameSync(`${path}.new`, path);
    const wins = played.filter(({ outcome }) => outcome === 'won').length;
    process.stderr.write(
      `${bundle.manifest.name} ${level} ${JSON.stringify(others)}: ${wins} of ${played.length} won\n`,
    );
  }
  return played.slice(0, fights);
}

/** The same as one row of a table. */
export async function cellRow(bundle: Bundle, fights: number, settings: CellSettings): Promise<FightsRow> {
  return rowOf(await playCell(bundle, fights, settings));
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** "97.2 % to 99.9 %". */
export const intervalText = ({ winRate95 }: FightsRow): string => winRate95.map((limit) => percent(limit)).join(' to ');

function hashOf(settings: object): string {
  const named = JSON.stringify(Object.entries(settings).sort());
  return createHash('sha256').update(named).digest('hex').slice(0, 12);
}
