/** Options of what is done by workers of a queue. */
import type { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import type { FightsByQueue } from '../../fleet/ask/fights.js';
import type { FleetRequest } from '../../fleet/fleet.js';
import { parseTags } from '../../fleet/tags.js';
import { sayOnError } from '../../terminal/output.js';

export interface FleetOptions {
  readonly queue?: string;
  readonly store?: string;
  readonly needs?: readonly string[];
}

export function addFleet(verb: Command): Command {
  return verb
    .option('--queue <address>', 'let workers do it: a Redis server, as redis://host:6379')
    .option('--store <place>', 'with --queue: a folder that all machines mount, or s3://bucket/prefix')
    .option('--needs <tags>', 'with --queue: what a worker must have, as in gpu,cores=8', needs);
}

const needs = (text: string): string[] => parseTags('--needs', text);

/** Null without --queue. @throws UnderstudyError `bad-option` */
export function fleetRequest({ queue, store, needs = [] }: FleetOptions): FleetRequest | null {
  if (queue === undefined) {
    const other = Object.entries({ store, needs: needs.length === 0 ? undefined : needs });
    const given = other.find(([, value]) => value !== undefined);
    if (given !== undefined) throw badOption(`--${given[0]} is for --queue.`, 'Give --queue too, or leave it out.');
    return null;
  }
  if (store !== undefined) return { queue, store, needs };
  throw badOption(
    '--queue without --store: workers would not find the files.',
    'Name a folder that every machine mounts at any path, or a bucket.',
  );
}

/** Plays fights by workers; null without --queue. @throws UnderstudyError `bad-option`; as openFightsByQueue */
export async function openFights(options: FleetOptions): Promise<FightsByQueue | null> {
  const request = fleetRequest(options);
  if (request === null) return null;
  const { openFightsByQueue } = await import('../../fleet/ask/fights.js');
  return await openFightsByQueue(request, sayOnError);
}
