/** `understudy sweep`: sessions in, a ranked table and the winner's bundle out. Decides nothing about learning. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { actionsOfScores, scoredNames } from '../../evaluation/scores.js';
import { textTable } from '../../terminal/table.js';
import { loadEngine } from '../../training/engine.js';
import { sweep, type Ranking, type SweepResult } from '../../training/sweep.js';
import { readTrialData } from '../../training/trial.js';
import { sourceOf, trialsOf, type SweepVerbOptions } from '../options/sweep.js';
import { SweepProgress } from '../text/sweep-progress.js';
import { unlessAborted } from './unless-aborted.js';

/** Fields as documented in docs/cli.md: scripts rely on them. */
export interface SweepSummary extends SweepResult {
  readonly folder: string;
  readonly engine: string;
  readonly frames: number;
  readonly fights: number;
  readonly warnings: readonly string[];
  readonly seconds: number;
}

/**
 * Sweeps.
 *
 * @returns null where the signal came first; the same command goes on from the last whole epoch
 * @throws UnderstudyError as `loadEngine`, `readTrialData` and `sweep`; `bad-option`
 */
export async function sweepSessions(
  names: readonly string[],
  options: SweepVerbOptions,
  signal: AbortSignal,
): Promise<SweepSummary | null> {
  const beganMs = performance.now();
  const source = sourceOf(names, options);
  trialsOf(source, '', options); // refused before anything is loaded
  const folder = resolve(options.out);
  const engine = await loadEngine(options.engine, { deterministic: options.deterministic ?? false });
  makeFolder(folder);
  const data = await readTrialData(source, folder);
  using frames = data.data.frames; // closed with this run
  const fights = new Set(data.data.fightOf).size;
  using progress = new SweepProgress(process.stderr);
  progress.say(`${frames.count} frames of ${fights} fights, ${data.fps} a second, on ${engine.description}`);
  for (const warning of data.warnings) progress.say(`warning: ${warning}`);
  const trials = trialsOf(source, data.sha256, options);
  const command = `understudy ${process.argv.slice(2).join(' ')}`;
  const about = { command, engine: engine.description, frames: frames.count, fights, warnings: data.warnings };
  const { evidenceFloor } = options;
  const running = sweep(engine, { trials, data, folder, evidenceFloor, signal, watch: progress, record: about });
  const result = await unlessAborted(running, signal);
  if (result === null) {
    progress.say(`stopped; the same command goes on from the last whole epoch (${folder})`);
    return null;
  }
  const seconds = Number(((performance.now() - beganMs) / 1000).toFixed(1));
  const { engine: name, warnings } = about;
  return { folder, engine: name, frames: frames.count, fights, warnings, seconds, ...result };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'write-failed',
      message: `The folder ${folder} cannot be made: ${messageOf(cause)}`,
      next: 'Name a folder that can be written to with --out.',
      cause,
    });
  }
}

/** The table for people, best first. */
export function sweepText({ trials, ranking, failed, best, test, folder }: SweepSummary): string {
  const cells = trials.map(({ latent, head, validation, rankedComposite, fit }, place) => [
    ...[String(place + 1), String(latent), head.toUpperCase(), rankedComposite?.toFixed(3) ?? 'N/A'],
    ...Object.values(validation.perAction).map(({ f1, support }) => {
      return support === 0 ? 'N/A' : f1.toFixed(2);
    }),
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

/** What was left out, and how to have it. */
function thinText({ floor, thin }: Ranking, scored: readonly string[]): string[] {
  const left = scored.filter((action) => thin.includes(action));
  if (left.length === 0) return [];
  return [
    `${left.join(', ')}: held in fewer than ${Math.max(1, floor)} of them and left out; --evidence-floor 0 ranks by all that are held at all`,
  ];
}
