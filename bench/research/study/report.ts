/** The study's result: tables and verdicts out of the numbers. Adds no number that it was not given. */
import { STUDY_NAMES } from '../../../src/core/study-actions.js';
import type { FightsRow } from '../../../src/evaluation/arena/rows.js';
import { markdownTable, writeResult } from '../../support/results.js';
import { judgeClaims, type Claim } from './claims.js';
import type { EncoderRow, ModelRow, StudyNumbers } from './rows.js';
import { FIRST_HELD_OUT_SEED, FIRST_PLAYED_SEED, FIRST_TRAINING_SEED, type Scale } from './scales.js';

export interface StudyFacts {
  readonly scale: Scale;
  /** Models of the plan, done or not. */
  readonly planned: number;
  readonly frames: number;
  readonly trainFrames: number;
  readonly fights: number;
  readonly heldOutFrames: number;
  readonly seed: number;
  readonly engine: string;
  readonly command: string;
  /** In the very fights that the models played. */
  readonly players: Readonly<Record<string, FightsRow>>;
}

const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;
const two = (value: number): string => value.toFixed(2);

/** Most wins first; equal ones by hits on the boss, then by composite. */
export function byWins(models: readonly ModelRow[]): ModelRow[] {
  const played = (row: ModelRow): [number, number] => [row.played?.winRate ?? -1, row.played?.meanHits ?? -1];
  return [...models].sort((a, b) => {
    const [[winsA, hitsA], [winsB, hitsB]] = [played(a), played(b)];
    return winsB - winsA || hitsB - hitsA || b.validation.composite - a.validation.composite;
  });
}

function lossText({ loss }: ModelRow): string {
  return loss.kind === 'bce' ? 'cross-entropy' : `focal, alpha ${loss.alpha}`;
}

function playedCells(played: FightsRow | null): string[] {
  if (played === null) return ['-', '-', '-', '-', '-', '-', '-'];
  const { fights, wins, winRate, winRate95, byPhase, meanSeconds, meanHits } = played;
  const phases = byPhase.map(({ passed, reached }) => `${passed}/${reached}`);
  const interval = winRate95.map((limit) => percent(limit)).join(' to ');
  return [
    `${wins} of ${fights}`,
    percent(winRate),
    interval,
    phases.join(', '),
    meanSeconds.toFixed(1),
    meanHits.toFixed(0),
  ];
}

function modelsTable(models: readonly ModelRow[], players: StudyFacts['players']): string {
  const composite = new Map(
    [...models]
      .sort((a, b) => b.validation.composite - a.validation.composite)
      .map((row, place) => [row.name, place + 1] as const),
  );
  const rows = byWins(models).map((row) => [
    ...[row.name, lossText(row), ...playedCells(row.played)],
    ...[two(row.validation.composite), String(composite.get(row.name))],
  ]);
  const scripted = Object.entries(players).map(([name, row]) => [`scripted: ${name}`, '', ...playedCells(row), '', '']);
  const headings = [
    'model',
    'loss',
    'won',
    'win rate',
    '95 %',
    'phases beaten',
    'seconds',
    'hits',
    'composite',
    'rank by it',
  ];
  return markdownTable(headings, [...rows, ...scripted]);
}

function actionsTable(models: readonly ModelRow[]): string {
  const shown = STUDY_NAMES.filter((action) => models.some((row) => row.byFrame.scores.perAction[action].support > 0));
  const rows = models.map((row) => [
    row.name,
    ...shown.map((action) => {
      const { precision, recall } = row.byFrame.scores.perAction[action];
      return `${two(precision)} / ${two(recall)}`;
    }),
    percent(row.byFrame.scores.binaryAccuracy, 1),
  ]);
  const support = shown.map((action) => String(models[0].byFrame.scores.perAction[action].support));
  return markdownTable(['model', ...shown, 'binary accuracy'], [...rows, ['frames held', ...support, '']]);
}

function encodersTable(encoders: readonly EncoderRow[]): string {
  const rows = encoders.map(({ latent, record, threats }) => [
    latent === null ? 'baseline (18,432)' : String(latent),
    record.loss.toPrecision(3),
    percent(record.loss / record.meanFrameLoss),
    `${record.history.length}`,
    String(record.liveLatents),
    ...threats.map(({ drawn, frames }) => `${two(drawn)} (${frames})`),
  ]);
  const headings = ['latent', 'loss', "of the mean frame's", 'epochs', 'live latents', 'phase 1', 'phase 2', 'phase 3'];
  return markdownTable(headings, rows);
}

function claimsTable(claims: readonly Claim[]): string {
  const rows = claims.map(({ claim, said, verdict, numbers }) => [claim, said, `**${verdict}**`, numbers]);
  return markdownTable(['claim', 'write-up', 'here', 'by'], rows);
}

function settingLines(facts: StudyFacts, played: number): string[] {
  const { scale, fights, frames, trainFrames, heldOutFrames, seed } = facts;
  const epochs = (value: number | null, study: string): string => (value === null ? study : `at most ${value}`);
  return [
    `Scale \`${scale.name}\`: ${frames} frames of ${fights} scripted fights (seeds ${FIRST_TRAINING_SEED} on), ${trainFrames} of them for training, the rest for validation. The study had 9,549.`,
    `Frame scores: ${heldOutFrames} frames of ${scale.heldOutFights} other fights (seeds ${FIRST_HELD_OUT_SEED} on). Wins: ${played} fights a model, level normal (seeds ${FIRST_PLAYED_SEED} on). None of these was trained or tuned on.`,
    `The study's settings (\`--preset study\`): threshold 0.5, focal loss with gamma 2 and alpha 0.25 and weight 6, windows across fights, seed ${seed}, one seed a model. Autoencoders ${epochs(scale.encoderEpochs, '8 (baseline 10)')} epochs, heads ${epochs(scale.headEpochs, '20')}, the baseline's ${epochs(scale.baselineHeadEpochs, '15')}. One difference: the output of the autoencoders starts at the mean pixel, since with Keras' start autoencoders of dark pictures can collapse to black for good.`,
    'What is done is not done again, so the same command resumes.',
  ];
}

const INTRODUCTION = `The write-up's grid, trained on demonstrations of the practice fight, and, which the
write-up never had, played: each model alone in the arena, at 10 Hz with its horizon of one frame. F1 does not rank agents, so
the wins stand first. Models after a comma are controls on the same encoder that the study did not have.`;

const DRAWN = `Loss: mean squared error on validation frames, beside that of always answering the mean frame. Phases: how much of its
threats an autoencoder draws (1: all, 0: none), as the projection of the picture drawn onto the true one over the pixels that
threats cover; in brackets the frames.`;

/** Writes both files from what is there; a study that is not finished is said to be so. */
export function writeReport(folder: string, name: string, facts: StudyFacts, numbers: StudyNumbers): void {
  const { models, encoders } = numbers;
  const claims = judgeClaims(numbers);
  const played = Math.max(0, ...models.map((row) => row.played?.fights ?? 0));
  const isWhole =
    models.length === facts.planned && models.every((row) => row.played?.fights === facts.scale.playedFights);
  const missing = `**Not finished**: ${models.length} of ${facts.planned} models are trained, up to ${played} of ${facts.scale.playedFights} fights each are played. The same command continues.`;
  const sections = [
    INTRODUCTION,
    ...(isWhole ? [] : [missing]),
    '## Claim by claim',
    claimsTable(claims),
    '## Wins',
    'Phases beaten: of the fights that reached phases 1, 2 and 3. Hits are on the boss, of 162. Composite is on validation frames.',
    modelsTable(models, facts.players),
    '## By frame, on held-out fights',
    'Precision / recall at threshold 0.5.',
    actionsTable(models),
    '## The autoencoders',
    DRAWN,
    encodersTable(encoders),
  ];
  writeResult(
    {
      name,
      title: 'The study, on the practice fight',
      command: facts.command,
      n: `${models.length} models, up to ${played} fights each`,
      versions: { engine: facts.engine },
      sections,
      made: settingLines(facts, played),
      document: { ...facts, finished: isWhole, claims, models: byWins(models), encoders },
    },
    { folder },
  );
}
