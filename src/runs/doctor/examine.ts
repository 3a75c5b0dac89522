/** `doctor`: what this machine has and lacks. */
import { thisDesktop } from '../../desktop/choose.js';
import type { KeysymOfAction } from '../../keyboard/key-map.js';
import { checkScreens } from '../../screen/checks.js';
import type { Check } from '../../system/check.js';
import { checkEngines } from './engine-checks.js';
import { checkKeys } from './key-checks.js';

/** `doctor --json`. */
export interface Examination {
  /** Nothing that is required is missing. */
  readonly healthy: boolean;
  readonly checks: readonly Check[];
}

/** @param keys of the game */
export async function examine(keys: KeysymOfAction, signal: AbortSignal): Promise<Examination> {
  const engines = await checkEngines();
  const desktop = thisDesktop().checks((layout) => checkKeys(layout, keys));
  return examinationOf([...engines, ...desktop, ...(await checkScreens(signal))]);
}

export function examinationOf(checks: readonly Check[]): Examination {
  return { healthy: checks.every((check) => check.ok || !check.required), checks };
}

export function doctorText({ healthy, checks }: Examination): string {
  const inside = checks.some(({ name, ok }) => ok && name.startsWith('inside '));
  const without = `the arena can be played without a display (understudy play --arena)${inside ? ', and games on a screen of their own (--inside)' : ''}`;
  const end = healthy
    ? 'ready: the arena and windows of games can be played'
    : `${without}; for windows, mend what FAILs`;
  return [...checkLines(checks), '', end].join('\n');
}

export const queueText = ({ healthy, checks }: Examination): string =>
  [...checkLines(checks), '', healthy ? 'ready: jobs can be put on it' : 'it cannot hold jobs; mend what FAILs'].join(
    '\n',
  );

const checkLines = (checks: readonly Check[]): string[] =>
  checks.flatMap((check) => {
    const mark = check.ok ? 'ok  ' : check.required ? 'FAIL' : 'note';
    const line = `${mark}  ${check.name.padEnd(18)}  ${check.found}`;
    return check.fix === null ? [line] : [line, `      ${''.padEnd(18)}  fix: ${check.fix}`];
  });
