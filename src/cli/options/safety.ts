/** The options for when the agent may act and what stops it. Shared by every verb that presses keys. */
import type { Command } from 'commander';
import { readKeyLimits } from '../../keyboard/key-limits.js';
import { DEFAULT_HOT_KEYS } from '../../keyboard/hot-key-bindings.js';
import { actionsOf, type GameFile } from '../../games/game-file.js';
import type { SafetyRequest } from '../../runs/request.js';
import { number, choice } from './values.js';

export interface SafetyOptions {
  readonly armed: 'yes' | 'no';
  readonly panicKey: string;
  readonly pauseKey: string;
  readonly armKey: string;
  /** Seconds. */
  readonly resumeAfter: number;
  readonly maxHoldMs?: string;
  readonly maxPressesPerSecond?: string;
  readonly frozenAfterMs?: number;
  readonly leaseMs?: number;
}

export function addSafetyOptions(command: Command): void {
  command
    .addOption(choice('--armed <yes|no>', 'no: wait for the arm key, or `understudy arm`', ['yes', 'no'], 'yes'))
    .option('--panic-key <key>', 'releases every key; only arming ends it', DEFAULT_HOT_KEYS.panic)
    .option('--pause-key <key>', 'pauses, and resumes', DEFAULT_HOT_KEYS.pause)
    .option('--arm-key <key>', 'arms, from any state', DEFAULT_HOT_KEYS.arm)
    .addOption(
      number('--resume-after <s>', 'take back so long after the last key of a person who took over', 0.1, 3600, 2),
    )
    .option('--max-hold-ms <ms>', 'longest that a key stays down: one number, or JUMP=500,DASH=200')
    .option('--max-presses-per-second <n>', 'presses within any second: one number, or JUMP=4')
    .addOption(
      number(
        '--frozen-after-ms <ms>',
        'stand back when the picture has not changed for so long; default: what the training saw',
        100,
        3_600_000,
      ),
    )
    .addOption(
      number(
        '--lease-ms <ms>',
        'how long keys outlive the last decision; default and least: 250, or 2.5 periods',
        1,
        60_000,
      ),
    );
}

/** @throws UnderstudyError `bad-option`, `unknown-action` */
export function safetyRequest(options: SafetyOptions, game: GameFile | null): SafetyRequest {
  const { armed, panicKey, pauseKey, armKey, resumeAfter, maxHoldMs, maxPressesPerSecond } = options;
  return {
    armed: armed === 'yes',
    hotKeys: { panic: panicKey, pause: pauseKey, arm: armKey },
    limits: readKeyLimits({ maxHoldMs, maxPressesPerSecond, forbid: game?.forbid }, actionsOf(game)),
    leaseMs: options.leaseMs ?? null,
    resumeAfterMs: resumeAfter * 1000,
    frozenAfterMs: options.frozenAfterMs ?? null,
  };
}
