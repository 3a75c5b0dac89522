/**
 * A sweep's table for a report: its models, best first, and how the best were trained. The file is untrusted: sizes are
 * bounded, fields are checked, and no bundle outside the sweep's folder is read.
 */
import { dirname, join, normalize } from 'node:path';
import { z } from 'zod';
import { actionRulesSchema } from '../../policy/manifest.js';
import { byRank, evidenceOf, type Evidence } from '../evidence.js';
import type { ComparedModels } from '../figures/heatmap.js';
import type { TrainingCurve } from '../figures/training-curves.js';
import { actionsOfScores, scoredNames } from '../scores.js';
import { trainingCurvesOf } from '../training-history.js';
import { readJson, unreadable } from './inputs.js';

/** Trials whose training is drawn, the best ones. */
const DRAWN_TRIALS = 3;

const score = z.number().min(0).max(1);
const actionScore = z.object({ precision: score, recall: score, f1: score, support: z.number().int().min(0) });
const perAction = z
  .record(z.string().max(24), actionScore)
  .refine((actions) => Object.keys(actions).length > 0, 'expected scores of some actions');
const sweepSchema = z.object({
  trials: z
    .array(
      z.object({
        latent: z.number(),
        head: z.string().max(40),
        validation: z.object({ composite: score, perAction, actionRules: actionRulesSchema.optional() }),
        bundle: z.object({ folder: z.string().max(300) }).optional(),
      }),
    )
    .min(1)
    .max(256),
});

/** A sweep's models as the heatmaps take them, best first: by the composite of the actions with evidence on validation. */
export interface SweepTable extends ComparedModels {
  readonly ranking: Pick<Evidence, 'floor' | 'thin' | 'rankedBy'>;
  /** How the best were trained, best first; without those whose bundle is gone or has no record. */
  readonly training: readonly { readonly name: string; readonly curves: readonly TrainingCurve[] }[];
}

/** @throws UnderstudyError `file-missing`, `file-unreadable` for the table; a trial's bundle may be gone */
export async function readSweep(path: string, evidenceFloor: number): Promise<SweepTable> {
  const parsed = sweepSchema.safeParse(await readJson(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const problem = `it is not a sweep: ${issue.path.join('.')}: ${issue.message}`;
    throw unreadable(path, problem, 'Name the sweep.json that `understudy sweep` wrote.', parsed.error);
  }
  const trials = parsed.data.trials.map(({ latent, head, validation, bundle }) => {
    const name = `${head.toUpperCase()}-${latent}`;
    const { composite, perAction: scores } = validation;
    const evidence = evidenceOf(validation, evidenceFloor);
    return { model: { name, composite, perAction: scores, thin: evidence.thin }, evidence, bundle };
  });
  trials.sort((a, b) => byRank(a.evidence, b.evidence));
  const training: SweepTable['training'][number][] = [];
  for (const { model, bundle } of trials.slice(0, DRAWN_TRIALS)) {
    const curves = bundle === undefined ? [] : await curvesOf(dirname(path), bundle.folder);
    if (curves.length > 0) training.push({ name: model.name, curves });
  }
  const { floor, thin, rankedBy } = trials[0].evidence;
  const scored = scoredNames(actionsOfScores(parsed.data.trials[0].validation));
  return { trials: trials.map(({ model }) => model), scored, ranking: { floor, thin, rankedBy }, training };
}

const manifestSchema = z.object({ training: z.record(z.string(), z.unknown()) });

/** Of a bundle in the sweep's folder; none where it is not there. */
async function curvesOf(sweepFolder: string, folder: string): Promise<readonly TrainingCurve[]> {
  if (normalize(folder).split(/[\\/]/)[0] !== 'trials') return [];
  const manifest = manifestSchema.safeParse(
    await readJson(join(sweepFolder, folder, 'manifest.json')).catch(() => null),
  );
  return manifest.success ? trainingCurvesOf(manifest.data) : [];
}
