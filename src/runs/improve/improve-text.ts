/** The rounds of an improvement for people. */
import { differenceText } from '../../evaluation/better.js';
import { wilson95 } from '../../evaluation/intervals.js';
import { textTable } from '../../terminal/table.js';
import type { ImproveReport } from './improve.js';
import type { PlayedFights, Round } from '../../training/correction-rounds.js';

export function improveText({ from, rounds, best, bestRound, seconds }: ImproveReport): string {
  const first = rounds[0].against.played;
  const names = Object.keys(first.figures);
  const rows = [
    [from.name, '', '', resultText(first), ...names.map((name) => figureText(first, name)), '', ''],
    ...rounds.map((round) => rowOf(round, names)),
  ];
  const verdict =
    bestRound === 0
      ? `No round is better beyond the noise: ${from.folder} stands, and nothing was written.`
      : `wrote ${best}, the agent of round ${bestRound}`;
  return [
    textTable(['agent', 'fights', 'frames', first.by, ...names.map(headingOf), 'to the best before', ''], rows),
    '',
    `${verdict} (${(seconds / 60).toFixed(1)} minutes)`,
  ].join('\n');
}

function rowOf(round: Round, names: readonly string[]): string[] {
  const { gathered, played, kept } = round;
  return [
    `round ${round.round}`,
    `+${gathered.fights}`,
    `+${gathered.frames}`,
    resultText(played),
    ...names.map((name) => figureText(played, name)),
    differenceText(round.difference),
    kept ? 'kept' : 'dropped',
  ];
}

/** `52 of 60 [76, 93 %]`, or a mean. */
function resultText({ by, values }: PlayedFights): string {
  const read = values.filter((value) => value !== null);
  const sum = read.reduce((total, value) => total + value, 0);
  if (by !== 'wins') return (sum / read.length).toFixed(1);
  const [low, high] = wilson95(sum, read.length).map((share) => (100 * share).toFixed(0));
  return `${sum} of ${read.length} [${low}, ${high} %]`;
}

const figureText = ({ figures }: PlayedFights, name: string): string => figures[name].toFixed(1);

/** `hitsInPhase1` -> `hits in phase 1`, `meanSeconds` -> `seconds`. */
const headingOf = (name: string): string =>
  name
    .replace(/^mean/, '')
    .replace(/[A-Z]|\d/g, (one) => ` ${one.toLowerCase()}`)
    .trim();
