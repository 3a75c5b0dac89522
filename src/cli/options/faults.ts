/** `--fault` and `--fault-seed`: the faults to cause in this run on purpose. */
import type { Command } from 'commander';
import { FAULT_NAMES } from '../../runs/faults/kinds.js';
import { parseFaults } from '../../runs/faults/spec.js';
import type { FaultsRequest } from '../../runs/request.js';
import { collect, whole } from './values.js';

export interface FaultOptions {
  /** As typed: kind=value@start+seconds%chance. */
  readonly fault?: readonly string[];
  readonly faultSeed: number;
}

export function addFaultOptions(command: Command): void {
  command
    .option(
      '--fault <spec>',
      `make something go wrong, as in slow-capture=120@2+1 (once more for each): ${FAULT_NAMES.join(', ')}`,
      collect,
    )
    .addOption(whole('--fault-seed <n>', 'draws what a --fault leaves out', 0, 2 ** 31, 1));
}

/** A run without faults. */
export const NO_FAULTS: FaultsRequest = { faults: [], seed: 1 };

/** @throws UnderstudyError `bad-option` */
export function faultsRequest({ fault = [], faultSeed }: FaultOptions): FaultsRequest {
  return { faults: parseFaults(fault, faultSeed), seed: faultSeed };
}
