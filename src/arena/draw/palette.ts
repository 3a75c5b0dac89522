/**
 * The colours of the fight. Their BT.601 grays are a contract with every trained model: background 24, ground 58,
 * boss 120 (70 dim, 145 hit), player 255 (150 untouchable), threats 200, own bullets 95. Hue is free, gray is not.
 */

export interface BossColors {
  /** Gray 120. */
  readonly plain: string;
  /** Gray 145: just hit. */
  readonly hit: string;
  /** Gray 70: invulnerable. */
  readonly dim: string;
  /** Gray 105: the shaded side. */
  readonly shade: string;
}

export const PALETTE = {
  wall: '#1a1428',
  sky: '#16183a',
  hills: '#0f1a2c',
  moon: '#1d2346',
  moonGlow: '#191d40',
  star: '#272e52',
  castle: '#120e20',
  curtain: '#3e0a14',
  curtainFold: '#2e0810',
  trim: '#4a2c10',
  ground: '#563220',
  groundLine: '#4e2e1c',
  groundEdge: '#6b3e26',
  lamp: '#6b4016',
  pit: '#120c14',
  bosses: [
    { plain: '#de5428', hit: '#f27040', dim: '#683a2a', shade: '#c44922' },
    { plain: '#746eb4', hit: '#8f88c8', dim: '#42406a', shade: '#65609e' },
    { plain: '#ce4696', hit: '#e066a8', dim: '#722e54', shade: '#b43c82' },
  ] as readonly [BossColors, BossColors, BossColors],
  /** Holes of a mask: eyes, mouths. */
  hollow: '#140c18',
  player: '#ffffff',
  untouchable: '#789ec0',
  scarf: '#d8265a',
  ink: '#0c0812',
  ball: '#ffc640',
  ballShade: '#f4b52e',
  tear: '#6eecf4',
  tearShade: '#5cdcec',
  shot: '#ffaadc',
  shotShade: '#f59cd0',
  bullet: '#28709c',
  spark: '#b06a30',
  hurt: '#c81428',
  dust: '#6a4c3a',
  bossBar: '#a00a28',
  bossBarEmpty: '#22060e',
  heart: '#be003c',
  heartLost: '#3e2418',
  confetti: ['#a03a5a', '#3a6a8a', '#8a6a20', '#4a7a3a', '#6a4a9a'],
} as const;
