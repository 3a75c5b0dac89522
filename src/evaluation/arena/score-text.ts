/** The live score for people: the agent first, the scripted players of the same fights below it. */
import type { FightsRow } from './rows.js';
import type { ArenaScore } from './score.js';
import { textTable } from '../../terminal/table.js';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function arenaText(score: ArenaScore): string {
  const others = Object.entries(score.players ?? {});
  const delay = score.delayMs === 0 ? '' : `, keys ${score.delayMs} ms late`;
  return [
    `${score.model.name} (${score.model.id}) at ${score.rateHz} Hz${delay}: won ${score.wins} of ${score.fights} fights ` +
      `at level ${score.level}, seeds ${score.seed} to ${score.seed + score.fights - 1}`,
    '',
    textTable(
      ['who', 'wins', 'win rate', '95 % interval', 'seconds', 'hits', 'damage'],
      [rowCells(score.model.name, score), ...others.map(([name, row]) => rowCells(name, row))],
    ),
    '',
    textTable(
      ['phase', 'reached', 'passed', 'pass rate', 'seconds', 'hits', 'damage'],
      score.byPhase.map((row) => [
        String(row.phase),
        String(row.reached),
        String(row.passed),
        row.reached === 0 ? '-' : percent(row.passRate),
        ...(row.reached === 0 ? ['-', '-', '-'] : meansOf(row)),
      ]),
    ),
  ].join('\n');
}

function meansOf({
  meanSeconds,
  meanHits,
  meanDamage,
}: Pick<FightsRow, 'meanSeconds' | 'meanHits' | 'meanDamage'>): string[] {
  return [meanSeconds.toFixed(1), meanHits.toFixed(1), meanDamage.toFixed(2)];
}

function rowCells(name: string, row: FightsRow): string[] {
  const [low, high] = row.winRate95;
  return [name, String(row.wins), percent(row.winRate), `${percent(low)} to ${percent(high)}`, ...meansOf(row)];
}
