/** The scores of a game for people: a row for each player, then the differences in the same rounds. */
import type { MeanRow, PlayerRow } from '../../evaluation/game-scores.js';
import type { GameEvaluation } from './evaluate-game.js';
import type { SteppedEvaluation } from '../../stepped/evaluate-stepped.js';
import { textTable } from '../../terminal/table.js';

export function gameScoresText(evaluation: GameEvaluation | SteppedEvaluation): string {
  const { game, players, differences, complete, fights } = evaluation;
  const meters = [...new Set(players.flatMap((row) => Object.keys(row.meters)))];
  const title = complete ? `${game}: ${fights} fights each` : `${game}: interrupted, of ${fights} fights each`;
  // fights that are won and lost are counted already; their differences are not
  const shown = meters.filter((name) => !('stepped' in evaluation && (name === 'won' || name === 'lost')));
  // on a virtual clock nothing waits
  const inTime = 'stepped' in evaluation ? [] : ['latency ms', 'late', 'gated'];
  const head = ['who', 'fights', 'won', 'lost', 'ended', 'seconds', ...shown, ...inTime];
  const lines = [
    title,
    '',
    textTable(
      head,
      players.map((row) => rowCells(row, shown).slice(0, head.length)),
    ),
  ];
  if (differences.length > 0) {
    const cells = differences.map(({ a, b, seconds, meters: values }) => [
      `${a} - ${b}`,
      String(seconds.n),
      meanText(seconds),
      ...meters.map((name) => meanText(values[name])),
    ]);
    lines.push('', textTable(['difference', 'rounds', 'seconds', ...meters], cells));
  }
  return [...lines, '', 'in brackets: 95 % intervals over fights', whereText(evaluation)].join('\n');
}

function whereText(evaluation: GameEvaluation | SteppedEvaluation): string {
  if ('runDir' in evaluation) return `run folder  ${evaluation.runDir}`;
  const { seed, fights, rateHz, judgedBy } = evaluation;
  return `better is more ${judgedBy}; stepped at ${rateHz} Hz, seeds ${seed} to ${seed + fights - 1}: nothing was late, and no key reached a window`;
}

function rowCells(row: PlayerRow, meters: readonly string[]): string[] {
  const { player, fights, won, lost, ended, seconds, latencyMs, lateTicks, gatedTicks } = row;
  return [
    ...[player, String(fights), String(won), String(lost), String(ended), meanText(seconds)],
    ...meters.map((name) => meanText(row.meters[name])),
    ...[latencyMs === null ? '-' : latencyMs.p50.toFixed(1), String(lateTicks), String(gatedTicks)],
  ];
}

function meanText(row: MeanRow | undefined): string {
  if (row === undefined) return '-';
  const { mean, low, high } = row;
  return low === null || high === null ? short(mean) : `${short(mean)} [${short(low)}, ${short(high)}]`;
}

/** Three digits or so: a score of 12,345 and a share of 0.41. */
function short(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
