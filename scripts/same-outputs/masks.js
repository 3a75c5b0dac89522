/**
 * What differs between two runs of one build by nature, and is therefore not compared. This list and preload.js (the
 * wall clock, the encoder's bytes) are all of it. Every entry was needed to find a build equal to itself; add one only
 * for that reason.
 */

const MASKS = [
  {
    what: 'lines of progress',
    why: 'a line every 5 s of the run: how many there are, and how far they got, depends on the speed',
    pattern: /^(\[[#-]+\] )?\d+ of \d+ (fights|frames|steps)\b.*\n/gm,
    to: '',
  },
  {
    what: 'how long the work took, in sentences',
    why: 'the speed of the machine',
    pattern: /\d+(\.\d+)? s(, |: )\d+(\.\d+)?( times as fast as it plays| times real time| x real time)/g,
    to: '# s$2#$4',
  },
  {
    what: 'how long the work took, in JSON',
    why: 'the speed of the machine',
    pattern: /"(tookSeconds|timesPlayTime|timesRealTime)":[\d.]+/g,
    to: '"$1":#',
  },
  {
    what: 'times of the stages of a tick, in JSON and ticks.jsonl',
    why: 'measured; which stages there are is compared',
    pattern: /"(stageMs)":\s*(\{(?:[^{}]|\{[^{}]*\})*\})/g,
    to: (_, name, stages) => `"${name}":${stages.replace(/(: ?)[\d.]+(e-\d+)?/g, '$1#')}`,
  },
  {
    what: 'times of the stages of a tick, as a table',
    why: 'measured; the columns are as wide as their figures, so spaces and rules go too',
    pattern: /^ms +p50.*\n-[- ]*\n(.+\n)+/gm,
    to: (table) =>
      table
        .replace(/^-[- ]*$/m, '#')
        .replace(/ +/g, ' ')
        .replace(/(?<= )\d[\d.]*$|(?<= )\d[\d.]*(?= )/gm, '#'),
  },
];

/**
 * @param checkout its folder is written in some messages, and the two are never in the same one
 */
export function mask(text, checkout) {
  const named = text.replaceAll(checkout, '<checkout>');
  return MASKS.reduce((masked, { pattern, to }) => masked.replace(pattern, to), named);
}

/** The list, for --help. */
export function describeMasks() {
  return MASKS.map(({ what, why }) => `${what}: ${why}`);
}
