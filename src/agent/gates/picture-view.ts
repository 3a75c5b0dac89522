/** The gray picture that the picture gates judge: made once a tick, by the bundle's own preprocessing. */
import type { Frame } from '../../core/frame.js';
import { statisticsOf, type PictureStatistics } from '../../vision/picture-record.js';
import type { PreprocessingContract } from '../../vision/preprocessing-contract.js';
import { Preprocessor } from '../../vision/preprocessor.js';

export interface GrayPicture extends PictureStatistics {
  /** [H, W] uint8; valid until the next picture. */
  readonly gray: Uint8Array;
  /** Monotonic clock, ms. */
  readonly capturedAtMs: number;
}

export class PictureView {
  readonly #preprocessor: Preprocessor;
  #seen: { readonly index: number; readonly picture: GrayPicture } | null = null;

  /** @param contract of the bundle, with the crop in use */
  constructor(contract: PreprocessingContract) {
    this.#preprocessor = new Preprocessor(contract);
  }

  /** The frame as the model sees it. Computed once a frame: several gates ask for the same one. */
  of(frame: Frame): GrayPicture {
    const { index, capturedAtMs } = frame;
    if (this.#seen?.index === index && this.#seen.picture.capturedAtMs === capturedAtMs) return this.#seen.picture;
    this.#preprocessor.process(frame);
    const { gray } = this.#preprocessor;
    const picture = { ...statisticsOf(gray), gray, capturedAtMs };
    this.#seen = { index, picture };
    return picture;
  }
}
