/** The report as a page: what was scored, on what, and the figures with how to read them. Writes nothing. */
import type { EvaluationDocument } from '../evaluate-models.js';
import type { DrawnFigure } from '../figures/figure.js';
import { listed, namesText } from '../names-text.js';
import { actionsOfScores, scoredNames } from '../scores.js';
import type { ReportParts } from './document.js';
import { rankedModels, type FigureSection } from './figures.js';
import { figure, htmlPage, paragraph, type Html, type PageSection } from './page.js';
import { actionTable, baselineTable, contractFacts, differenceTable, headlineTable, pressTable } from './tables.js';

/** Figures that are drawn, by section. */
export type DrawnFigures = Readonly<Record<FigureSection, readonly DrawnFigure[]>>;

/** @param madeBy the program, its version and the time, for the footer */
export function evaluationPage(parts: ReportParts, drawn: DrawnFigures, madeBy: string): string {
  const { evaluation, sweep, reconstructions } = parts;
  const shown = (section: FigureSection): Html[] => drawn[section].map(figure);
  const sections: PageSection[] = evaluation === null ? [] : evaluationSections(evaluation, shown);
  if (sweep !== null) {
    const { floor, thin, rankedBy } = sweep.ranking;
    const thinText = thin.length === 0 ? '' : ` ${namesText(thin)}: held in fewer than ${Math.max(1, floor)} frames.`;
    const note = paragraph(
      `Ranked by ${namesText(rankedBy) || 'nothing'} on validation fights, which early stopping and thresholds have seen: a ranking and not a test.${thinText}`,
    );
    sections.push({ id: 'sweep', title: 'Sweep', body: [note, ...shown('sweep')] });
  }
  if (evaluation !== null || reconstructions !== null) {
    const missing = paragraph(
      'A bundle keeps its encoder but no decoder, so pictures cannot be reconstructed from it alone: --work names the folder of a training (<bundle>.work), whose checkpoint has one.',
      'note',
    );
    sections.push({
      id: 'pictures',
      title: 'What the encoder sees',
      body: reconstructions === null ? [missing] : shown('pictures'),
    });
  }
  if (drawn.live.length > 0) sections.push({ id: 'live', title: 'Live', body: shown('live') });
  return htmlPage({ title: titleOf(parts), lead: leadOf(parts), sections, footer: madeBy });
}

function titleOf({ evaluation, sweep }: ReportParts): string {
  if (evaluation !== null) return `How well ${evaluation.models.map(({ name }) => name).join(', ')} imitates`;
  return sweep !== null ? 'A sweep of models' : 'A live run';
}

function leadOf({ evaluation }: ReportParts): string {
  if (evaluation === null) return 'Figures of what other commands measured.';
  const { frames, fights, sessions, rateHz } = evaluation;
  const names = sessions.map(({ name }) => name).join(', ');
  return `${frames} frames of ${fights.length} fights at ${rateHz} a second (${names}), each predicted by the policy that plays.`;
}

function evaluationSections(document: EvaluationDocument, shown: (section: FigureSection) => Html[]): PageSection[] {
  const models = rankedModels(document);
  const { rankedBy, thin } = models[0].evidence;
  const thinText =
    thin.length === 0
      ? ''
      : ` ${namesText(thin)}: held in fewer than ${document.evidenceFloor} frames, so greyed out and left out of the ranking.`;
  return [
    {
      id: 'scores',
      title: 'Scores',
      body: [
        ...splitNotes(document),
        ...models.map(({ name, learned }) => paragraph(`${name}: ${learned.text}`)),
        headlineTable(document),
        paragraph(
          `Composite: mean F1 of ${listed(scoredNames(actionsOfScores(document)))}, without those that were never held; ranked by ${namesText(rankedBy) || 'nothing'}.${thinText} Onset F1 counts presses that meet a human press within 2 frames, so holding a key all the time earns nothing; copying the last keys earns it one frame late, which the lag shows. None of this ranks agents by what they win: evaluate --arena or --game does.`,
          'note',
        ),
        ...differenceTable(document),
      ],
    },
    {
      id: 'actions',
      title: 'By action',
      body: [...models.flatMap((model) => [actionTable(model), baselineTable(model)]), ...shown('actions')],
    },
    { id: 'presses', title: 'Presses', body: [...models.map(pressTable), ...shown('presses')] },
    { id: 'timelines', title: 'Timelines', body: [paragraph(timelineNote(document), 'note'), ...shown('timelines')] },
    { id: 'thresholds', title: 'Thresholds', body: shown('thresholds') },
    { id: 'frames', title: 'How often', body: shown('frames') },
    { id: 'training', title: 'Training', body: [...shown('training'), ...withoutTraining(models)] },
    { id: 'contract', title: 'Contract', body: document.models.map(contractFacts) },
  ];
}

/** A note on the models whose records have no epochs. */
function withoutTraining(models: EvaluationDocument['models']): Html[] {
  const names = models.filter(({ trainingCurves }) => trainingCurves.length === 0).map(({ name }) => name);
  if (names.length === 0) return [];
  return [paragraph(`No training curves of ${names.join(', ')}: the record in the bundle has no epochs.`, 'note')];
}

function timelineNote({ timelines, fights, models }: EvaluationDocument): string {
  const top = models.length > 3 ? ' The best three models are drawn.' : '';
  return `${timelines.length} of ${fights.length} fights.${top} Frames before the first prediction of a fight are left out.`;
}

function splitNotes({ models }: EvaluationDocument): Html[] {
  return models.map(({ name, split }) => {
    const isSeen = split.scored.train + split.scored.validation > 0;
    return paragraph(`${models.length > 1 ? `${name}: ` : ''}${split.text}`, isSeen ? 'warning' : undefined);
  });
}
