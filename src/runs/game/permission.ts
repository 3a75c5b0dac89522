/** Whether the commands of a game file may be run: only where a user permits it. */
import { badOption } from '../../core/errors.js';
import { readGameFile, type GameFile } from '../../games/game-file.js';

/** @throws UnderstudyError `bad-option` where the file has no command to permit */
export function mayLaunch(allowed: boolean | undefined, { launch, outcome, stepped, path }: GameFile): boolean {
  if (allowed !== true) return false;
  if (launch !== null || outcome !== null) return true;
  throw badOption(
    `--allow-launch has no use for ${path}: it has neither \`launch\` nor \`outcome\`.`,
    stepped === null
      ? 'Leave --allow-launch out, or add a command to the game file.'
      : 'Its program that steps the game is run by `evaluate --stepped`, `demos`, `improve --stepped` and `practice`.',
  );
}

/** True where the user lets the game file start its game. */
export function launches({ allowLaunch, game }: { readonly allowLaunch?: boolean; readonly game?: string }): boolean {
  return allowLaunch === true && game !== undefined && readGameFile(game).launch !== null;
}
