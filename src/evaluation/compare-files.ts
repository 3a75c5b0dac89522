/** Compares two documents in files: as data for scripts, as text for people. */
import { messageOf, UnderstudyError } from '../core/errors.js';
import { compareDocuments, type Comparison } from './compare.js';
import { readJson } from './report/inputs.js';
import { textTable } from '../terminal/table.js';

/** @throws UnderstudyError `file-missing`, `file-unreadable` where nothing in the files can be compared */
export async function compareFiles(before: string, after: string): Promise<Comparison> {
  const [first, second] = [await readJson(before), await readJson(after)];
  let comparison: Comparison;
  try {
    comparison = compareDocuments(first, second);
  } catch (error) {
    throw incomparable(`the measures of ${before} or ${after} are malformed: ${messageOf(error)}`, error);
  }
  if (comparison.changes.length > 0) return comparison;
  throw incomparable(`${before} and ${after} have no figure of the same name`);
}

function incomparable(problem: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'file-unreadable',
    message: `Nothing can be compared: ${problem}.`,
    next: 'Name two documents that the same command wrote with --json.',
    cause,
  });
}

const figure = (value: number | null): string => (value === null ? '-' : Number(value.toPrecision(4)).toString());
const signed = (value: number | null): string => (value !== null && value > 0 ? `+${figure(value)}` : figure(value));

/** Changes beyond the noise first; unchanged figures only where they are asked for. */
export function comparisonText({ changes, paired }: Comparison, withSame: boolean): string {
  const groups = {
    changed: changes.filter(({ verdict }) => verdict === 'changed'),
    unknown: changes.filter(
      ({ verdict, difference }) => verdict === 'unknown' && difference !== 0 && difference !== null,
    ),
    same: withSame ? changes.filter(({ verdict }) => verdict === 'same') : [],
  };
  const words = { changed: 'outside the interval', unknown: 'no interval', same: 'within the interval' };
  const rows = (['changed', 'unknown', 'same'] as const).flatMap((verdict) =>
    groups[verdict].map(({ name, unit, before, after, difference, interval, isBetter }) => [
      unit === '' ? name : `${name} (${unit})`,
      figure(before),
      figure(after),
      signed(difference),
      interval === null ? '' : `${signed(interval[0])} to ${signed(interval[1])}`,
      `${words[verdict]}${isBetter === null ? '' : isBetter ? ', better' : ', worse'}`,
    ]),
  );
  const same = changes.filter(({ verdict }) => verdict === 'same').length;
  const how = paired ? 'on the same fights, fight by fight' : 'each by its own intervals';
  return [
    ...(rows.length === 0 ? [] : [textTable(['figure', 'before', 'after', 'difference', '95 %', ''], rows), '']),
    `${changes.length} figures compared, ${how}: ${groups.changed.length} outside the interval, ${same} within it, ${
      changes.filter(({ verdict }) => verdict === 'unknown').length
    } without one.`,
  ].join('\n');
}
