/** Rewards as a user writes them. */
import { splitActionValues } from '../core/action-values.js';
import { badOption } from '../core/errors.js';

/** Larger ones are slips. */
const LARGEST = 1000;

/** `damage=-1,won=2`. @throws UnderstudyError `bad-option` for what is not a number, or an event that is named twice */
export function rewardsIn(text: string): Record<string, number> {
  const pairs = splitActionValues(text, { option: '--reward', example: 'damage=-1' });
  const rewards = new Map(pairs.map(([event, value]) => [event, rewardOf(event, value)]));
  if (rewards.size < pairs.length) throw badOption('--reward names an event twice.', 'Name each event once.');
  return Object.fromEntries(rewards);
}

function rewardOf(event: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Math.abs(value) <= LARGEST) return value;
  throw badOption(
    `--reward ${event}=${text}: expected a number from -${LARGEST} to ${LARGEST}.`,
    'Give one, as in --reward damage=-1.',
  );
}
