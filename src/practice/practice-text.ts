/** A practice for people: its progress, line by line, and what came of it. */
import { differenceText } from '../evaluation/better.js';
import { meanOf } from '../evaluation/game-scores.js';
import { wilson95 } from '../evaluation/intervals.js';
import { BY_WINS } from '../stepped/stepped-game.js';
import { ProgressLines } from '../terminal/progress-lines.js';
import { textTable } from '../terminal/table.js';
import type { PracticeReport, PracticeWatcher } from './practise.js';
import type { Check, Update } from './practice-state.js';

/** A line that stays for each update and check; below it how many fights of the next one are played. */
export class PracticeProgress extends ProgressLines implements PracticeWatcher {
  readonly onFights: PracticeWatcher['onFights'] = (what, done, total) =>
    this.line.show(performance.now(), () => `  ${what}: ${done} of ${total} fights`);

  readonly onUpdate: PracticeWatcher['onUpdate'] = (update, judgedBy, secondsLeft) =>
    this.say(updateText(update, judgedBy, secondsLeft));

  readonly onCheck: PracticeWatcher['onCheck'] = (check, judgedBy, isBest) =>
    this.say(`check after update ${check.update}: ${valuesText(check, judgedBy)}${isBest ? ', the best so far' : ''}`);
}

/** `update 12: won 25 of 32, return 1.23, KL 0.012, entropy 0.094, critic 64 %; 610 decisions a second, 41 min left`. */
function updateText(update: Update, judgedBy: string, secondsLeft: number): string {
  const { won, value, fights, meanReturn, klToFirst, entropy, explained, decisions, playSeconds, learnSeconds } =
    update;
  const played = judgedBy === BY_WINS ? `won ${won} of ${fights}` : `${judgedBy} ${value.toFixed(2)}`;
  const rate = decisions / (playSeconds + learnSeconds);
  return [
    `update ${update.update}: ${played}, return ${meanReturn.toFixed(2)}, KL ${klToFirst.toFixed(4)}`,
    `entropy ${entropy.toFixed(3)}, critic ${(100 * explained).toFixed(0)} %; ${rate.toFixed(0)} decisions a second`,
    `${(secondsLeft / 60).toFixed(0)} min left`,
  ].join(', ');
}

/** `178 of 200 [84, 93 %]`, or `seconds 12.30 [11.20, 13.40], n = 200`. */
function valuesText({ values }: Pick<Check, 'values'>, judgedBy: string): string {
  if (judgedBy !== BY_WINS) {
    const { n, mean, low, high } = meanOf(values)!;
    const interval = low === null || high === null ? '' : ` [${low.toFixed(2)}, ${high.toFixed(2)}]`;
    return `${judgedBy} ${mean.toFixed(2)}${interval}, n = ${n}`;
  }
  const won = values.reduce((sum, win) => sum + win, 0);
  const [low, high] = wilson95(won, values.length).map((share) => (100 * share).toFixed(0));
  return `${won} of ${values.length} [${low}, ${high} %]`;
}

export function practiceText(report: PracticeReport): string {
  const { from, best, kept, bestUpdate, decisions, updates, stopped, compared, seconds, work, judgedBy } = report;
  const names = Object.keys(compared.before.events);
  const row = (agent: string, check: Check): string[] => [
    agent,
    valuesText(check, judgedBy),
    ...names.map((name) => (check.events[name] ?? 0).toFixed(2)),
  ];
  const verdict = kept
    ? `wrote ${best}`
    : `Not better beyond the noise: ${from.folder} stands. What was best so far is ${work}/best.`;
  return [
    textTable(
      ['agent', judgedBy === BY_WINS ? 'won' : 'better is more', ...names],
      [row(from.name, compared.before), row(`after update ${bestUpdate}`, compared.after)],
    ),
    '',
    `difference, fight by fight: ${differenceText(compared.difference)} ${judgedBy} a fight`,
    `${decisions} decisions in ${updates.length} updates${stopped === null ? '' : `; stopped: ${stopped}`}`,
    `${verdict} (${(seconds / 60).toFixed(1)} minutes)`,
  ].join('\n');
}
