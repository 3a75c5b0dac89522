/**
 * The lines in which two texts differ, for people: `-` was before, `+` is after, each below the heading that it
 * belongs to. Long lines of JSON are spread out first, so that a field shows and not a document.
 */

/** Above this many cells the table of the longest common subsequence is too slow: lines are then paired by place. */
const MOST_CELLS = 4_000_000;
/** A line of a tick or of a decision fits. */
const LINE_WIDTH = 320;

/** Headings as outcome.js writes them: a command, a page of the help, a file. */
const HEADING = /^(\$ understudy|page |file )/;

/** @returns at most `limit` lines and, where there are more, one that says so */
export function differingLines(before, after, limit) {
  let lines = pairedLines(spread(before), spread(after));
  if (lines.length === 0) lines = pairedLines(before.split('\n'), after.split('\n'));
  const shown = lines
    .slice(0, limit)
    .map((line) => (line.length > LINE_WIDTH ? `${line.slice(0, LINE_WIDTH)}…` : line));
  if (lines.length > limit) shown.push(`… ${lines.length - limit} more lines`);
  return shown;
}

function spread(text) {
  return text.split('\n').flatMap((line) => {
    if (line.length <= LINE_WIDTH || !/^[[{].*[\]}]$/.test(line)) return [line];
    try {
      return JSON.stringify(JSON.parse(line.replaceAll(/:#(?=[,}])/g, ':"#"')), null, 1).split('\n'); // # is a masked figure
    } catch {
      return [line];
    }
  });
}

function pairedLines(before, after) {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  const shorter = Math.min(before.length, after.length) - start;
  while (end < shorter && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const [old, young] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  if (old.length === 0 && young.length === 0) return [];
  const heading = before.slice(0, start).findLast((line) => HEADING.test(line));
  const steps = old.length * young.length > MOST_CELLS ? stepsByPlace(old, young) : stepsByCommonLines(old, young);
  return withHeadings(steps, heading);
}

function withHeadings(steps, first) {
  const lines = [];
  let heading = first;
  for (const { sign, line } of steps) {
    if (HEADING.test(line)) heading = line;
    if (sign === ' ') continue;
    if (heading !== undefined && heading !== line) lines.push(heading);
    heading = undefined;
    lines.push(`${sign} ${line}`);
  }
  return lines;
}

function stepsByPlace(old, young) {
  const steps = [];
  for (let index = 0; index < Math.max(old.length, young.length); index += 1) {
    if (old[index] === young[index]) steps.push({ sign: ' ', line: old[index] });
    else {
      if (index < old.length) steps.push({ sign: '-', line: old[index] });
      if (index < young.length) steps.push({ sign: '+', line: young[index] });
    }
  }
  return steps;
}

/** The longest common subsequence, by the usual table. */
function stepsByCommonLines(old, young) {
  const width = young.length + 1;
  const common = new Uint32Array((old.length + 1) * width); // [i, j]: of old from i on and young from j on
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = young.length - 1; j >= 0; j -= 1) {
      const [down, right] = [common[(i + 1) * width + j], common[i * width + j + 1]];
      common[i * width + j] = old[i] === young[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(down, right);
    }
  }
  const steps = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < young.length) {
    if (i < old.length && j < young.length && old[i] === young[j]) {
      steps.push({ sign: ' ', line: old[i] });
      [i, j] = [i + 1, j + 1];
    } else if (j === young.length || (i < old.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      steps.push({ sign: '-', line: old[i] });
      i += 1;
    } else {
      steps.push({ sign: '+', line: young[j] });
      j += 1;
    }
  }
  return steps;
}
