/**
 * How the pictures of a training are prepared. As in the recordings, unless something else is asked for: the live loop
 * sees the game through the same crop.
 */
import { existsSync } from 'node:fs';
import { UnderstudyError } from '../core/errors.js';
import { grayContract } from '../session/gray-file.js';
import type { Session } from '../session/session.js';
import {
  contractDifference,
  STUDY_CONTRACT,
  type Crop,
  type PreprocessingContract,
} from '../vision/preprocessing-contract.js';

/** What is asked for; null takes what the recordings have. */
export interface AskedPictures {
  readonly crop: Crop | null;
  /** W and H, px */
  readonly size: Pick<PreprocessingContract, 'width' | 'height'> | null;
}

/**
 * The contract of a training. Sessions without lossless pictures have no crop of their own and take that of the others;
 * where none has any, it is the study's contract.
 *
 * @throws UnderstudyError `session-invalid` where the recordings differ in what was not asked for
 */
export async function trainingContract(
  sessions: readonly Session[],
  { crop, size }: AskedPictures,
): Promise<PreprocessingContract> {
  const recorded = sessions.filter(({ files }) => existsSync(files.gray));
  const contracts = await Promise.all(
    recorded.map(async ({ files: { name, gray } }) => {
      const { crop: cut, width, height } = await grayContract(gray);
      return { name, contract: { ...STUDY_CONTRACT, crop: crop ?? cut, ...(size ?? { width, height }) } };
    }),
  );
  const first = contracts.at(0);
  if (first === undefined) return { ...STUDY_CONTRACT, ...(crop && { crop }), ...size };
  for (const { name, contract } of contracts) {
    const difference = contractDifference(first.contract, contract);
    if (difference === null) continue;
    const { field, got, expected } = difference;
    throw new UnderstudyError({
      kind: 'input',
      code: 'session-invalid',
      message: `The pictures of ${first.name} were recorded with ${field} ${expected}, those of ${name} with ${field} ${got}: a model sees one part of the window, at one size.`,
      next: `Say which: --game for the crop of a game file, --picture for the size (the videos are used then); or train on sessions that agree.`,
    });
  }
  return first.contract;
}
