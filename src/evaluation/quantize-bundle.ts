/**
 * `model quantize`: a smaller, faster bundle, written only after a check that it plays as the original does: it holds
 * the same keys on recorded frames that calibration did not see, and wins as many fights in the arena.
 */
import { basename } from 'node:path';
import { VirtualClock } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';
import { scoreInArena, type ArenaScore } from './arena/score.js';
import { FightBorderPolicy } from './fight-borders.js';
import { sessionFrames } from './overlay/predict.js';
import { descriptionOf, readBundle, writeBundle, type Bundle } from '../policy/bundle.js';
import { openPolicy } from '../policy/model-policy.js';
import { quantizeModels, type QuantizedStorage } from '../policy/quantize.js';
import { fightOfFrames } from '../session/labels.js';
import { loadFrames } from '../session/load-frames.js';
import { readSession, type Session } from '../session/session.js';
import { Progress } from '../terminal/progress.js';
import { grayToImage } from '../vision/preprocessor.js';
import type { Notice } from '../session/notices.js';

export interface QuantizeSettings {
  readonly calibrate: readonly string[];
  readonly storage: QuantizedStorage;
  readonly out: string;
  /** Arena fights that both models play; 0: none, for a model of another game. */
  readonly fights: number;
  readonly seed: number;
  readonly lenient: boolean;
  /** Nothing is written once it aborts. */
  readonly signal: AbortSignal;
  /** Text for people: the progress. */
  readonly say: (text: string) => void;
  /** Called with what is unusual about each session. */
  readonly onNotices: (notices: readonly Notice[]) => void;
}

/** How the quantized model compares with its original; stored in its manifest as `metrics.quantization`. */
export interface QuantizationRecord {
  readonly storage: QuantizedStorage;
  /** Of the bundle that it was made from. */
  readonly from: string;
  readonly sessions: readonly string[];
  readonly calibrationFrames: number;
  /** Largest activation after each convolution; null for float16. */
  readonly peaks: readonly number[] | null;
  /** Share of validation frames on which both hold exactly the same keys, 0..1. */
  readonly agreement: number;
  readonly validationFrames: number;
  /** The same held-out fights played by both; null where none were asked for. */
  readonly arena: {
    readonly fights: number;
    readonly seed: number;
    readonly winRate: number;
    readonly originalWinRate: number;
    readonly originalWinRate95: readonly [number, number];
  } | null;
}

/** `model quantize --json` */
export interface QuantizeSummary extends QuantizationRecord {
  readonly folder: string;
  readonly id: string;
  /** Of both graphs, bytes. */
  readonly sizeBytes: { readonly before: number; readonly after: number };
}

/** Share of equal frames, 0..1, below which a quantized model plays differently from its original. */
const LEAST_AGREEMENT = 0.995;
/** More pictures than this do not widen the scales that calibration finds. */
const CALIBRATION_FRAMES = 1000;

/**
 * @returns null when the signal aborted; nothing is written then
 * @throws UnderstudyError `contract-broken` where the quantized model does not play as the original; `dataset-invalid`
 *   below two fights; as readBundle, readSession, quantizeModels, scoreInArena and writeBundle
 */
export async function quantizeBundle(folder: string, settings: QuantizeSettings): Promise<QuantizeSummary | null> {
  const { storage, out, fights, seed, signal, say } = settings;
  const original = await readBundle(folder);
  const sessions = await readSessions(settings);
  const calibration = sessions.map((session) => framesOf(session, 0));
  say(`calibrating on ${total(calibration)} frames, comparing on ${total(sessions.map((one) => framesOf(one, 1)))}`);
  const pictures = picturesOf(original, sessions, calibration);
  const { peaks, ...models } = await quantizeModels(original, storage, pictures);
  const quantized: Bundle = { ...original, ...models };
  const compared = await compareHeld(original, quantized, sessions, signal);
  if (compared === null) return null;
  say(`${compared.same} of ${compared.frames} frames with the same keys held`);
  const scores = fights > 0 ? await playBoth(original, quantized, fights, seed, signal) : undefined;
  if (scores === null) return null;
  const record: QuantizationRecord = {
    storage,
    from: original.id,
    sessions: sessions.map(({ files }) => basename(files.base)),
    calibrationFrames: total(calibration),
    peaks,
    agreement: compared.same / compared.frames,
    validationFrames: compared.frames,
    arena: scores === undefined ? null : { fights, seed, ...scores },
  };
  refuseWorse(record);
  const { manifest } = original;
  const metrics = { ...manifest.metrics, quantization: record };
  const written = await writeBundle(out, { ...descriptionOf(manifest), name: basename(out), metrics }, models);
  const sizeBytes = { before: sizeOf(original), after: sizeOf(written) };
  return { folder: out, id: written.id, sizeBytes, ...record };
}

async function readSessions({ calibrate, lenient, onNotices }: QuantizeSettings): Promise<Session[]> {
  const sessions: Session[] = [];
  for (const name of calibrate) {
    const session = await readSession(name, { lenient });
    onNotices(session.notices);
    sessions.push(session);
  }
  const fights = sessions.reduce((sum, session) => sum + session.fights.length, 0);
  if (sessions.some((session) => session.fights.length >= 2)) return sessions;
  throw new UnderstudyError({
    kind: 'input',
    code: 'dataset-invalid',
    message: `${fights} fights in ${calibrate.join(', ')}: expected a session of at least 2, one to calibrate on and one to compare on`,
    next: 'name a session with more fights, as `understudy demos` records them',
  });
}

/** Positions of the frames in every second fight: the even ones (0) calibrate, the odd ones (1) are compared on. */
function framesOf(session: Session, parity: 0 | 1): Int32Array {
  const fights = fightOfFrames(session);
  const inside = Int32Array.from(fights.keys()).filter((at) => fights[at] >= 0 && fights[at] % 2 === parity);
  if (parity === 1) return inside;
  const every = Math.max(1, Math.ceil(inside.length / CALIBRATION_FRAMES));
  return inside.filter((_, at) => at % every === 0);
}

function total(frames: readonly Int32Array[]): number {
  return frames.reduce((sum, each) => sum + each.length, 0);
}

async function* picturesOf(
  bundle: Bundle,
  sessions: readonly Session[],
  frames: readonly Int32Array[],
): AsyncGenerator<Float32Array> {
  const { preprocessing, image } = bundle.manifest;
  const picture = new Float32Array(image.height * image.width);
  for (const [index, session] of sessions.entries()) {
    for await (const { gray } of loadFrames(session, preprocessing, frames[index])) {
      grayToImage(gray, picture);
      yield picture;
    }
  }
}

/** Replays the fights that calibration did not see to both models; counts frames, once windows are full. */
async function compareHeld(
  original: Bundle,
  quantized: Bundle,
  sessions: readonly Session[],
  signal: AbortSignal,
): Promise<{ readonly same: number; readonly frames: number } | null> {
  const compared = { same: 0, frames: 0 };
  for (const session of sessions) {
    const fights = fightOfFrames(session);
    const { actions, rateHz } = session;
    const clock = new VirtualClock();
    await using before = await openPolicy({ bundle: original, actions, rateHz, clock });
    await using after = await openPolicy({ bundle: quantized, actions, rateHz, clock });
    using progress = new Progress({ unit: 'frames', total: session.frames.count });
    const [expected, other] = [before, after].map((policy) => new FightBorderPolicy(policy, (frame) => fights[frame]));
    for await (const frame of sessionFrames(session, original.manifest.preprocessing, signal)) {
      if (fights[frame.index] % 2 !== 1) continue;
      const { held, ready } = await expected.decide(frame);
      const isSame = (await other.decide(frame)).held === held;
      progress.update(frame.index + 1);
      if (!ready) continue;
      compared.frames += 1;
      if (isSame) compared.same += 1;
    }
    if (signal.aborted) return null;
  }
  return compared;
}

async function playBoth(
  original: Bundle,
  quantized: Bundle,
  fights: number,
  seed: number,
  signal: AbortSignal,
): Promise<Omit<NonNullable<QuantizationRecord['arena']>, 'fights' | 'seed'> | null> {
  const scores: ArenaScore[] = [];
  using progress = new Progress({ unit: 'fights', total: 2 * fights });
  for (const bundle of [original, quantized]) {
    const played = scores.length * fights;
    const score = await scoreInArena({
      bundle,
      fights,
      seed,
      signal,
      withPlayers: false,
      allowTrain: true, // the two are compared with each other alone
      onProgress: ({ done }) => progress.update(played + done),
    });
    if (score === null) return null;
    scores.push(score);
  }
  const [before, after] = scores;
  return { winRate: after.winRate, originalWinRate: before.winRate, originalWinRate95: before.winRate95 };
}

function refuseWorse({ storage, agreement, validationFrames, arena }: QuantizationRecord): void {
  const problems: string[] = [];
  if (!(agreement >= LEAST_AGREEMENT)) {
    const percent = (100 * agreement).toFixed(2);
    problems.push(`it holds the same keys on ${percent} % of ${validationFrames} frames, expected 99.5 %`);
  }
  if (arena !== null && arena.winRate < arena.originalWinRate95[0]) {
    const [low, high] = arena.originalWinRate95.map((rate) => (100 * rate).toFixed(1));
    problems.push(
      `it wins ${(100 * arena.winRate).toFixed(1)} % of ${arena.fights} fights, expected ${low} to ${high} %`,
    );
  }
  if (problems.length === 0) return;
  throw new UnderstudyError({
    kind: 'contract',
    code: 'contract-broken',
    message: `the ${storage} model does not play as its original: ${problems.join('; ')}. Nothing was written.`,
    next: storage === 'int8' ? 'calibrate on more fights, or use --storage float16' : 'keep the original',
  });
}

const sizeOf = ({ encoder, head }: Bundle): number => encoder.length + head.length;

/** The summary for people. */
export function quantizeText(summary: QuantizeSummary): string {
  const { folder, id, storage, sizeBytes, agreement, validationFrames, arena } = summary;
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`;
  return [
    `wrote ${folder} (${id}): ${storage}, ${mb(sizeBytes.before)} before, ${mb(sizeBytes.after)} now`,
    `  the same keys held on ${percent(agreement)} of ${validationFrames} frames that calibration did not see`,
    arena === null
      ? '  not played in the arena (--fights 0)'
      : `  won ${percent(arena.winRate)} of ${arena.fights} arena fights, the original ${percent(arena.originalWinRate)}`,
  ].join('\n');
}
