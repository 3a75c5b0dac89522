/**
 * Warns before training where the sessions show the game in different ways: a model cannot distinguish another recorder
 * from another game. Reads headers only, no picture.
 */
import { existsSync } from 'node:fs';
import { grayContract } from '../session/gray-file.js';
import { pictureOrigin, type PictureOrigin } from '../session/load-frames.js';
import type { Session } from '../session/session.js';
import { contractDifference, type PreprocessingContract } from '../vision/preprocessing-contract.js';

/** Aspect ratios within 1 % count as equal. 1278x695 (a 1280x720 window without its frame) differs by 3.5 %. */
const ASPECT_TOLERANCE = 0.01;

/** One sentence for each difference; empty where all sessions agree. @throws UnderstudyError as `pictureOrigin` */
export async function contractWarnings(
  sessions: readonly Session[],
  contract: PreprocessingContract,
): Promise<string[]> {
  const warnings: string[] = [];
  const byOrigin: Record<PictureOrigin, string[]> = { lossless: [], video: [] };
  for (const session of sessions) {
    const { files } = session;
    const origin = await pictureOrigin(session, contract);
    byOrigin[origin].push(files.name);
    if (origin === 'lossless' || !existsSync(files.gray)) continue;
    const { field, got, expected } = contractDifference(contract, await grayContract(files.gray))!;
    warnings.push(
      `The lossless pictures of ${files.name} were made with ${field} ${got}, asked for is ${expected}: its video is used.`,
    );
  }
  const { lossless, video } = byOrigin;
  if (lossless.length > 0 && video.length > 0) {
    warnings.push(
      `Pictures of ${lossless.join(', ')} are lossless, those of ${video.join(', ')} come from compressed video: the model may learn that difference.`,
    );
  }
  return [...warnings, ...aspectWarning(sessions)];
}

/** Pictures of other aspect ratios are stretched to one size: a circle in one session is an ellipse in another. */
function aspectWarning(sessions: readonly Session[]): string[] {
  const known = sessions.flatMap(({ files, header }) => {
    const { width, height } = header ?? {};
    return width === undefined || height === undefined ? [] : [{ name: files.name, width, height }];
  });
  const first = known.at(0);
  if (first === undefined) return [];
  const aspect = first.width / first.height;
  const other = known.find(({ width, height }) => Math.abs(width / height / aspect - 1) > ASPECT_TOLERANCE);
  if (other === undefined) return [];
  return [
    `${first.name} shows ${first.width}x${first.height} and ${other.name} ${other.width}x${other.height}: the game is stretched differently in each.`,
  ];
}
