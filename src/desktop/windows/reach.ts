/** Whether keys that this program sends can reach a window at all. */
import { UnderstudyError } from '../../core/errors.js';
import { integrityOf, programOf } from './processes.js';
import { processOf } from './windows.js';
import type { WindowHandle } from './win32.js';

/**
 * Windows drops, without an error, the keys that a program sends to one of a higher integrity level.
 *
 * @throws UnderstudyError `keyboard-failed`, naming the game's program
 */
export function requireReachable(window: WindowHandle): void {
  const pid = processOf(window);
  if (pid === null) return; // it has closed: capture says so
  const theirs = integrityOf(pid);
  const ours = integrityOf(process.pid);
  if (theirs === null) throw refusesQuestions(programOf(pid), pid);
  if (ours === null || theirs <= ours) return;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: `The game (${programOf(pid)}, process ${pid}) runs as administrator and this program does not: Windows drops its keys.`,
    next: 'Start the game without administrator rights, or start this program in a terminal that runs as administrator.',
  });
}

function refusesQuestions(program: string, pid: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: `The game (${program || 'unknown'}, process ${pid}) has more rights than this program, or is protected: Windows does not say.`,
    next: 'Start the game without administrator rights, or this program with them. A game that is protected against cheating cannot be played by an agent.',
  });
}
