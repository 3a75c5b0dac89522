/** `shadow`: a named window or the arena's page, and how the model's keys compare with the person's. */
import { basename, join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { evaluateModels, type EvaluationDocument } from '../../evaluation/evaluate-models.js';
import { splitOf } from '../../evaluation/split.js';
import { readBundle } from '../../policy/bundle.js';
import { readDataset } from '../../session/dataset.js';
import { evaluationText } from '../../cli/text/evaluation.js';
import { markPageFights } from '../record/page-fights.js';
import { openPersonsPage } from '../record/persons-page.js';
import { findChosenWindow } from '../chosen-window.js';
import { activate } from '../play/play-window.js';
import { gameFileOf, namesWindow } from '../../cli/options/window.js';
import type { ClipsRequest, DisagreementClip } from './disagreement-clips.js';
import { DEFAULT_CLIPS, type ShadowContext } from '../../cli/options/shadow.js';
import { shadowWindow, type ShadowedWindow } from './shadow-window.js';

/** What `shadow --json` says besides the evaluation's fields. */
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
  readonly text: string;
  readonly failure: UnderstudyError | null;
}

/** @throws UnderstudyError as the window, the page, the model and the recording do */
export async function shadow(context: ShadowContext): Promise<Shadowed> {
  const { options, signals, say } = context;
  if (!namesWindow(options)) {
    await using page = await openPersonsPage(options, signals.signal, say);
    const { server, window } = page;
    return await judged(
      context,
      await shadowWindow(context, window, null, {
        byPage: (recorder) => markPageFights({ server, recorder, nowMs: () => performance.now() }),
      }),
    );
  }
  const game = gameFileOf(options);
  using window = await findChosenWindow(context, game);
  if (options.activate) await activate(window, say);
  return await judged(context, await shadowWindow(context, window, game, {}));
}

/** Scores what was decided live, on the labels of the recording that was made meanwhile. */
async function judged({ options, say }: ShadowContext, shadowed: ShadowedWindow): Promise<Shadowed> {
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
      evidenceFloor: options.evidenceFloor,
      timelines: 0,
    });
    const clips = await clipsOf({ options, say }, { dataset, predictions: live, manifest: bundle.manifest }, runDir);
    const all: ShadowFacts = { ...facts, syntheticEvents, ...clips };
    const text = [...factsText(all), '', evaluationText(evaluation)].join('\n');
    return { summary: { ...evaluation, ...all }, text, failure };
  } catch (error) {
    // too little was played to be scored: the recording is there all the same
    if (!(error instanceof UnderstudyError) || error.code !== 'session-invalid') throw error;
    say(`no scores: ${error.message}`);
    const none = { ...facts, syntheticEvents: 0, models: [] as const };
    return { summary: none, text: factsText(none).join('\n'), failure };
  }
}

/** The clips, where they were asked for. A clip that cannot be drawn costs no score. */
async function clipsOf(
  { options, say }: Pick<ShadowContext, 'options' | 'say'>,
  of: Pick<ClipsRequest, 'dataset' | 'predictions' | 'manifest'>,
  runDir: string,
): Promise<Pick<ShadowFacts, 'disagreements'>> {
  if (options.watchDisagreements === undefined) return {};
  const most = options.watchDisagreements === true ? DEFAULT_CLIPS : options.watchDisagreements;
  try {
    const { writeDisagreementClips } = await import('./disagreement-clips.js');
    return { disagreements: await writeDisagreementClips({ ...of, folder: join(runDir, 'disagreements'), most }) };
  } catch (error) {
    if (!(error instanceof UnderstudyError)) throw error;
    say(`no clips of disagreements: ${error.message} ${error.next}`);
    return { disagreements: [] };
  }
}

function factsText(facts: ShadowFacts): string[] {
  const { session, outcome, seconds, ticks, missedTicks, injectedEvents, runDir, disagreements = [] } = facts;
  return [
    `${basename(session)}: ${outcome} after ${seconds.toFixed(1)} s, ${ticks} ticks, ${missedTicks} missed`,
    `  ${injectedEvents} key events sent; recorded as ${session}; run folder ${runDir}`,
    ...disagreements.map(
      ({ file, atSeconds, actions }) => `  disagreed on ${actions.join(', ')} at ${atSeconds.toFixed(1)} s: ${file}`,
    ),
  ];
}
