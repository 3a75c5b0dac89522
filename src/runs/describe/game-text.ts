/** What `game cue` and `game check` print for people. */
import type { GameCheck } from './check-report.js';
import type { CueReport } from './take-cue.js';
import { textTable } from '../../terminal/table.js';

export function cueText({ game, name, pictures, entry, window }: CueReport): string {
  if (entry === null) {
    return [
      `wrote ${pictures[0]}, the whole picture of ${window.width}x${window.height} pixels.`,
      `Look at it, and say where '${name}' is: --region left,top,width,height, in its pixels.`,
    ].join('\n');
  }
  return [
    ...pictures.map((path) => `wrote ${path}`),
    `${game}: '${name}' is now ${JSON.stringify(entry)}`,
    `See what it says over time: understudy game check ${game}`,
  ].join('\n');
}

export function checkText(check: GameCheck): string {
  const { game, source, pictures, seconds, window, fights, cues, meters, notes, lookMs, figures } = check;
  const two = (value: number): string => value.toFixed(2);
  const cueRows = Object.entries(cues).map(([name, { seenPercent, scores, atLeast }]) => {
    return [name, `${seenPercent} %`, two(scores.p5), two(scores.p50), two(scores.p95), two(scores.max), two(atLeast)];
  });
  const value = (number: number | null): string => (number === null ? '-' : String(Number(number.toFixed(2))));
  const meterRows = Object.entries(meters).map(([name, { readPercent, least, most, last }]) => {
    return [name, `${readPercent} %`, value(least), value(most), value(last)];
  });
  const fightRows = fights.map(({ fromSeconds, toSeconds, outcome, meters: last }, index) => {
    const read = Object.values(last).map(value);
    return [String(index + 1), two(fromSeconds), two(toSeconds), outcome, ...read];
  });
  return [
    `${game} in ${source}: ${pictures} pictures of ${window.width}x${window.height} in ${seconds.toFixed(1)} s; a look costs ${two(lookMs.p50)} ms (p95 ${two(lookMs.p95)})`,
    ...(cueRows.length === 0 ? [] : ['', textTable(['cue', 'seen', 'p5', 'p50', 'p95', 'max', 'at least'], cueRows)]),
    ...(meterRows.length === 0 ? [] : ['', textTable(['meter', 'read', 'least', 'most', 'last'], meterRows)]),
    ...(fightRows.length === 0
      ? []
      : ['', textTable(['fight', 'from (s)', 'to (s)', 'outcome', ...Object.keys(meters)], fightRows)]),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    ...figures.map((path) => `wrote ${path}`),
  ].join('\n');
}
