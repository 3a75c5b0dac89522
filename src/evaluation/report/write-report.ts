/** Writes a report to disk: the page, its JSON and, on request, the figures as files. */
import { join } from 'node:path';
import { writeWholeFile } from '../../core/whole-file.js';
import { drawFigure, writeFigureFiles, type DrawnFigure, type Figure } from '../figures/figure.js';
import { reportJson, type ReportParts } from './document.js';
import { evaluationPage, type DrawnFigures } from './evaluation-page.js';
import { reportFigures } from './figures.js';

export interface WriteReportOptions {
  readonly parts: ReportParts;
  /** Made where it is missing. */
  readonly folder: string;
  /** Also writes every figure as SVG and PNG under figures/. */
  readonly withFigures: boolean;
  /** For the page's footer. */
  readonly madeBy: string;
}

/**
 * Writes `index.html` and `report.json`, each whole or not at all.
 *
 * @returns the paths written
 * @throws UnderstudyError `write-failed`, `package-missing`
 */
export async function writeReport({
  parts,
  folder,
  withFigures,
  madeBy,
}: WriteReportOptions): Promise<readonly string[]> {
  const figures = reportFigures(parts);
  const drawn: Partial<Record<keyof DrawnFigures, DrawnFigure[]>> = {};
  for (const [section, list] of Object.entries(figures) as [keyof DrawnFigures, readonly Figure[]][]) {
    drawn[section] = [];
    for (const figure of list) drawn[section].push(await drawFigure(figure));
  }
  const page = join(folder, 'index.html');
  const json = join(folder, 'report.json');
  const next = 'Name another folder with --out, or free some space.';
  writeWholeFile(json, `${JSON.stringify(reportJson(parts))}\n`, next);
  writeWholeFile(page, evaluationPage(parts, drawn as DrawnFigures, madeBy), next);
  const paths = [page, json];
  if (!withFigures) return paths;
  for (const figure of Object.values(figures).flat())
    paths.push(...(await writeFigureFiles(join(folder, 'figures'), figure)));
  return paths;
}
