/** What a model learned, for a terminal: each action's F1 beside those that need no model, and the verdict. */
import type { Learned } from './learned.js';
import { textTable } from '../terminal/table.js';

const two = (value: number | null): string => (value === null ? '-' : value.toFixed(2));

export function learnedText({ perAction, composite, text }: Learned): string {
  const rows = Object.entries(perAction).map(([name, action]) => {
    const { support, f1, always, majority, copyLast, kappa } = action;
    return [name, String(support), ...[f1, always, majority, copyLast, kappa].map(two)];
  });
  const mean =
    composite === null ? [] : [composite.f1, composite.always, composite.majority, composite.copyLast].map(two);
  const scored = composite === null ? [] : [[`composite of ${overText(composite.over)}`, '', ...mean, '']];
  const titles = ['action', 'frames', 'F1', 'always held', 'majority', 'copy last', 'kappa'];
  return `${textTable(titles, [...rows, ...scored])}\n${text}`;
}

/** A first column that names thirty actions would push the others off the screen. */
function overText(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.length} actions`;
}
