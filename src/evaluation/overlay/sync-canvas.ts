/** The pictures of a synchronisation video: the session's picture at the left, enlarged when small, the keys beside it. */
import type { LabelMatrix } from '../../core/label-matrix.js';
import { evenSize } from '../../session/even-size.js';
import type { BgraImage } from '../../vision/image-file.js';
import { GROUND, KeyPanel, panelSize } from './key-panel.js';
import { bgrOf } from './palette.js';
import { copyEnlarged, enlargement, fillBox } from './pixels.js';

/** What the log says of each frame of a session. */
export interface LoggedFrames {
  /** [frames, K] */
  readonly labels: LabelMatrix;
  /** [frames] 0-based fight, or -1 */
  readonly fights: Int32Array;
  /** [frames] Unix seconds */
  readonly times: Float64Array;
}

export class SyncCanvas {
  /** The composed picture, BGRA; the canvas owns it and overwrites it in {@link draw}. Both sizes are even. */
  readonly image: BgraImage;
  readonly panel: KeyPanel;
  readonly #times: number;
  readonly #logged: LoggedFrames;

  private constructor(image: BgraImage, panel: KeyPanel, times: number, logged: LoggedFrames) {
    this.image = image;
    this.panel = panel;
    this.#times = times;
    this.#logged = logged;
  }

  /** A canvas for pictures of `size` px. @throws UnderstudyError `package-missing` */
  static async open(
    size: { readonly width: number; readonly height: number },
    logged: LoggedFrames,
  ): Promise<SyncCanvas> {
    const times = enlargement(size.height);
    const { actions } = logged.labels;
    const panel = panelSize(actions);
    const whole = evenSize({
      width: size.width * times + panel.width,
      height: Math.max(size.height * times, panel.leastHeight),
    });
    const image = { ...whole, pixels: new Uint8Array(whole.width * whole.height * 4) };
    // the panel of many actions is higher than the picture
    fillBox(image, { left: 0, top: 0, width: whole.width, height: whole.height }, bgrOf(GROUND));
    return new SyncCanvas(image, await KeyPanel.open(actions, size.width * times, whole.height), times, logged);
  }

  /** Draws the picture of one frame of the log with the keys held at it. */
  draw(frame: number, picture: BgraImage): void {
    const { labels, fights, times } = this.#logged;
    copyEnlarged(this.image, picture, this.#times);
    this.panel.draw(this.image, {
      held: labels.held(frame),
      seconds: times[frame] - times[0],
      frame,
      fight: fights[frame],
    });
  }
}
