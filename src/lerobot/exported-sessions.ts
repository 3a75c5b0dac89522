/** The sessions of an export: what they have in common, which a set says once, and what must be refused. */
import { existsSync } from 'node:fs';
import type { ActionSet } from '../core/action-set.js';
import { UnderstudyError } from '../core/errors.js';
import { evenSize } from '../session/even-size.js';
import { grayContract } from '../session/gray-file.js';
import { readMp4Facts } from '../session/mp4-boxes.js';
import { readSessions, type Session } from '../session/session.js';
import type { ActionOfKey } from '../session/key-names.js';
import { contractDifference, type PreprocessingContract } from '../vision/preprocessing-contract.js';
import { GAME_CAMERA, GRAY_CAMERA, type CameraSize } from './layout.js';

/** A rate within this share of a whole number is that number: one that was measured is never exact. */
const RATE_TOLERANCE = 0.01;

export interface ExportedSessions {
  readonly sessions: readonly Session[];
  readonly actions: ActionSet;
  readonly fps: number;
  /** px of the pictures, by camera; those of the videos are rounded up to even numbers. */
  readonly cameras: ReadonlyMap<string, CameraSize>;
  /** Of the gray camera; null without one. */
  readonly contract: PreprocessingContract | null;
  /** Log name of a key -> its action, of all sessions. */
  readonly keys: ActionOfKey;
  /** Null where the logs do not say. */
  readonly game: string | null;
  readonly frames: number;
}

/**
 * Reads the logs of all sessions.
 *
 * @throws UnderstudyError `dataset-invalid` where they do not fit into one set; as readSessions
 */
export async function readExported(names: readonly string[]): Promise<ExportedSessions> {
  const sessions = await readSessions(names);
  const [first, ...others] = sessions;
  const unfinished = sessions.find(({ finished }) => !finished);
  if (unfinished !== undefined) {
    const { base } = unfinished.files;
    throw invalid(`${base} was cut off.`, `Complete it first: \`understudy session repair ${base}\`.`);
  }
  const fps = wholeRate(first);
  for (const session of others) {
    if (session.actions.names.join() !== first.actions.names.join()) {
      throw differs(session, first, 'the actions', session.actions.names.join(' '), first.actions.names.join(' '));
    }
    if (JSON.stringify(session.actions.rules()) !== JSON.stringify(first.actions.rules())) {
      throw differs(session, first, 'the rules of the actions', 'others', 'the same');
    }
    if (wholeRate(session) !== fps) throw differs(session, first, 'the rate', `${session.rateHz} Hz`, `${fps} Hz`);
  }
  const cameras = new Map<string, CameraSize>();
  for (const [camera, sizeOf] of [
    [GAME_CAMERA, videoSize],
    [GRAY_CAMERA, graySize],
  ] as const) {
    const sizes: (CameraSize | null)[] = [];
    for (const session of sessions) sizes.push(await sizeOf(session));
    const [size] = sizes;
    const odd = sizes.findIndex((other) => text(other) !== text(size));
    if (odd !== -1) throw differs(sessions[odd], first, `the pictures of ${camera}`, text(sizes[odd]), text(size));
    if (size !== null) cameras.set(camera, size);
  }
  if (cameras.size === 0) {
    throw invalid(`${first.files.base} has no pictures.`, "Put the session's video or gray file beside its logs.");
  }
  const frames = sessions.reduce((sum, session) => sum + framesInFights(session), 0);
  if (frames === 0) {
    throw invalid(
      `No frame of ${names.join(', ')} lies in a fight, and an episode is a fight.`,
      'Mark fights while recording (hot keys 8 and 9), or afterwards with `understudy session mark`.',
    );
  }
  return {
    sessions,
    actions: first.actions,
    fps,
    cameras,
    contract: cameras.has(GRAY_CAMERA) ? await commonContract(sessions) : null,
    keys: commonKeys(sessions),
    game: commonGame(sessions),
    frames,
  };
}

/** The coded size of pictures: even. */
export function codedSizes(cameras: ReadonlyMap<string, CameraSize>): Map<string, CameraSize> {
  return new Map([...cameras].map(([camera, size]) => [camera, evenSize(size)]));
}

async function commonContract([first, ...others]: readonly Session[]): Promise<PreprocessingContract> {
  const contract = await grayContract(first.files.gray);
  for (const session of others) {
    const difference = contractDifference(contract, await grayContract(session.files.gray));
    if (difference === null) continue;
    const { field, got, expected } = difference;
    throw differs(session, first, `the gray pictures (${field})`, String(got), String(expected));
  }
  return contract;
}

/** Logs that do not say may be of any game. */
function commonGame(sessions: readonly Session[]): string | null {
  const named = sessions.filter(({ header }) => (header?.game ?? null) !== null);
  const odd = named.find(({ header }) => header!.game !== named[0].header!.game);
  if (odd !== undefined) throw differs(odd, named[0], 'the game', odd.header!.game!, named[0].header!.game!);
  return named[0]?.header!.game ?? null;
}

/** Sessions may have been played with different keys; one key must not mean two actions. */
function commonKeys(sessions: readonly Session[]): ActionOfKey {
  const keys = new Map<string, string>();
  for (const session of sessions) {
    for (const [key, action] of session.keys) {
      const before = keys.get(key) ?? action;
      if (before !== action) throw differs(session, sessions[0], `the meaning of the key ${key}`, action, before);
      keys.set(key, action);
    }
  }
  return keys;
}

function framesInFights({ frames, fights }: Session): number {
  return frames.times.reduce((sum, t) => sum + (fights.some(({ start, end }) => start <= t && t <= end) ? 1 : 0), 0);
}

function wholeRate({ rateHz, files }: Session): number {
  const fps = Math.round(rateHz);
  const whole = Math.max(1, fps);
  if (fps >= 1 && Math.abs(rateHz / fps - 1) <= RATE_TOLERANCE) return fps;
  throw invalid(
    `${files.base} has ${rateHz} Hz, and the format has only whole numbers of frames a second.`,
    `Bring it to another rate first: \`understudy session import ${files.base} --name ${files.name}-${whole}hz --rate ${whole}\`.`,
  );
}

async function videoSize({ files, header }: Session): Promise<CameraSize | null> {
  if (!existsSync(files.video)) return null;
  const facts = await readMp4Facts(files.video);
  return { width: header?.width || facts.width, height: header?.height || facts.height };
}

async function graySize({ files }: Session): Promise<CameraSize | null> {
  if (!existsSync(files.gray)) return null;
  const { width, height } = await grayContract(files.gray);
  return { width, height };
}

function text(size: CameraSize | null): string {
  return size === null ? 'none' : `${size.width}x${size.height}`;
}

function differs(session: Session, first: Session, what: string, got: string, expected: string): UnderstudyError {
  return invalid(
    `${session.files.base} does not fit into one set with ${first.files.base}: ${what}: ${got}, expected ${expected}.`,
    'Export them as two sets.',
  );
}

export function invalid(message: string, next: string): UnderstudyError {
  return new UnderstudyError({ kind: 'input', code: 'dataset-invalid', message, next });
}
