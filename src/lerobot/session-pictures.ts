/** The pictures of a session, frame by frame of its log: those of a camera that a set shows. */
import { UnderstudyError } from '../core/errors.js';
import { readGrayFrames } from '../session/gray-file.js';
import { readVideo } from '../session/read-video.js';
import type { Session } from '../session/session.js';
import { grayToBgra } from '../vision/gray-picture.js';
import type { BgraImage } from '../vision/image-file.js';
import { GAME_CAMERA, type CameraSize } from './layout.js';

/** Reads forwards only. */
export class SessionPictures implements AsyncDisposable {
  readonly #session: Session;
  readonly #camera: string;
  readonly #pictures: AsyncGenerator<BgraImage, void, void>;
  #picture: BgraImage | null = null;
  /** Of {@link #picture}, in the file. */
  #at = -1;

  constructor(session: Session, camera: string, size: CameraSize) {
    this.#session = session;
    this.#camera = camera;
    this.#pictures =
      camera === GAME_CAMERA ? readVideo(session.files.video, session.header) : grays(session.files.gray, size);
  }

  /**
   * The picture of a frame of the log; valid until the next call.
   *
   * @param frame not before that of the last call
   * @throws UnderstudyError `session-invalid` where the pictures end before it; as readVideo and readGrayFrames
   */
  async of(frame: number): Promise<BgraImage> {
    const { files, frames } = this.#session;
    while (this.#at < frames.videoIndex[frame]) {
      const { value, done } = await this.#pictures.next();
      if (done === true) throw endsEarly(files.base, this.#camera, frame);
      this.#picture = value;
      this.#at += 1;
    }
    return this.#picture!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pictures.return();
  }
}

async function* grays(path: string, { width, height }: CameraSize): AsyncGenerator<BgraImage, void, void> {
  const pixels = new Uint8Array(width * height * 4);
  for await (const gray of readGrayFrames(path)) yield { width, height, pixels: grayToBgra(gray, pixels) };
}

function endsEarly(base: string, camera: string, frame: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'session-invalid',
    message: `The pictures of ${base} (${camera}) end before frame ${frame} of its log.`,
    next: `Run \`understudy session check ${base}\`; after a cut-off recording, \`understudy session repair\`.`,
  });
}
