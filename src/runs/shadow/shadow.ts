/** `shadow`: watches a named window or the arena's page, and compares the model's keys with the person's. */
import { join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { evaluateModels, type EvaluationDocument } from '../../evaluation/evaluate-models.js';
import { splitOf } from '../../evaluation/split.js';
import { readBundle } from '../../policy/bundle.js';
import { readDataset } from '../../session/dataset.js';
import { markPageFights } from '../record/page-fights.js';
import { openPersonsPage } from '../record/persons-page.js';
import { openGame } from '../game/launch.js';
import { activate } from '../chosen-window.js';
import type { RunEnvironment, WatchedEnvironment } from '../environment.js';
import { openWatch } from '../open-watch.js';
import type { ShadowRequest } from '../request.js';
import type { ClipsRequest, DisagreementClip } from './disagreement-clips.js';
import { shadowWindow, type FightRecorder, type ShadowedWindow } from './shadow-window.js';

/** The fields of `shadow --json` besides the evaluation's. */
export interface ShadowFacts {
  /** The recording's path without ending. */
  readonly session: string;
  readonly outcome: string;
  readonly seconds: number;
  readonly ticks: number;
  readonly missedTicks: number;
  readonly lateTicks: number;
  readonly rateHz: number;
  /** Key events that this program sent: 0. */
  readonly injectedEvents: number;
  /** Key events of the game's keys that some program sent (XTEST) and this one saw. */
  readonly syntheticEvents: number;
  readonly runDir: string;
  /** Only with --watch-disagreements: the clips, largest first. */
  readonly disagreements?: readonly DisagreementClip[];
}

export type ShadowSummary = ShadowFacts & (EvaluationDocument | { readonly models: readonly [] });

export interface Shadowed {
  readonly summary: ShadowSummary;
  readonly failure: UnderstudyError | null;
}

/** @throws UnderstudyError as the window, the page, the model and the recording do; `port-taken` of the live page */
export async function shadow(request: ShadowRequest, environment: RunEnvironment): Promise<Shadowed> {
  const { say } = environment;
  await using watch = await openWatch(request.watch, say);
  return await watchPlay(request, { ...environment, watch });
}

async function watchPlay(request: ShadowRequest, environment: WatchedEnvironment): Promise<Shadowed> {
  const { signals, say } = environment;
  const { place } = request;
  if (place.kind === 'page') {
    await using page = await openPersonsPage(place, signals.signal, say);
    const { server, window } = page;
    const byPage = (recorder: FightRecorder): void => markPageFights({ server, recorder });
    return await judged(request, await shadowWindow(request, environment, window, byPage), say);
  }
  await using game = await openGame({ window: place, game: null }, environment);
  const { window } = game;
  if (place.activate) await activate(window, say);
  return await judged(request, await shadowWindow(request, environment, window, null), say);
}

/** Scores what was decided live, on the labels of the recording that was made at the same time. */
async function judged(
  { evidenceFloor, clips: mostClips }: ShadowRequest,
  shadowed: ShadowedWindow,
  say: (text: string) => void,
): Promise<Shadowed> {
  const { files, summary, model, modelPath, predictions, injectedEvents, failure } = shadowed;
  const { outcome, seconds, ticks, missedTicks, lateTicks, rateHz, runDir } = summary;
  const facts = {
    session: files.base,
    outcome,
    seconds,
    ticks,
    missedTicks,
    lateTicks,
    rateHz,
    injectedEvents,
    runDir,
  };
  try {
    const dataset = await readDataset([files.base]);
    const syntheticEvents = dataset.sessions[0].events.filter(({ synthetic }) => synthetic).length;
    const bundle = await readBundle(modelPath);
    const live = predictions.ofFights(dataset, model);
    const evaluation = evaluateModels({
      dataset,
      models: [{ bundle, split: splitOf(bundle.manifest, dataset), predictions: live }],
      onlyHeldOut: false,
      evidenceFloor,
      timelines: 0,
    });
    const { manifest } = bundle;
    const clips =
      mostClips === null
        ? {}
        : await clipsOf(
            { dataset, predictions: live, manifest, folder: join(runDir, 'disagreements'), most: mostClips },
            say,
          );
    return { summary: { ...evaluation, ...facts, syntheticEvents, ...clips }, failure };
  } catch (error) {
    // too little was played to be scored: the recording is kept
    if (!(error instanceof UnderstudyError) || error.code !== 'session-invalid') throw error;
    say(`no scores: ${error.message}`);
    return { summary: { ...facts, syntheticEvents: 0, models: [] }, failure };
  }
}

/** A clip that cannot be drawn costs no score. */
async function clipsOf(
  request: ClipsRequest,
  say: (text: string) => void,
): Promise<Pick<ShadowFacts, 'disagreements'>> {
  try {
    const { writeDisagreementClips } = await import('./disagreement-clips.js');
    return { disagreements: await writeDisagreementClips(request) };
  } catch (error) {
    if (!(error instanceof UnderstudyError)) throw error;
    say(`no clips of disagreements: ${error.message} ${error.next}`);
    return { disagreements: [] };
  }
}
