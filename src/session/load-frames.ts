/**
 * The gray pictures of a session, as the policy would have seen them: the lossless frames when they were made by the
 * requested contract, otherwise the video through the preprocessor of live play. One picture in memory at a time.
 */
import { existsSync } from 'node:fs';
import { UnderstudyError } from '../core/errors.js';
import { contractDifference, type PreprocessingContract } from '../vision/preprocessing-contract.js';
import { Preprocessor } from '../vision/preprocessor.js';
import { grayContract, readGrayFrames } from './gray-file.js';
import { readVideo } from './read-video.js';
import type { Session } from './session.js';

/** Where the pictures of a session come from. */
export type PictureOrigin = 'lossless' | 'video';

/** A gray picture of a session. */
export interface GrayPicture {
  /** Position in the frame log. */
  readonly frame: number;
  /** [H, W] uint8; valid until the next picture. */
  readonly gray: Uint8Array;
}

/**
 * Chooses the source of a session's pictures under a contract.
 *
 * @throws UnderstudyError `file-missing` when there is neither video nor gray file; `session-invalid` when the only
 *   source is a gray file of another contract
 */
export async function pictureOrigin(session: Session, contract: PreprocessingContract): Promise<PictureOrigin> {
  const { files } = session;
  const hasVideo = existsSync(files.video);
  if (!existsSync(files.gray)) {
    if (hasVideo) return 'video';
    throw new UnderstudyError({
      kind: 'input',
      code: 'file-missing',
      message: `${files.base} has no pictures: there is neither ${files.video} nor ${files.gray}.`,
      next: "Put the session's video beside its logs.",
    });
  }
  const difference = contractDifference(contract, await grayContract(files.gray));
  if (difference === null) return 'lossless';
  if (hasVideo) return 'video';
  const { field, expected, got } = difference;
  throw new UnderstudyError({
    kind: 'input',
    code: 'session-invalid',
    message: `${files.gray} was made with ${field} ${String(got)}; expected ${String(expected)}, and there is no video to make it from.`,
    next: "Put the session's video beside its logs, or use the contract of the recording.",
  });
}

/**
 * Yields gray pictures in the order of the frame log. Ends early, without error, where the pictures end before the
 * log (`session check` reports it); pictures beyond the log are dropped, as in the study.
 *
 * @param only only these positions of the frame log, ascending; default all
 * @throws UnderstudyError as {@link pictureOrigin}; `video-unreadable`, `package-missing`
 */
export async function* loadFrames(
  session: Session,
  contract: PreprocessingContract,
  only?: ArrayLike<number>,
): AsyncGenerator<GrayPicture, void, void> {
  const origin = await pictureOrigin(session, contract);
  const grays = origin === 'lossless' ? readGrayFrames(session.files.gray) : graysOfVideo(session, contract);
  const { videoIndex, count } = session.frames;
  const wanted = only?.length ?? count;
  const frameAt = (place: number): number => only?.[place] ?? place;
  let place = 0;
  let picture = 0;
  if (wanted === 0) return;
  for await (const gray of grays) {
    if (videoIndex[frameAt(place)] === picture) {
      yield { frame: frameAt(place), gray };
      place += 1;
      if (place >= wanted) return;
    }
    picture += 1;
  }
}

async function* graysOfVideo(
  { files, header }: Session,
  contract: PreprocessingContract,
): AsyncGenerator<Uint8Array, void, void> {
  const preprocessor = new Preprocessor(contract);
  for await (const picture of readVideo(files.video, header)) {
    preprocessor.process(picture);
    yield preprocessor.gray;
  }
}
