/** What came after a bundle's training, in sentences. */
import type { BundleManifest } from '../policy/manifest.js';
import { differenceText } from './better.js';
import { improvedOf, practicesOf, type Improved, type Practised } from './improvement-record.js';

/** Rounds of correction, then practices, in their order; empty where there was nothing. */
export function madeBetterBy(manifest: Pick<BundleManifest, 'training'>): string[] {
  const improved = improvedOf(manifest);
  return [...(improved === null ? [] : [roundText(improved)]), ...practicesOf(manifest).map(practiceText)];
}

const roundText = ({ round, difference, played, from }: Improved): string =>
  `round ${round} of improve: ${differenceText(difference)} ${played.by} a fight to ${from.id}`;

function practiceText({ game, judgedBy, from, decisions, updates, compared }: Practised): string {
  const worth =
    compared === undefined ? '' : `: ${differenceText(compared.difference)} ${judgedBy} a fight to ${from.id}`;
  return `practice in ${game}, ${decisions} decisions in ${updates} ${updates === 1 ? 'update' : 'updates'}${worth}`;
}
