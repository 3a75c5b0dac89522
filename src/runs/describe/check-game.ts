/** `game check`: what the cues and meters of a game file say over time, the fights found, and what is wrong with them. */
import { quantile } from '../../core/quantiles.js';
import { gameCheckFigure } from '../../evaluation/figures/game-check.js';
import { writeFigureFiles } from '../../evaluation/figures/figure.js';
import { GameWatcher } from '../../games/game-watcher.js';
import type { CueName } from '../../games/game-file-schema.js';
import type { GameFile } from '../../games/game-file.js';
import type { GameState } from '../../games/game-state.js';
import type { RunEnvironment } from '../environment.js';
import { checkAdvice } from './check-advice.js';
import type { CueSummary, FoundFight, GameCheck, GameSample, MeterSummary } from './check-report.js';
import { openPictures, type LookSettings } from './pictures.js';

/** Samples in the document and marks in the picture, at most: of more, every so manieth is kept. */
const MOST_SAMPLES = 1000;

export interface CheckRequest extends LookSettings {
  readonly game: GameFile;
  /** Where the figure goes; null: nowhere. */
  readonly out: string | null;
}

/** @throws UnderstudyError as GameWatcher.open, openPictures and writeFigureFiles */
export async function checkGame(
  request: CheckRequest,
  environment: Pick<RunEnvironment, 'signals' | 'say'>,
): Promise<GameCheck> {
  const { game, out } = request;
  const watcher = await GameWatcher.open(game);
  await using open = await openPictures(request, environment);
  const { signal } = environment.signals;
  const samples: GameSample[] = [];
  const tookMs: number[] = [];
  const fights: FoundFight[] = [];
  let window = { width: 0, height: 0 };
  let lastMs = 0;
  const take = (state: GameState): void => {
    fights.push(...fightsOf(state));
  };
  for await (const picture of open.pictures) {
    if (signal.aborted) break;
    const startedMs = performance.now();
    const state = watcher.look(picture);
    tookMs.push(performance.now() - startedMs);
    window = { width: picture.width, height: picture.height };
    lastMs = picture.capturedAtMs;
    const { fighting, scores, meters } = state;
    samples.push({ atSeconds: lastMs / 1000, fighting, scores, meters });
    take(state);
  }
  take(watcher.finish(lastMs));
  const cues = cueSummaries(game, samples);
  const meters = meterSummaries(game, watcher, samples);
  const advice = checkAdvice(game, watcher, { meters, pictures: samples.length });
  const notes = [...(samples.length === 0 ? [] : watcher.notesFor(window)), ...advice];
  const kept = thinned(samples);
  const sorted = Float64Array.from(tookMs).sort();
  const drawn = { game: game.name, samples: kept, fights, levels: levelsOf(game) };
  const isDrawn = out !== null && samples.length > 0;
  return {
    game: game.name,
    source: open.title,
    pictures: samples.length,
    seconds: lastMs / 1000,
    window,
    fights,
    cues,
    meters,
    notes,
    samples: kept,
    lookMs: { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), max: quantile(sorted, 1) },
    figures: isDrawn ? await writeFigureFiles(out, gameCheckFigure(drawn)) : [],
  };
}

function fightsOf(state: GameState): FoundFight[] {
  return state.edges.flatMap((edge) => {
    if (edge.edge !== 'ended') return [];
    const { beganAtMs, atMs, outcome, disputed } = edge;
    const [fromSeconds, toSeconds, seconds] = [beganAtMs, atMs, atMs - beganAtMs].map((ms) => Math.round(ms) / 1000);
    return [{ fromSeconds, toSeconds, seconds, outcome, disputed, meters: state.endedMeters }];
  });
}

function levelsOf(game: GameFile): Record<string, number> {
  return Object.fromEntries(Object.entries(game.cues).map(([name, cue]) => [name, cue.atLeast]));
}

function cueSummaries(game: GameFile, samples: readonly GameSample[]): GameCheck['cues'] {
  const entries = Object.entries(game.cues).map(([name, { atLeast }]) => {
    const scores = Float64Array.from(samples, (sample) => sample.scores[name as CueName] ?? -1).sort();
    const share = (is: (score: number) => boolean): number => percent(scores.filter(is).length, scores.length);
    const summary: CueSummary = {
      atLeast,
      seenPercent: share((score) => score >= atLeast),
      scores: {
        p5: quantile(scores, 0.05),
        p50: quantile(scores, 0.5),
        p95: quantile(scores, 0.95),
        max: quantile(scores, 1),
      },
      unsurePercent: share((score) => Math.abs(score - atLeast) < 0.1),
    };
    return [name, summary];
  });
  return Object.fromEntries(entries) as GameCheck['cues'];
}

function meterSummaries(game: GameFile, watcher: GameWatcher, samples: readonly GameSample[]): GameCheck['meters'] {
  const colours = watcher.barColours();
  const entries = Object.entries(game.meters).map(([name, { kind }]) => {
    const values = samples.map(({ meters }) => meters[name]).filter((value) => value !== null);
    const summary: MeterSummary = {
      readPercent: percent(values.length, samples.length),
      least: values.length === 0 ? null : values.reduce((one, other) => Math.min(one, other)),
      most: values.length === 0 ? null : values.reduce((one, other) => Math.max(one, other)),
      last: values.at(-1) ?? null,
      ...(kind === 'bar' ? { colours: colours[name] } : {}),
    };
    return [name, summary];
  });
  return Object.fromEntries(entries) as GameCheck['meters'];
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10;
}

function thinned(samples: readonly GameSample[]): GameSample[] {
  const step = Math.max(1, Math.ceil(samples.length / MOST_SAMPLES));
  return samples.filter((_, index) => index % step === 0);
}
