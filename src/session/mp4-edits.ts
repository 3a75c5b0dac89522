/**
 * Which pictures of an MP4 are shown: an edit list cuts a file without coding it again (`ffmpeg -ss ... -c copy`, trimming on a
 * phone), and the pictures outside it are only there to decode the others. Counts as libavformat does, which
 * OpenCV and ffmpeg read with. Pure.
 */

/** One line of an `elst` box. */
export interface Edit {
  /** In units of the movie's time scale; 0 lasts to the end. */
  readonly duration: number;
  /** First time that is shown, in units of the track's time scale; -1: nothing is shown for the duration. */
  readonly mediaTime: number;
}

/** Lines of a `stts` or `ctts` box: so many pictures in a row have this value. */
export type Runs = readonly (readonly [count: number, value: number])[];

export interface TrackTimes {
  /** How long each picture lasts, in the order of decoding, in units of the track's time scale. */
  readonly durations: Runs;
  /** How much later than it is decoded each picture is shown; empty: at once. */
  readonly offsets: Runs;
  /** Units a second of the track. */
  readonly timescale: number;
  /** Units a second of the movie. */
  readonly movieTimescale: number;
}

/** Edits that show something. */
export function showingEdits(edits: readonly Edit[]): readonly Edit[] {
  return edits.filter(({ mediaTime }) => mediaTime >= 0);
}

/** How many of the first `frames` pictures are shown, each edit by itself; all where there is no edit list. */
export function countShown(frames: number, edits: readonly Edit[], times: TrackTimes): number {
  const showing = showingEdits(edits);
  if (showing.length === 0 || times.durations.length === 0) return frames;
  const perMovieUnit = times.movieTimescale > 0 ? times.timescale / times.movieTimescale : 0;
  const spans = showing.map(({ mediaTime, duration }) => {
    const length = Math.round(duration * perMovieUnit);
    return { from: mediaTime, to: length === 0 ? Infinity : mediaTime + length };
  });
  const offset = valuesOf(times.offsets);
  const duration = valuesOf(times.durations);
  let time = 0;
  let shown = 0;
  for (let k = 0; k < frames; k += 1) {
    const at = time + offset();
    for (const { from, to } of spans) if (at >= from && at < to) shown += 1;
    time += duration();
  }
  return shown;
}

/** Gives the values one after the other; 0 after the last. */
function valuesOf(runs: Runs): () => number {
  let run = 0;
  let used = 0;
  return () => {
    while (run < runs.length && used >= runs[run][0]) {
      run += 1;
      used = 0;
    }
    used += 1;
    return runs[run]?.[1] ?? 0;
  };
}
