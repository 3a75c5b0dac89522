/**
 * `--watch-disagreements`: overlay clips of the seconds in which model and person disagreed most, cut from the finished
 * recording, so that they cost the run itself nothing. Reads the video once, a picture at a time.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { largestDisagreements, partOf, type Disagreement } from '../../evaluation/overlay/disagreements.js';
import { writeOverlayVideo } from '../../evaluation/overlay/overlay-video.js';
import { picturesAt, planarSessionPictures } from '../../evaluation/overlay/pictures.js';
import type { PlanarImage } from '../../evaluation/overlay/planar.js';
import type { NumberedPicture } from '../../evaluation/overlay/video-file.js';
import { emptyTrack } from '../../evaluation/overlay/predict.js';
import type { OverlayScript, Track } from '../../evaluation/overlay/tracks.js';
import type { FightPredictions } from '../../evaluation/predict.js';
import type { BundleManifest } from '../../policy/manifest.js';
import type { Dataset } from '../../session/dataset.js';
import { Progress } from '../../terminal/progress.js';
import { sessionScript } from '../../evaluation/overlay/overlay.js';

/** Length of a clip, around its largest disagreement. */
const CLIP_SECONDS = 5;

/** One clip, as in `shadow --json`. */
export interface DisagreementClip {
  readonly file: string;
  /** Seconds after the session's first frame, as `overlay` and `session sync` count. */
  readonly fromSeconds: number;
  readonly seconds: number;
  /** Time of the largest disagreement. */
  readonly atSeconds: number;
  /** 0 to the number of actions: the error of the model around that time. */
  readonly size: number;
  readonly actions: readonly string[];
}

export interface ClipsRequest {
  /** The recorded session alone. */
  readonly dataset: Dataset;
  readonly predictions: FightPredictions;
  readonly manifest: Pick<BundleManifest, 'name' | 'actions'>;
  /** Created where it does not exist. */
  readonly folder: string;
  /** Most clips. */
  readonly most: number;
}

/**
 * Writes `1.mp4` for the largest, and so on.
 *
 * @returns largest first; fewer than asked for where there are no more
 * @throws UnderstudyError as the session's pictures and writeOverlayVideo do
 */
export async function writeDisagreementClips(request: ClipsRequest): Promise<DisagreementClip[]> {
  const { dataset, folder, most } = request;
  const [session] = dataset.sessions;
  const track = modelTrack(request, session.frames.count);
  const script: OverlayScript = { ...sessionScript(session, 'at-frame'), models: [track] };
  const found = largestDisagreements(script, { most, seconds: CLIP_SECONDS });
  if (found.length === 0) return [];
  await mkdir(folder, { recursive: true });
  const fileOf = (clip: Disagreement): string => join(folder, `${found.indexOf(clip) + 1}.mp4`);
  const inOrder = [...found].sort((a, b) => a.first - b.first);
  const total = inOrder.reduce((sum, { first, end }) => sum + end - first, 0);
  let done = 0;
  using progress = new Progress({ unit: 'frames', total });
  const wanted = inOrder.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, i) => first + i));
  const pictures = picturesAt(planarSessionPictures(session), session.frames.videoIndex, wanted);
  const written = new Set<Disagreement>();
  try {
    for (const clip of inOrder) {
      const part = partOf(script, clip.first, clip.end);
      const video = await writeOverlayVideo(part, takeClip(pictures, clip), {
        out: fileOf(clip),
        signal: new AbortController().signal, // never aborted: a person who stopped the run still wants its results
        onFrame: () => progress.update((done += 1), 'drawing where you disagreed'),
      });
      if (video !== null) written.add(clip);
    }
  } finally {
    await pictures.return();
  }
  return found.filter((clip) => written.has(clip)).map((clip) => describe(clip, fileOf(clip), script));
}

function describe({ first, end, peak, size, actions }: Disagreement, file: string, script: OverlayScript) {
  const rounded = (seconds: number): number => Number(seconds.toFixed(3));
  return {
    file,
    fromSeconds: rounded(script.seconds[first]),
    seconds: rounded((end - first) / script.rateHz),
    atSeconds: rounded(script.seconds[peak]),
    size: rounded(size),
    actions,
  };
}

/** The pictures of one clip, numbered from 0; later pictures are not read. */
async function* takeClip(
  pictures: AsyncGenerator<NumberedPicture<PlanarImage>>,
  { first, end }: Disagreement,
): AsyncGenerator<NumberedPicture<PlanarImage>> {
  for (let frame = first; frame < end; frame += 1) {
    const next = await pictures.next();
    if (next.done === true) return;
    yield { frame: next.value.frame - first, picture: next.value.picture };
  }
}

/** The live decisions, each at the frame that it was for. */
function modelTrack({ dataset, predictions, manifest }: ClipsRequest, frames: number): Track {
  const { actions } = dataset;
  const track = emptyTrack(manifest.name, actions, frames, actions.holding(...manifest.actions));
  predictions.rows.forEach((row, place) => {
    const frame = dataset.frameOf[row];
    track.answered[frame] = 1;
    track.held[frame] = predictions.held.held(place);
    track.probabilities?.setRows(frame, predictions.probabilities.row(place));
  });
  return track;
}
