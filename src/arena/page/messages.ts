/**
 * The messages between the arena's page and its server: JSON over loopback, always as requests of the page. Types only,
 * so that the page loads no module of the server.
 */
import type { z } from 'zod';
import type { POST_SCHEMAS } from '../browser/posts.js';
import type { Level } from '../fight.js';

/** Which fight. */
export interface FightChoice {
  /** Integer, 0..2^53-1. */
  readonly seed: number;
  readonly level: Level;
}

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** The posts by their kinds, as the server's schemas check them. */
export type Posts = DeepReadonly<{ [K in keyof typeof POST_SCHEMAS]: z.infer<(typeof POST_SCHEMAS)[K]> }>;

export type ReadyPost = Posts['ready'];
export type ProgressPost = Posts['progress'];
export type FightPost = Posts['fight'];
export type BorderPost = Posts['border'];
export type FlashPost = Posts['flash'];
export type ClosedPost = Posts['closed'];
export type KeyEventRecord = FightPost['keyEvents'][number];
export type KeyCounts = ClosedPost['keys'];

/** The server's answer to any post. A command is repeated until a progress post names its number. */
export interface Answer {
  readonly command: { readonly number: number; readonly begin: FightChoice } | null;
}
