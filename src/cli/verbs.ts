/** Every verb of the program, in the order in which --help lists them. */
import type { Command } from 'commander';
import { arenaVerb } from './verbs/arena.js';

export const VERBS: readonly (() => Command)[] = [arenaVerb];
