/**
 * The numbers of the practice fight. `normal` was tested to be learnable by plain cloning: where a number here changes,
 * every recorded fight, trained model and pinned hash belongs to another game.
 */

/** px */
export const STAGE_WIDTH = 640;
/** px */
export const STAGE_HEIGHT = 360;
/** Top of the ground, px from the top. */
export const GROUND_Y = 310;

export const STEP_RATE_HZ = 60;
export const STEP_MS = 1000 / STEP_RATE_HZ;

/** Steps in this many seconds; exact for the multiples of 1/60 s used here. */
export function stepsOf(seconds: number): number {
  return Math.round(seconds * STEP_RATE_HZ);
}

export const READY_STEPS = stepsOf(1.3);
export const CHANGE_STEPS = stepsOf(1.2);
export const LIMIT_STEPS = stepsOf(90);

/** The player's body and hands. */
export const PLAYER = {
  hitPoints: 3,
  untouchableSteps: stepsOf(1.5),
  widthPx: 26,
  heightPx: 54,
  duckedHeightPx: 36,
  runPxPerS: 200,
  jumpPx: 120,
  jumpS: 0.72,
  jumpBufferSteps: stepsOf(0.1),
  dashPxPerS: 600,
  dashSteps: stepsOf(0.2),
  dashCooldownSteps: stepsOf(0.5),
  fireSteps: 10, // 6 a second
  bulletPxPerS: 900,
  /** Half the width that a threat's own radius, less 4 px, is added to. */
  halfWidthHitPx: 10,
  graceRadiusPx: 4,
  muzzleHeightPx: 30,
  minX: 30,
  /** By phase 1 to 3: in the first two the boss stands on the right. */
  maxX: [440, 440, 610],
  startX: [60, 400],
} as const;

/** Where the boss is and how many hits it takes, by phase. A jumping player's bullets miss a low body on the ground. */
export const BOSS_BODY = [
  { x: 540, y: 258, width: 128, height: 104, hits: 60 },
  { x: 540, y: 228, width: 116, height: 164, hits: 60 },
  { x: 320, y: 70, width: 124, height: 96, hits: 42 },
] as const;

export const BOSS_FLASH_STEPS = 5;

/** px; at least 28 px across, since smaller things vanish in a resize to 128x72 that samples 2x2 pixels. */
export const THREAT_RADIUS = { ball: 18, tear: 14, shot: 15 } as const;

export const LEVEL_NAMES = ['normal', 'hard', 'brutal'] as const;
export type Level = (typeof LEVEL_NAMES)[number];
type Range = readonly [number, number];

/** What differs between levels. Ranges are uniform; speeds in px/s, times in s, distances in px. */
export interface LevelRules {
  /** How long an attack is announced (its "tell") before it starts. */
  readonly tellS: number;
  readonly firstAttackS: Range;
  readonly ballSpeed: Range;
  readonly ballGapS: Range;
  readonly ballRow: Range;
  readonly ballPauseS: Range;
  readonly tearSpeed: Range;
  readonly tearGapS: Range;
  /** How far beside the player a tear is aimed. */
  readonly tearMiss: Range;
  readonly decoyChance: number;
  readonly decoyDistance: number;
  readonly shotSpeed: Range;
  readonly shotGapS: Range;
  readonly shotSide: Range;
  readonly shotY: Range;
  /** A shot flies straight once it is this near. */
  readonly shotLock: number;
  /** Off the centre by more than this, shots come from the outer side. */
  readonly shotOuter: number;
  /** Cosine and sine of the turn in one step, written out: engines differ in the last digit of Math.sin. */
  readonly shotTurn: { readonly cos: number; readonly sin: number };
}

const NORMAL: LevelRules = {
  tellS: 0.4,
  firstAttackS: [0.8, 1.2],
  ballSpeed: [220, 280],
  ballGapS: [1.0, 1.6],
  ballRow: [3, 5],
  ballPauseS: [1.6, 2.2],
  tearSpeed: [150, 200],
  tearGapS: [1.0, 1.5],
  tearMiss: [6, 24],
  decoyChance: 0.35,
  decoyDistance: 150,
  shotSpeed: [120, 150],
  shotGapS: [2.6, 3.2],
  shotSide: [80, 150],
  shotY: [20, 50],
  shotLock: 150,
  shotOuter: 50,
  shotTurn: { cos: 0.9998942319271075, sin: 0.014543897651582654 }, // 50 degrees a second
};

// faster, denser, announced for a shorter time: the scripted expert wins 80 % (159 of 200, seeds 1 to 200)
const HARD: LevelRules = {
  ...NORMAL,
  tellS: 0.25,
  ballSpeed: [320, 420],
  ballGapS: [0.6, 1.05],
  ballPauseS: [1.1, 1.6],
  tearSpeed: [260, 330],
  tearGapS: [0.42, 0.7],
  shotSpeed: [190, 240],
  shotGapS: [1.5, 2.0],
  shotLock: 130,
};

export const LEVELS: Readonly<Record<Level, LevelRules>> = {
  normal: NORMAL,
  hard: HARD,
  // again a step further, so that even the patient expert at 10 Hz loses: it wins 117 of 200, seeds 1 to 200
  brutal: {
    ...HARD,
    tellS: 0.2,
    ballSpeed: [360, 480],
    ballGapS: [0.53, 0.94],
    ballPauseS: [0.98, 1.42],
    tearSpeed: [290, 365],
    tearGapS: [0.36, 0.6],
    shotSpeed: [210, 265],
    shotGapS: [1.33, 1.78],
    shotLock: 120,
  },
};
