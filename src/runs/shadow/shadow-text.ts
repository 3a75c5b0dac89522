/** The result of a shadow run for people: its facts, and the scores where it was long enough for some. */
import { basename } from 'node:path';
import type { ShadowFacts, ShadowSummary } from './shadow.js';
import { evaluationText } from '../../evaluation/scores-text.js';

export function shadowText(summary: ShadowSummary): string {
  const facts = factsText(summary);
  return ('baselines' in summary ? [...facts, '', evaluationText(summary)] : facts).join('\n');
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
