/** A sweep's result for people. */
import { join } from 'node:path';
import { actionsOfScores, scoredNames } from '../evaluation/scores.js';
import { textTable } from '../terminal/table.js';
import type { Ranking } from '../training/sweep.js';
import type { SweepSummary } from '../training/sweep-sessions.js';

/** The table for people, best first. */
export function sweepText({ trials, ranking, failed, best, test, folder }: SweepSummary): string {
  const cells = trials.map(({ latent, head, validation, rankedComposite, fit }, place) => [
    ...[String(place + 1), String(latent), head.toUpperCase(), rankedComposite?.toFixed(3) ?? 'N/A'],
    ...Object.values(validation.perAction).map(({ f1, support }) => (support === 0 ? 'N/A' : f1.toFixed(2))),
    `${fit.bestEpoch} of ${fit.epochs}`,
  ]);
  const { frames } = trials[0].validation;
  const actions = actionsOfScores(trials[0].validation);
  return [
    `${rankingText(ranking)} on ${frames} validation frames; F1 of each action beside it`,
    ...thinText(ranking, scoredNames(actions)),
    '',
    textTable(['rank', 'latent', 'head', 'composite', ...actions.names, 'best epoch'], cells),
    '',
    ...failed.map(({ id, message }) => `${id} failed: ${message}`),
    `best: latent ${best.latent}, ${best.head.toUpperCase()}, ${best.folder} (${best.id})`,
    test === null
      ? '  no test fights: give --test a share above 0 for a score that no choice was made on'
      : `  on ${test.frames} test frames, seen now for the first time: composite ${test.composite.toFixed(3)}`,
    `  all of it: ${join(folder, 'sweep.json')}`,
    '  F1 does not rank agents: `understudy evaluate --arena --model ' + best.folder + '` counts wins.',
  ].join('\n');
}

function rankingText({ rankedBy }: Ranking): string {
  if (rankedBy.length === 0) return 'ranked by the F1 of all actions weighted by their frames';
  return `ranked by composite (mean F1 of ${rankedBy.join(', ')})`;
}

/** What was left out of the ranking, and how to include it. */
function thinText({ floor, thin }: Ranking, scored: readonly string[]): string[] {
  const left = scored.filter((action) => thin.includes(action));
  if (left.length === 0) return [];
  return [
    `${left.join(', ')}: held in fewer than ${Math.max(1, floor)} of them and left out; --evidence-floor 0 ranks by all that are held at all`,
  ];
}
