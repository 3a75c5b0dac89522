/** A practice for people: its progress, line by line, and what came of it. */
import { differenceText } from '../evaluation/better.js';
import { wilson95 } from '../evaluation/intervals.js';
import { ProgressLines } from '../terminal/progress-lines.js';
import { textTable } from '../terminal/table.js';
import type { PracticeReport, PracticeWatcher } from './practise.js';
import type { Check, Update } from './practice-state.js';

/** A line that stays for each update and check; below it how many fights of the next one are played. */
export class PracticeProgress extends ProgressLines implements PracticeWatcher {
  readonly onFights: PracticeWatcher['onFights'] = (what, done, total) =>
    this.line.show(performance.now(), () => `  ${what}: ${done} of ${total} fights`);

  readonly onUpdate: PracticeWatcher['onUpdate'] = (update, secondsLeft) => this.say(updateText(update, secondsLeft));

  readonly onCheck: PracticeWatcher['onCheck'] = (check, isBest) =>
    this.say(`check after update ${check.update}: ${winsText(check)}${isBest ? ', the best so far' : ''}`);
}

/** `update 12: won 25 of 32, return 1.23, KL 0.012, entropy 0.094, critic 64 %; 610 decisions a second, 41 min left`. */
function updateText(update: Update, secondsLeft: number): string {
  const { won, fights, meanReturn, klToFirst, entropy, explained, decisions, playSeconds, learnSeconds } = update;
  const rate = decisions / (playSeconds + learnSeconds);
  return [
    `update ${update.update}: won ${won} of ${fights}, return ${meanReturn.toFixed(2)}, KL ${klToFirst.toFixed(4)}`,
    `entropy ${entropy.toFixed(3)}, critic ${(100 * explained).toFixed(0)} %; ${rate.toFixed(0)} decisions a second`,
    `${(secondsLeft / 60).toFixed(0)} min left`,
  ].join(', ');
}

/** `178 of 200 [84, 93 %]`. */
export function winsText({ wins }: Pick<Check, 'wins'>): string {
  const won = wins.reduce((sum, win) => sum + win, 0);
  const [low, high] = wilson95(won, wins.length).map((share) => (100 * share).toFixed(0));
  return `${won} of ${wins.length} [${low}, ${high} %]`;
}

export function practiceText(report: PracticeReport): string {
  const { from, best, kept, bestUpdate, decisions, updates, stopped, compared, seconds, work } = report;
  const names = Object.keys(compared.before.events);
  const row = (agent: string, check: Check): string[] => [
    agent,
    winsText(check),
    ...names.map((name) => (check.events[name] ?? 0).toFixed(2)),
  ];
  const verdict = kept
    ? `wrote ${best}`
    : `Not better beyond the noise: ${from.folder} stands. What was best so far is ${work}/best.`;
  return [
    textTable(
      ['agent', 'won', ...names],
      [row(from.name, compared.before), row(`after update ${bestUpdate}`, compared.after)],
    ),
    '',
    `difference, fight by fight: ${differenceText(compared.difference)} wins a fight`,
    `${decisions} decisions in ${updates.length} updates${stopped === null ? '' : `; stopped: ${stopped}`}`,
    `${verdict} (${(seconds / 60).toFixed(1)} minutes)`,
  ].join('\n');
}
