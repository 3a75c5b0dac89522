/** Schemas of the posts. The page is ours, but any program on the machine can reach the port: each post is checked. */
import { z } from 'zod';
import { ARENA_ACTIONS } from '../actions.js';
import { LEVEL_NAMES } from '../fight/rules.js';

/** The longest fight has 90 s of 60 steps (arena.md); a little more is allowed. */
const MAX_STEPS = 6000;

const count = z.number().int().min(0).max(1e9);
const amount = z.number().min(0).max(1e9);
/** Wall clock, ms since 1970. */
const wallMs = z.number().min(0).max(1e14);
/** CSS px of the page. */
const sizePx = z.number().min(0).max(100_000);
/** 0..2^53-1 */
const seed = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const level = z.enum(LEVEL_NAMES);
const outcome = z.enum(['won', 'lost', 'timeout']);

/** Keys counted since the page was loaded; the counts never decrease. */
const keyCounts = z.object({
  /** Presses of the game keys, auto-repeats left out. */
  presses: count,
  /** Releases of the game keys. */
  releases: count,
  /** Auto-repeats of the game keys. */
  repeats: count,
  /** Presses, releases and repeats of all other keys. */
  other: count,
});

/** Key events as the page saw them. */
const keyEvents = z
  .array(
    z.object({
      type: z.enum(['down', 'up']),
      /** KeyboardEvent.code (the physical key), or its `key` where the event names no physical key. */
      code: z.string().max(40),
      /** Taken from the page's monotonic clock when its listener ran. */
      tMs: wallMs,
      /** An auto-repeat of a held key: not an edge. */
      repeat: z.boolean(),
    }),
  )
  .max(20_000);

/** Posted once, when the first frame is on the screen. */
const ready = z.object({
  width: sizePx,
  height: sizePx,
  /** Device pixels a CSS px. */
  ratio: z.number().min(0.1).max(16),
  focused: z.boolean(),
});

/** Posted about twice a second, and soon after a key event outside a fight. */
const progress = z.object({
  seed,
  level,
  /** - `waiting`: the first frame is drawn, the fight has not begun. - `over`: its outcome is shown. */
  page: z.enum(['waiting', 'fighting', 'over']),
  /** Steps of 1/60 s so far. */
  steps: z.number().int().min(0).max(MAX_STEPS),
  stage: z.enum(['ready', 'fight', 'change', 'over']),
  bossPhase: z.number().int().min(1).max(3),
  /** Of this phase. */
  bossHitsLeft: count,
  playerHitPoints: z.number().int().min(0).max(3),
  keys: keyCounts,
  focused: z.boolean(),
  width: sizePx,
  height: sizePx,
  /** Game time that was dropped because the page was stopped for longer than the longest burst, ms. */
  droppedMs: amount,
  drawnFrames: count,
  /** Number of the last command carried out, 0 for none. */
  command: count,
});

const summary = z.object({
  seed,
  level,
  outcome: outcome.nullable(),
  seconds: amount,
  hits: count,
  damage: count,
  damageBy: z.object({ ball: count, tear: count, shot: count }),
  phases: z.array(z.object({ phase: z.literal([1, 2, 3]), seconds: amount, hits: count, damage: count })).length(3),
  shotsFired: count,
});

/** Posted once a fight ends by itself. */
const fight = z.object({
  seed,
  level,
  outcome,
  /** Game time. */
  seconds: z
    .number()
    .min(0)
    .max(MAX_STEPS / 60),
  summary,
  /** Every key event since the last fight's post (since the load, for the first). */
  keyEvents,
  /** Key events beyond the bound of the list: counted, not listed. */
  keyEventsDropped: count,
  keys: keyCounts,
  inputs: z
    .array(z.tuple([z.number().int().min(0).max(ARENA_ACTIONS.all), z.number().int().min(1).max(MAX_STEPS)]))
    .max(MAX_STEPS)
    .refine((runs) => runs.reduce((steps, run) => steps + run[1], 0) <= MAX_STEPS, `more than ${MAX_STEPS} steps`),
  stateHash: z.string().regex(/^[0-9a-f]{16}$/),
  droppedMs: amount,
});

/** Posted when a fight begins (which ends a running one), and when a fight ends by itself. */
const border = z.object({
  seed,
  level,
  border: z.enum(['begin', 'end']),
  /** Read at that moment. */
  tMs: wallMs,
  /** Counts the borders from 1: one that is posted again has its earlier number. */
  number: count,
});

/** Flash mode: what changed on the screen, and what keys came. */
const flash = z.object({
  /** `index` counts flips from 0; `drawnMs` is when the canvas was filled, in the frame that shows it. */
  flips: z.array(z.object({ index: count, white: z.boolean(), drawnMs: wallMs })).max(1000),
  keyEvents: keyEvents.max(1000),
  /** True in the last post: all flips asked for were made. */
  done: z.boolean(),
});

/** Posted while the window is being closed. */
const closed = z.object({ keys: keyCounts });

/** By the kind in a post's address. */
export const POST_SCHEMAS = { ready, progress, fight, border, flash, closed } as const;

/** The largest body taken, bytes: 20,000 key events of 90 bytes and 6,000 runs of 10. */
export const MAX_BODY_BYTES = 2_500_000;
