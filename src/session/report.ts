/** Sessions as text for people: tables of fixed width, from the data that the same commands print as JSON. */
import type { ImportReport } from './import.js';
import { visibleText } from '../core/visible-text.js';
import type { SessionCheck } from './check.js';
import type { ResultSummary } from './fight-results.js';
import type { SessionInfo } from './info.js';
import type { RepairReport } from './repair.js';
import type { ActionStatistics, SessionStatistics } from './statistics.js';

/** Of the table of actions. */
const COLUMNS = 'Action|Frames|Percent|In fights|Percent|Presses|Short|Unseen|p50 ms|p95 ms|max ms'.split('|');

/** Combinations of actions that the table shows, at most. */
const SHOWN_TOGETHER = 8;

/**
 * The table of the write-up's Appendix B (by count, two decimals), the same inside fights, and the presses that the frame
 * rate hides.
 */
export function statisticsTable(statistics: SessionStatistics): string {
  // Array.prototype.sort is stable: equal counts stay in the order of the actions
  const byCount = Object.keys(statistics.actions).sort(
    (a, b) => statistics.actions[b].frames - statistics.actions[a].frames,
  );
  const { presses, windows } = statistics;
  const lines = [
    `Sessions: ${statistics.sessions.join(', ')} (labels ${statistics.labelRule})`,
    `Frames: ${statistics.frames}; fights: ${statistics.fights}; frames in fights: ${statistics.framesInFights}`,
    ...resultLines(statistics),
    '',
    ...table(
      COLUMNS,
      byCount.map((action) => actionRow(action, statistics.actions[action])),
    ),
    '',
    `Presses: ${presses.total}; shorter than a frame: ${presses.shorterThanFrame}; seen by no frame: ${presses.betweenFrames}`,
    `Windows: ${windows.withinFights} within fights (${windows.withinFightsRare} rare); the study's, across fights: ${windows.study} (${windows.studyRare} rare)`,
  ];
  if (statistics.heldTogether.length > 0) {
    const rows = statistics.heldTogether
      .slice(0, SHOWN_TOGETHER)
      .map(({ actions, frames, percent }) => [actions.join('+'), String(frames), `${percent.toFixed(2)}%`]);
    lines.push('', ...table(['Held together', 'Frames', 'Percent'], rows));
  }
  return lines.join('\n');
}

function actionRow(action: string, one: ActionStatistics): string[] {
  const ms = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(0));
  return [
    action,
    String(one.frames),
    `${one.percent.toFixed(2)}%`,
    String(one.framesInFights),
    `${one.percentInFights.toFixed(2)}%`,
    String(one.presses),
    String(one.shorterThanFrame),
    String(one.betweenFrames),
    ms(one.holdMs?.p50),
    ms(one.holdMs?.p95),
    ms(one.holdMs?.max),
  ];
}

/** What a check found, one line each, by time. */
export function checkTable(check: SessionCheck): string {
  const rate = Number.isNaN(check.rateHz) ? 'unknown' : `${check.rateHz.toFixed(3)} Hz`;
  const duplicates = check.tellsDuplicates ? String(check.duplicates) : 'not in this log';
  const row = ({ code, atSeconds, message }: SessionCheck['problems'][number]): string =>
    `  ${atSeconds === null ? '       -' : `${atSeconds.toFixed(3)} s`.padStart(10)}  ${code}: ${message}`;
  return [
    `${check.session}: ${check.frames} frames, true rate ${rate}, duplicates: ${duplicates}`,
    check.ok ? 'No problem found.' : `${check.problems.length} problem(s):`,
    ...check.problems.map(row),
    ...(check.notes.length > 0 ? ['Notes:', ...check.notes.map(row)] : []),
  ].join('\n');
}

/** A session on one screen. */
export function infoTable(info: SessionInfo): string {
  const { video, gray } = info;
  const size = info.width > 0 ? `, ${info.width}x${info.height} px` : '';
  return [
    `${info.session}: ${info.seconds.toFixed(1)} s, ${info.frames} frames at ${info.rateHz} Hz${size}`,
    `Recorded: ${info.startedAt}${info.source === null ? '' : `, ${info.source}`}${endOf(info)}`,
    ...(info.game === null ? [] : [`Game: ${visibleText(info.game)}`]),
    `Fights: ${info.fights} (${info.framesInFights} frames); key events: ${info.keyEvents} (${info.syntheticEvents} synthetic)`,
    ...resultLines(info),
    ...(info.playedBy === null ? [] : [playedLine(info.playedBy)]),
    `Keys: ${Object.entries(info.keys)
      .map(([key, action]) => `${action}=${key}`)
      .join(', ')}`,
    video === null ? 'Video: none' : `Video: ${video.codec}, ${video.width}x${video.height}, ${video.frames} frames`,
    gray === null ? 'Gray frames: none' : `Gray frames: ${gray.frames}, ${gray.width}x${gray.height}`,
  ].join('\n');
}

/** `Outcomes: 3 won, 17 lost`, and a line for each meter. */
export function resultLines({ outcomes, meters }: ResultSummary): string[] {
  const counts = Object.entries(outcomes ?? {}).filter(([, count]) => count > 0);
  const lines = Object.entries(meters).map(
    ([name, { fights, mean, least, most }]) =>
      `${visibleText(name)} at the end of a fight: ${mean} on average, ${least} to ${most} (${fights} fights)`,
  );
  return counts.length === 0 ? lines : [`Outcomes: ${counts.map(([name, n]) => `${n} ${name}`).join(', ')}`, ...lines];
}

function endOf({ finished, recording }: SessionInfo): string {
  if (finished) return '';
  return recording ? ' (being recorded)' : ' (cut off)';
}

function playedLine({ agent, human, nobody: none }: NonNullable<SessionInfo['playedBy']>): string {
  return `Played by the agent: ${agent} frames; by a person: ${human}; by no one: ${none}`;
}

/** What a repair did. */
export function repairTable(report: RepairReport): string {
  if (!report.changed) return `${report.session}: nothing to repair.`;
  return [`${report.session}: repaired.`, ...report.actions.map((action) => `  ${action}`)].join('\n');
}

/** Pads columns to their widest cell: the first is aligned left, the others right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  return [head, ...rows].map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '),
  );
}

/** `session import`, of a session and of a dataset. */
export function importText({
  files,
  frames,
  rateHz,
  fights,
}: Pick<ImportReport, 'files' | 'frames' | 'rateHz' | 'fights'>): string {
  return `imported ${files.base}: ${frames} frames at ${rateHz} Hz, ${fights} fights`;
}
