/** `evaluate <sessions>`: the document, the text for people, and the report where a folder is named. */
import { programVersion } from '../../core/program-version.js';
import { evaluationText } from '../scores-text.js';
import { reportJson, type ReportParts } from './document.js';
import { writeReport } from './write-report.js';

/** @throws UnderstudyError as writeReport */
export async function publishScores(
  parts: ReportParts,
  { out, figures }: { readonly out: string | null; readonly figures: boolean },
): Promise<{ readonly document: ReturnType<typeof reportJson>; readonly text: string }> {
  const text = parts.evaluation === null ? '' : evaluationText(parts.evaluation);
  const document = reportJson(parts);
  if (out === null) return { document, text };
  const madeBy = `understudy ${programVersion()}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const written = await writeReport({ parts, folder: out, withFigures: figures, madeBy });
  return { document, text: `${text}${text === '' ? '' : '\n\n'}wrote ${written.join(', ')}` };
}
