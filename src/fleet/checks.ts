/** `doctor --queue`: whether a server can hold a queue, and what would be lost. */
import { UnderstudyError } from '../core/errors.js';
import { failed, passed, type Check } from '../system/check.js';
import type { QueueAddress } from './address.js';
import { programBuild } from './program-build.js';
import { JobQueue } from './queue.js';
import { lookAt, needsOf, type ServerFacts, type ServerNeed } from './server.js';

/** Beyond this, times left and ages of jobs mislead. */
const MOST_CLOCK_MS = 2000;

export async function checkQueue(address: QueueAddress): Promise<Check[]> {
  let facts: ServerFacts;
  try {
    facts = await lookAt(address);
  } catch (error) {
    if (!(error instanceof UnderstudyError)) throw error;
    return [failed('server', error.message, error.next)];
  }
  const checks = [...needsOf(facts).map(checkOf), ...lossChecks(facts)];
  return checks.every(({ ok, required }) => ok || !required) ? [...checks, await workersCheck(address)] : checks;
}

const checkOf = ({ name, ok, found, next }: ServerNeed): Check =>
  ok ? passed(name, found) : failed(name, found, next);

function lossChecks({ persistence, clockOffsetMs }: ServerFacts): Check[] {
  const clock = `${(clockOffsetMs / 1000).toFixed(1)} s ${clockOffsetMs < 0 ? 'behind' : 'before'} this machine`;
  return [
    persistence === 'append-only'
      ? passed('persistence', 'what is written survives a restart (append-only file)')
      : failed(
          'persistence',
          persistence === 'none' ? 'a restart loses every job' : 'a restart loses the jobs since the last snapshot',
          'Set appendonly yes in redis.conf. Nothing that was made is lost in any case: commands ask again.',
          false,
        ),
    Math.abs(clockOffsetMs) <= MOST_CLOCK_MS
      ? passed('clock', clock)
      : failed('clock', clock, 'Set both clocks by NTP: ages and times left are wrong.', false),
  ];
}

async function workersCheck(address: QueueAddress): Promise<Check> {
  await using queue = await JobQueue.open(address);
  const lanes = (await queue.lanes()).filter(({ program }) => program === programBuild());
  const names = (await Promise.all(lanes.map((lane) => queue.workers(lane)))).flat();
  return names.length > 0
    ? passed('workers', [...new Set(names)].join(', '), false)
    : failed('workers', `none listens for ${programBuild()}`, 'Start `understudy worker` on a machine.', false);
}
