/** What is wrong with the cues and meters of a game, by what they said over time: a sentence each, with what to do. */
import type { GameFile } from '../../games/game-file.js';
import type { GameWatcher } from '../../games/game-watcher.js';
import type { GameCheck } from './check-report.js';

type Found = Pick<GameCheck, 'meters' | 'pictures'>;

export function checkAdvice(game: GameFile, watcher: Pick<GameWatcher, 'account'>, found: Found): string[] {
  if (Object.keys(game.cues).length + Object.keys(game.meters).length === 0) {
    return ['The game file has neither cues nor meters: take a cue with `understudy game cue`.'];
  }
  if (found.pictures === 0) return ['No picture was seen: the window may be minimised, or the session is empty.'];
  return [...watcher.account.advice('all'), ...meterAdvice(game, found)];
}

function meterAdvice(game: GameFile, { meters }: Found): string[] {
  return Object.entries(meters).flatMap(([name, { readPercent, colours }]) => {
    const meter = game.meters[name];
    if (meter.kind === 'bar' && (colours ?? null) !== null && (meter.full === undefined || meter.empty === undefined)) {
      const given = `"full": "${colours!.full}", "empty": "${colours!.empty}"`;
      return [
        `The colours of the bar '${name}' were learned. To have it read from the first picture on, add ${given}.`,
      ];
    }
    if (readPercent > 0) return [];
    if (meter.kind === 'bar') {
      return [`The bar '${name}' was never read: its region shows no clear border between two colours.`];
    }
    if (meter.glyphs === undefined) {
      return [
        `The number '${name}' has no pictures of digits yet: \`understudy game cue FILE ${name} --reads 1250\` takes them.`,
      ];
    }
    const missing = [...'0123456789'].filter((digit) => !(digit in meter.glyphs!));
    const which =
      missing.length === 0 ? 'its region shows something else' : `pictures of ${missing.join(', ')} are missing`;
    return [`The number '${name}' was never read: ${which}.`];
  });
}
