/** `overlay`: reads a session or a recorded run, runs the models, writes the video and shows the progress. */
import { writeOverlayVideo } from './overlay-video.js';
import { originOf, picturesAt, planarSessionPictures, planarVideo, rateOf } from './pictures.js';
import { refuseOwnFile, videoText, type NumberedPicture, type VideoReport } from './video-file.js';
import { partOf } from './disagreements.js';
import { askedOf, framesBetween, framesOf, picturesBetween, WHOLE, type Span } from './span.js';
import { MOST_MODELS } from './palette.js';
import { sessionFrames, videoFrames } from './predict.js';
import { readRunRecording } from './run-recording.js';
import type { PlanarImage } from './planar.js';
import type { OverlayScript, Track } from './tracks.js';
import type { Bundle } from '../../policy/bundle.js';
import type { ReadOptions } from '../../session/event-log.js';
import { fightOfFrames, labelFrames, type LabelRule } from '../../session/labels.js';
import { reportNotices } from '../../session/notices.js';
import { readSession, type Session } from '../../session/session.js';
import { Progress } from '../../terminal/progress.js';
import { modelReports, predictAll, readModels, type ModelReport, type ShownRecording } from './models.js';

export interface OverlaySettings extends ReadOptions {
  readonly models: readonly string[];
  readonly out: string;
  readonly labels: LabelRule;
  readonly anyRate: boolean;
  /** The part that is drawn. Default: all of it. */
  readonly span?: Span;
  readonly signal: AbortSignal;
  /** Text for people: what is unusual about the recording. */
  readonly say: (text: string) => void;
}

/** `overlay --json`. */
export interface OverlayReport extends VideoReport {
  readonly source: string;
  readonly kind: 'session' | 'run';
  /** Number of the first frame that is drawn. */
  readonly firstFrame: number;
  readonly models: readonly ModelReport[];
  /** How long it took, models included, and how many times faster that is than the video. */
  readonly tookSeconds: number;
  readonly timesRealTime: number;
}

/** A recording of either kind, ready to be drawn. */
interface Recording {
  readonly source: string;
  readonly kind: OverlayReport['kind'];
  readonly pictures: OverlayReport['pictures'];
  readonly shown: ShownRecording;
  readonly bundles: readonly Bundle[];
  readonly ids: readonly (string | null)[];
  readonly script: (tracks: readonly Track[]) => OverlayScript;
  readonly stream: () => AsyncIterable<NumberedPicture<PlanarImage>>;
}

/** From a session. @returns null when the signal aborted @throws UnderstudyError of the part that failed */
export async function overlaySession(name: string, settings: OverlaySettings): Promise<OverlayReport | null> {
  const bundles = await readModels(settings.models);
  const session = await readSession(name, settings);
  reportNotices(session.notices, settings.say);
  const { files, frames } = session;
  refuseOwnFile([files.events, files.frames, files.video, files.gray], settings.out);
  const script = sessionScript(session, settings.labels);
  const everyFrame = Int32Array.from(frames.times.keys());
  return await write(settings, {
    source: files.base,
    kind: 'session',
    pictures: originOf(session),
    shown: { ...script, open: (contract) => sessionFrames(session, contract, settings.signal) },
    bundles,
    ids: bundles.map(({ id }) => id),
    script: (models) => ({ ...script, models }),
    stream: () => picturesAt(planarSessionPictures(session), frames.videoIndex, everyFrame),
  });
}

/** From the folder of a run that was played with --record-video. @returns and @throws as {@link overlaySession} */
export async function overlayRun(folder: string, settings: OverlaySettings): Promise<OverlayReport | null> {
  const bundles = await readModels(settings.models, MOST_MODELS - 1);
  const { video, script, brokenLines } = await readRunRecording(folder);
  refuseOwnFile([video], settings.out);
  if (brokenLines > 0) settings.say(`note: ${brokenLines} line at the end of ticks.jsonl was cut off`);
  return await write(settings, {
    source: folder,
    kind: 'run',
    pictures: 'video',
    shown: { ...script, open: () => videoFrames(video, script.rateHz) },
    bundles,
    ids: [null, ...bundles.map(({ id }) => id)],
    script: (models) => ({ ...script, models: [...script.models, ...models] }),
    stream: () => numbered(planarVideo(video)),
  });
}

async function write(settings: OverlaySettings, recording: Recording): Promise<OverlayReport | null> {
  const { out, signal, anyRate, span = WHOLE } = settings;
  const { source, kind, pictures, bundles } = recording;
  const beganMs = performance.now();
  const { first, end } = framesOf(span, recording.script([]).seconds);
  const asked = askedOf(recording.shown.fights, first);
  const shown = { ...recording.shown, open: framesBetween(recording.shown, asked, end) };
  const total = (end - asked) * bundles.length + end - first;
  let done = 0;
  using progress = new Progress({ unit: 'steps', total });
  const step = (what: string): void => progress.update((done += 1), what);
  const tracks = await predictAll(bundles, shown, { anyRate, signal, onFrame: () => step('asking the models') });
  if (signal.aborted) return null;
  const whole = recording.script(tracks);
  const script = end - first === whole.frames ? whole : partOf(whole, first, end);
  const video = await writeOverlayVideo(script, picturesBetween(recording.stream(), first, end), {
    out,
    signal,
    onFrame: () => step('drawing'),
  });
  if (video === null) return null;
  const tookSeconds = (performance.now() - beganMs) / 1000;
  return {
    source,
    kind,
    firstFrame: first,
    out,
    ...video,
    pictures,
    rateHz: shown.rateHz,
    withoutPicture: end - first - video.frames,
    models: modelReports(script, recording.ids),
    tookSeconds: Number(tookSeconds.toFixed(2)),
    timesRealTime: Number((video.frames / shown.rateHz / tookSeconds).toFixed(2)),
  };
}

/** The script of a session without models. */
export function sessionScript(session: Session, rule: LabelRule): OverlayScript {
  const { times, count } = session.frames;
  return {
    actions: session.actions,
    frames: count,
    rateHz: rateOf(session),
    seconds: times.map((time) => time - times[0]),
    fights: fightOfFrames(session),
    pressed: humanTrack(session, rule),
    models: [],
    outcomes: null,
  };
}

/** What was pressed in a session, frame by frame. */
function humanTrack(session: Session, rule: LabelRule): Track {
  const labels = labelFrames(session, rule);
  const { count } = session.frames;
  const held = Uint32Array.from({ length: count }, (_, frame) => labels.held(frame));
  const answered = new Uint8Array(count).fill(1);
  // in a recording of the agent's play a press may be the agent's
  const name = session.control.length === 0 ? 'HUMAN' : 'PRESSED';
  return { name, known: session.actions.all, held, answered, probabilities: null };
}

async function* numbered<Picture>(pictures: AsyncIterable<Picture>): AsyncGenerator<NumberedPicture<Picture>> {
  let frame = 0;
  for await (const picture of pictures) yield { frame: frame++, picture };
}

/** The report for people. */
export function overlayText(report: OverlayReport): string {
  const { models, tookSeconds, timesRealTime } = report;
  const columns = models.map(({ name, predictedFrames, agreement }) => {
    const agrees =
      agreement === null ? 'has an answer in none' : `holds what was pressed in ${(100 * agreement).toFixed(1)} %`;
    return `  ${name}: ${agrees} of ${predictedFrames} frames, action by action`;
  });
  return [
    videoText(report),
    ...columns,
    `  in ${tookSeconds.toFixed(1)} s, ${timesRealTime.toFixed(1)} times real time`,
  ].join('\n');
}
