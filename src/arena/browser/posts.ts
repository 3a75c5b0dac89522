/** Schemas of the posts. The page is ours, but any program on the machine can reach the port: each post is checked. */
import { z } from 'zod';
import { ARENA_ACTIONS } from '../actions.js';
import type { BorderPost, ClosedPost, FightPost, FlashPost, ProgressPost, ReadyPost } from '../page/messages.js';

/** The longest fight has 90 s of 60 steps (arena.md); a little more is allowed. */
const MAX_STEPS = 6000;

const count = z.number().int().min(0).max(1e9);
const amount = z.number().min(0).max(1e9);
/** Wall clock, ms since 1970. */
const wallMs = z.number().min(0).max(1e14);
const sizePx = z.number().min(0).max(100_000);
const seed = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const level = z.enum(['normal', 'hard']);
const outcome = z.enum(['won', 'lost', 'timeout']);

const keyCounts = z.object({ presses: count, releases: count, repeats: count, other: count });

const keyEvents = z
  .array(z.object({ type: z.enum(['down', 'up']), code: z.string().max(40), tMs: wallMs, repeat: z.boolean() }))
  .max(20_000);

const ready = z.object({
  width: sizePx,
  height: sizePx,
  ratio: z.number().min(0.1).max(16),
  focused: z.boolean(),
}) satisfies z.ZodType<ReadyPost>;

const progress = z.object({
  seed,
  level,
  page: z.enum(['waiting', 'fighting', 'over']),
  steps: z.number().int().min(0).max(MAX_STEPS),
  stage: z.enum(['ready', 'fight', 'change', 'over']),
  bossPhase: z.number().int().min(1).max(3),
  bossHitsLeft: count,
  playerHitPoints: z.number().int().min(0).max(3),
  keys: keyCounts,
  focused: z.boolean(),
  width: sizePx,
  height: sizePx,
  droppedMs: amount,
  drawnFrames: count,
  command: count,
}) satisfies z.ZodType<ProgressPost>;

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

const fight = z.object({
  seed,
  level,
  outcome,
  seconds: z
    .number()
    .min(0)
    .max(MAX_STEPS / 60),
  summary,
  keyEvents,
  keyEventsDropped: count,
  keys: keyCounts,
  inputs: z
    .array(z.tuple([z.number().int().min(0).max(ARENA_ACTIONS.all), z.number().int().min(1).max(MAX_STEPS)]))
    .max(MAX_STEPS)
    .refine((runs) => runs.reduce((steps, run) => steps + run[1], 0) <= MAX_STEPS, `more than ${MAX_STEPS} steps`),
  stateHash: z.string().regex(/^[0-9a-f]{16}$/),
  droppedMs: amount,
}) satisfies z.ZodType<FightPost>;

const border = z.object({
  seed,
  level,
  border: z.enum(['begin', 'end']),
  tMs: wallMs,
  number: count,
}) satisfies z.ZodType<BorderPost>;

const flash = z.object({
  flips: z.array(z.object({ index: count, white: z.boolean(), drawnMs: wallMs })).max(1000),
  keyEvents: keyEvents.max(1000),
  done: z.boolean(),
}) satisfies z.ZodType<FlashPost>;

const closed = z.object({ keys: keyCounts }) satisfies z.ZodType<ClosedPost>;

/** By the kind in a post's address. */
export const POST_SCHEMAS = { ready, progress, fight, border, flash, closed } as const;

/** The largest body taken, bytes: 20,000 key events of 90 bytes and 6,000 runs of 10. */
export const MAX_BODY_BYTES = 2_500_000;
