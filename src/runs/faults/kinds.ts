/**
 * What can be made to fail on purpose, for tests and for people who want to see it: `--fault`. One table; the help text
 * and docs/faults.md are made from it.
 */

export interface FaultKind {
  /** What happens, for people. */
  readonly does: string;
  /** What the number after `=` means; null where there is none. */
  readonly value: { readonly unit: string; readonly default: number; readonly most: number } | null;
  /** How long it lasts by default, s; null: it happens once and has no duration. */
  readonly seconds: number | null;
  /** May happen by chance, frame by frame, where the spec gives a percentage. */
  readonly byChance: boolean;
  /** What the run must have for it to be possible. */
  readonly needs: 'nothing' | 'window' | 'guard';
}

const fault = (does: string, rest: Partial<FaultKind> = {}): FaultKind => ({
  does,
  value: null,
  seconds: 1,
  byChance: false,
  needs: 'nothing',
  ...rest,
});
const ms = (preset: number) => ({ unit: 'ms', default: preset, most: 60_000 });

export const FAULT_KINDS = {
  'slow-capture': fault('each frame takes this much longer', { value: ms(120), byChance: true }),
  'drop-frames': fault('no frame comes', { byChance: true }),
  'black-frames': fault('frames are black', { byChance: true }),
  'frozen-frames': fault('the same frame again and again'),
  'slow-policy': fault('each decision takes this much longer', { value: ms(120), byChance: true }),
  'hanging-policy': fault('a decision blocks the whole process', { value: ms(1000), seconds: null }),
  'throwing-policy': fault('a decision throws', { seconds: null }),
  'nan-policy': fault('a decision is not a number', { seconds: null }),
  'clock-jump': fault('the monotonic clock jumps ahead, as after a suspend', { value: ms(2000), seconds: null }),
  'stop-daemon': fault('the daemon is stopped (SIGSTOP) and continued', { value: ms(1000), seconds: null }),
  'kill-guard': fault('the key guard is killed (SIGKILL)', { seconds: null, needs: 'guard' }),
  'full-disk': fault('files cannot grow (a file-size limit)', {}),
  'close-window': fault('the game window is destroyed', { seconds: null, needs: 'window' }),
  'move-window': fault('the game window is moved and put back', { needs: 'window' }),
  'cover-window': fault('another window lies over the game', { needs: 'window' }),
  'lose-focus': fault('the game window loses the focus and gets it back', { needs: 'window' }),
  'cut-x11': fault('every X connection of the daemon breaks', { seconds: null, needs: 'window' }),
  'human-keys': fault('a person presses mapped keys, this many times', {
    value: { unit: 'presses', default: 20, most: 1000 },
    seconds: null,
    needs: 'window',
  }),
} as const satisfies Readonly<Record<string, FaultKind>>;

export type FaultName = keyof typeof FAULT_KINDS;

export const FAULT_NAMES = Object.keys(FAULT_KINDS) as readonly FaultName[];

/** The kind of a name, with its optional parts. */
export function faultKind(name: FaultName): FaultKind {
  return FAULT_KINDS[name];
}
