/** What is wrong with the cues and meters of a game, by what they said over time: a sentence each, with what to do. */
import type { CueName } from '../../games/game-file-schema.js';
import type { GameFile } from '../../games/game-file.js';
import type { CueSummary, FoundFight, GameCheck, GameSample } from './check-report.js';

/** Fights of less than this are flickering, s. */
const SHORTEST_FIGHT = 1;

/** Of all pictures: more than this near a cue's level, and it will flicker. 0 to 100. */
const MUCH_UNSURE = 5;

interface Found extends Pick<GameCheck, 'cues' | 'meters' | 'fights' | 'pictures'> {
  readonly samples: readonly GameSample[];
}

export function checkAdvice(game: GameFile, found: Found): string[] {
  if (Object.keys(game.cues).length + Object.keys(game.meters).length === 0) {
    return ['The game file has neither cues nor meters: take a cue with `understudy game cue`.'];
  }
  if (found.pictures === 0) return ['No picture was seen: the window may be minimised, or the session is empty.'];
  return [
    ...Object.entries(found.cues).flatMap(([name, cue]) => cueAdvice(name as CueName, cue)),
    ...togetherAdvice(game, found.samples),
    ...fightAdvice(game, found.fights),
    ...meterAdvice(game, found),
  ];
}

function cueAdvice(name: CueName, { atLeast, seenPercent, scores, unsurePercent }: CueSummary): string[] {
  const best = scores.max.toFixed(2);
  if (seenPercent === 0) {
    return [
      `The cue '${name}' was never seen: its best match was ${best}, and it counts from ${atLeast}. If it was on the screen, take it again with \`understudy game cue\`, or lower its atLeast.`,
    ];
  }
  if (seenPercent === 100) {
    const hint = name === 'fighting' ? 'If a menu was shown too, it' : 'It';
    return [`The cue '${name}' was seen in every picture. ${hint} must be a picture of what only this state shows.`];
  }
  if (unsurePercent <= MUCH_UNSURE) return [];
  return [
    `In ${unsurePercent} % of the pictures the cue '${name}' is within 0.1 of ${atLeast}, where it counts: it may flicker. Take a larger picture, or one with less of the scene in it.`,
  ];
}

/** An outcome that is seen beside the fight's cue for long is part of the play's picture. */
function togetherAdvice(game: GameFile, samples: readonly GameSample[]): string[] {
  const sees = (name: CueName, { scores }: GameSample): boolean =>
    game.cues[name] !== undefined && (scores[name] ?? -1) >= game.cues[name].atLeast;
  const share = (names: readonly CueName[]): number =>
    Math.round((100 * samples.filter((sample) => names.every((name) => sees(name, sample))).length) / samples.length);
  return (['won', 'lost'] as const).flatMap((name) => {
    const percent = share(['fighting', name]);
    if (percent < 20) return [];
    return [
      `'fighting' and '${name}' are seen together in ${percent} % of the pictures, and such pictures count as no fight: one of the two is wrong.`,
    ];
  });
}

function fightAdvice(game: GameFile, fights: readonly FoundFight[]): string[] {
  const advice: string[] = [];
  if (Object.keys(game.cues).length > 0 && fights.length === 0) advice.push('No fight was found.');
  const short = fights.filter(({ seconds }) => seconds < SHORTEST_FIGHT).length;
  if (short > 0)
    advice.push(`${short} of ${fights.length} fights are shorter than ${SHORTEST_FIGHT} s: the cue flickers.`);
  const disputed = fights.filter((fight) => fight.disputed).length;
  if (disputed > 0) {
    advice.push(`At the end of ${disputed} fights 'won' and 'lost' were seen at once: the better match decided.`);
  }
  return advice;
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
