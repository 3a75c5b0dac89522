/**
 * `session edit`: a new session with other fights, or actions by other names. Pictures, keys and times are copied as they
 * are; the source is never changed.
 */
import { ActionSet, type ActionSetSpec } from '../core/action-set.js';
import { requireAction, splitActionValues } from '../core/action-values.js';
import { badOption, messageOf, UnderstudyError } from '../core/errors.js';
import type { Fight } from './event-log.js';
import { firstAt } from './frame-log.js';
import { copySession } from './import.js';
import { filesAt, type SessionFiles } from './session-files.js';
import { readSession, type Session } from './session.js';
import { writeWholeSession } from './whole-session.js';

/** What is changed. Fights have the numbers of the source, from 1. */
export interface SessionEdits {
  /** Fights that no longer are: their frames stay, outside of fights. */
  readonly drop: readonly number[];
  /** Fights that become two, and after how many seconds. */
  readonly split: readonly { readonly fight: number; readonly atSeconds: number }[];
  /** Fights that become one with the next. */
  readonly merge: readonly number[];
  /** Actions by their old names; null: as they are. `OLD=NEW,...` */
  readonly rename: string | null;
}

/** `session edit --json`. */
export interface EditReport {
  readonly session: string;
  readonly files: SessionFiles;
  readonly frames: number;
  readonly fights: number;
  readonly actions: readonly string[];
}

/**
 * @param from as resolveSession takes it
 * @param to path without ending of the new session
 * @throws UnderstudyError `bad-option` for a fight that is not there, or is changed twice; `unknown-action`,
 *   `actions-invalid`; as readSession and writeWholeSession
 */
export async function editSession(
  from: string,
  to: string,
  edits: SessionEdits,
  signal?: AbortSignal,
): Promise<EditReport> {
  if (edits.drop.length + edits.split.length + edits.merge.length === 0 && edits.rename === null) {
    throw badOption('Nothing is to be changed.', 'Give --drop, --split, --merge or --rename.');
  }
  const source = await readSession(from);
  if (!source.finished) {
    const { base } = source.files;
    throw new UnderstudyError({
      kind: 'input',
      code: 'session-invalid',
      message: `${base} was cut off.`,
      next: `Complete it first: \`understudy session repair ${base}\`.`,
    });
  }
  const edited = { ...source, fights: editedFights(source, edits), ...renamed(source, edits.rename) };
  const files = filesAt(to);
  await writeWholeSession(files, (made) => copySession(edited, made, source.rateHz), signal);
  const { frames, fights, actions } = await readSession(files);
  return { session: files.name, files, frames: frames.count, fights: fights.length, actions: actions.names };
}

/** For people. */
export function editText({ files, frames, fights }: EditReport): string {
  return `wrote ${files.base}: ${frames} frames, ${fights} fights`;
}

/** Reads `3@12.5,4@2`: a fight, and seconds after its start. @throws UnderstudyError `bad-option` */
export function parseSplits(text: string): SessionEdits['split'] {
  return text.split(',').map((part) => {
    const [, fight, seconds] = /^(\d{1,6})@(\d{1,6}(?:\.\d+)?)$/.exec(part.trim()) ?? [];
    if (fight === undefined) {
      throw badOption(`--split '${text}': expected a fight and seconds after its start.`, 'As in --split 3@12.5.');
    }
    return { fight: Number(fight), atSeconds: Number(seconds) };
  });
}

function editedFights(session: Session, { drop, split, merge }: SessionEdits): Fight[] {
  const { fights, frames } = session;
  const changed = [...drop, ...split.map(({ fight }) => fight), ...merge, ...merge.map((fight) => fight + 1)];
  const missing = changed.find((fight) => fights[fight - 1] === undefined);
  if (missing !== undefined) {
    throw badOption(`There is no fight ${missing}.`, `The session has ${fights.length}, from 1.`);
  }
  const twice = changed.find((fight, place) => changed.indexOf(fight) !== place);
  if (twice !== undefined) throw badOption(`Fight ${twice} is changed twice.`, 'Do it in two steps.');
  return fights.flatMap((fight, place): Fight[] => {
    const number = place + 1;
    if (drop.includes(number) || merge.includes(number - 1)) return [];
    if (merge.includes(number)) {
      const { end, outcome } = fights[place + 1];
      return [{ start: fight.start, end, ...(outcome === undefined ? {} : { outcome }) }];
    }
    const cut = split.find((one) => one.fight === number);
    if (cut === undefined) return [fight];
    // times are whole microseconds, and their sums are not
    const second = firstAt(frames.times, fight.start + cut.atSeconds - 5e-7);
    const isInside = second > 0 && second < frames.count && frames.times[second] <= fight.end;
    if (!isInside || frames.times[second - 1] < fight.start) {
      const length = (fight.end - fight.start).toFixed(1);
      throw badOption(`Fight ${number} cannot be split at ${cut.atSeconds} s.`, `It lasts ${length} s.`);
    }
    return [
      { start: fight.start, end: frames.times[second - 1] },
      { ...fight, start: frames.times[second] },
    ];
  });
}

/** Actions, their rules and keys by the new names. */
function renamed({ actions, keys }: Session, list: string | null): Partial<Pick<Session, 'actions' | 'keys'>> {
  if (list === null) return {};
  const asked = { option: '--rename', example: 'JUMP=HOP', code: 'unknown-action' } as const;
  const pairs = splitActionValues(list, asked).map(
    ([old, name]) => [requireAction(old, actions, '--rename'), name] as const,
  );
  const names = new Map(pairs);
  if (names.size < pairs.length) throw badOption('--rename names an action twice.', 'Name each once.');
  const now = (old: string): string => names.get(old) ?? old;
  const { opposing, rare, scored } = actions.rules();
  const spec = {
    names: actions.names.map(now),
    opposing: opposing.map(([a, b]) => [now(a), now(b)] as const),
    rare: rare.map(now),
    scored: scored.map(now),
  };
  return {
    actions: actionsOf(spec),
    keys: new Map([...keys].map(([key, action]) => [key, now(action)])),
  };
}

function actionsOf(spec: ActionSetSpec): ActionSet {
  try {
    return new ActionSet(spec);
  } catch (error) {
    throw badOption(`--rename: ${messageOf(error)}`, 'Give each action a name of its own: letters, digits, - and _.');
  }
}
