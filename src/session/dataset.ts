/**
 * The input of training: the frames inside fights of several sessions as one sequence, with labels, fights, windows and
 * splits as arrays, and the pictures as a stream. Never holds more than one picture.
 */
import { UnderstudyError } from '../core/errors.js';
import type { PreprocessingContract } from '../vision/preprocessing-contract.js';
import type { ReadOptions } from './event-log.js';
import { joinSessions, type JoinedSessions } from './joined.js';
import type { LabelRule } from './labels.js';
import { loadFrames } from './load-frames.js';
import { readSessions } from './session.js';
import { onlyCorrections } from './takeovers.js';

/** Several sessions, read for training. */
export interface Dataset extends JoinedSessions {
  /**
   * The pictures of the N frames, in their order; [H, W] uint8, valid until the next.
   *
   * @throws UnderstudyError as loadFrames; `session-invalid` when a session's pictures end before its last fight
   */
  pictures(contract: PreprocessingContract): AsyncGenerator<Uint8Array, void, void>;
}

/**
 * Reads sessions and joins them. Of a recording of the agent's play, only what a person played is used.
 *
 * @throws UnderstudyError as readSession and joinSessions; `session-invalid` when no frame lies in a fight
 */
export async function readDataset(
  names: readonly string[],
  options: ReadOptions & { readonly labels?: LabelRule; readonly leadMs?: number } = {},
): Promise<Dataset> {
  const sessions = (await readSessions(names, options)).map(onlyCorrections);
  const joined = joinSessions(sessions, options.labels ?? 'at-frame', options.leadMs ?? 0);
  if (joined.fights.length === 0) {
    const isAgents = sessions.some(({ control }) => control.length > 0);
    throw new UnderstudyError({
      kind: 'input',
      code: 'session-invalid',
      message: isAgents
        ? `No frame of ${names.join(', ')} was played by a person in a fight: there is nothing to learn from.`
        : `No frame of ${names.join(', ')} lies in a fight: there is nothing to learn from.`,
      next: isAgents
        ? 'Take over while `play --record` records: press a key of the game, and play.'
        : 'Mark fights while recording (hot keys 8 and 9); `understudy session check` says which markers are missing.',
    });
  }
  return { ...joined, pictures: (contract) => picturesOf(joined, contract) };
}

async function* picturesOf(
  joined: JoinedSessions,
  contract: PreprocessingContract,
): AsyncGenerator<Uint8Array, void, void> {
  for (let place = 0; place < joined.sessions.length; place += 1) {
    const session = joined.sessions[place];
    const only = joined.frameOf.filter((_, i) => joined.sessionOf[i] === place);
    let given = 0;
    for await (const { gray } of loadFrames(session, contract, only)) {
      given += 1;
      yield gray;
    }
    if (given === only.length) continue;
    throw new UnderstudyError({
      kind: 'input',
      code: 'session-invalid',
      message: `${session.files.name} has pictures for ${given} of its ${only.length} frames in fights.`,
      next: `Run \`understudy session check ${session.files.base}\`; after a cut-off recording, \`understudy session repair\`.`,
    });
  }
}
