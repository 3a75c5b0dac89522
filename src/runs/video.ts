/**
 * `--record-video`: the pictures of a live run as video.mp4 in its folder, one per slot (tick k is slot k, missed ticks
 * included), for `overlay`. A picture is copied and passed to a thread of low priority; nothing here waits for it, and
 * when it is behind, a slot repeats the previous picture. The file stays readable if the run is killed at any moment.
 */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ActionSet } from '../core/action-set.js';
import { messageOf } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import { given } from '../core/given.js';
import { STUDY_ACTIONS } from '../core/study-actions.js';
import type { TickObserver, TickReport } from '../core/tick-report.js';
import { RUN_VIDEO, RUN_VIDEO_FACTS, type RunVideoFacts } from '../evaluation/overlay/run-recording.js';
import { PictureWriter, startVideoThread, type PictureThread } from '../session/picture-writer.js';
import type { VideoThreadSetup } from '../session/video-thread.js';

export interface RunVideoOptions {
  /** The run's folder. */
  readonly folder: string;
  readonly mode: string;
  /** The bundle's folder. */
  readonly model: string;
  /** The actions of the run. */
  readonly actions: ActionSet;
  readonly rateHz: number;
  readonly applyDelayTicks: number;
  /** Text for people. */
  readonly say: (text: string) => void;
  /** Starts the thread that writes pictures; tests pass their own. */
  readonly startThread?: (setup: VideoThreadSetup) => PictureThread;
}

interface Writing {
  readonly pictures: PictureWriter;
  /** Size of every picture, px. */
  readonly width: number;
  readonly height: number;
  readonly facts: Promise<void>;
}

export class RunVideo implements TickObserver, AsyncDisposable {
  readonly #options: RunVideoOptions;
  #writing: Writing | null = null;
  /** Slots so far. */
  #slots = 0;
  #repeated = 0;
  #stopped = false;

  constructor(options: RunVideoOptions) {
    this.#options = options;
  }

  onTick({ missedBefore }: TickReport, frame: Frame | null): void {
    if (this.#stopped) return;
    this.#slots += missedBefore + 1;
    if (frame === null) return this.#writing?.pictures.repeat(missedBefore + 1);
    if (this.#writing === null) this.#writing = this.#begin(frame);
    else this.#writing.pictures.repeat(missedBefore);
    const { width, height, pictures } = this.#writing;
    if (frame.width !== width || frame.height !== height) {
      return this.#stop(`the picture changed from ${width}x${height} to ${frame.width}x${frame.height}`);
    }
    if (!pictures.picture(frame.pixels)) this.#repeated += 1;
  }

  /** Ends the file, and reports what is not in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#writing?.pictures.finish();
    await this.#writing?.facts;
    if (this.#repeated === 0) return;
    const share = `${this.#repeated} of ${this.#slots} pictures`;
    this.#options.say(`${share} are not in the video: the encoder was behind, the one before stands in`);
  }

  /** The first picture sets the size; the slots before it are not in the video. */
  #begin({ width, height }: Frame): Writing {
    const { folder, mode, model, actions, rateHz, applyDelayTicks, startThread = startVideoThread } = this.#options;
    const videoPath = join(folder, RUN_VIDEO);
    const thread = startThread({ videoPath, gray: null, width, height, rateHz, background: true });
    const pictures = new PictureWriter(thread, width * height * 4, (error) => this.#stop(error.message));
    void pictures.open(); // pictures that are sent before it is open wait in its queue
    const facts: RunVideoFacts = {
      version: 1,
      mode,
      model: basename(model),
      rateHz,
      applyDelayTicks,
      firstSlot: this.#slots - 1,
      ...given({ actions: actions.hasNamesOf(STUDY_ACTIONS) ? undefined : [...actions.names] }),
    };
    const written = writeFile(join(folder, RUN_VIDEO_FACTS), `${JSON.stringify(facts)}\n`);
    return { pictures, width, height, facts: written.catch((error: unknown) => this.#stop(messageOf(error))) };
  }

  #stop(why: string): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.say(`the video ends at ${(this.#slots / this.#options.rateHz).toFixed(1)} s: ${why}`);
  }
}
