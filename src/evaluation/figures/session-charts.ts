/** What a session's statistics look like: how often each action is held, and which presses the frame rate hides. */
import { join } from 'node:path';
import type { SessionStatistics } from '../../session/statistics.js';
import { groupedBars } from './grouped-bars.js';
import { writeFigure, type FigureSpec } from './render.js';

const count = new Intl.NumberFormat('en-US');

/** Sessions named in a title; more are counted. */
const NAMED = 3;

/** Share of the frames at which each action is held, of all frames and inside fights. */
export function heldFramesChart(statistics: SessionStatistics): FigureSpec {
  const { frames, fights, framesInFights, actions } = statistics;
  const series = ['all frames', 'inside fights'];
  return groupedBars({
    title: `Frames at which each action is held: ${namesOf(statistics)}`,
    subtitle: `${count.format(frames)} frames, ${count.format(framesInFights)} of them inside ${fights} fights`,
    measure: 'share of the frames (%)',
    ticks: shareTicks(Object.values(actions).flatMap(({ percent, percentInFights }) => [percent, percentInFights])),
    series,
    bars: Object.entries(actions).flatMap(([action, one]) => {
      const { percent, percentInFights, frames: held, framesInFights: heldInFights } = one;
      return [
        { group: action, series: series[0], value: percent, label: shareLabel(percent, held) },
        { group: action, series: series[1], value: percentInFights, label: shareLabel(percentInFights, heldInFights) },
      ];
    }),
  });
}

/** Presses of each action, and those that are shorter than a frame or seen by none. */
export function pressesChart(statistics: SessionStatistics): FigureSpec {
  const { presses, actions } = statistics;
  const series = ['presses', 'shorter than a frame', 'seen by no frame'];
  return groupedBars({
    title: `Presses, and what the frame rate hides of them: ${namesOf(statistics)}`,
    subtitle: `${count.format(presses.total)} presses; ${presses.shorterThanFrame} shorter than a frame, ${presses.betweenFrames} seen by no frame`,
    measure: 'presses',
    series,
    bars: Object.entries(actions).flatMap(([action, one]) => {
      const { presses: all, shorterThanFrame, betweenFrames } = one;
      return [all, shorterThanFrame, betweenFrames].map((value, place) => ({
        group: action,
        series: series[place],
        value,
        label: count.format(value),
      }));
    }),
  });
}

/**
 * Writes both charts as SVG and PNG.
 *
 * @returns the paths written
 * @throws UnderstudyError as writeFigure
 */
export async function writeSessionCharts(folder: string, statistics: SessionStatistics): Promise<readonly string[]> {
  return [
    ...(await writeFigure(join(folder, 'held-frames'), heldFramesChart(statistics))),
    ...(await writeFigure(join(folder, 'presses'), pressesChart(statistics))),
  ];
}

/** About five, and none above 100 %. */
function shareTicks(percents: readonly number[]): number[] {
  const longest = Math.max(0, ...percents);
  const step = [1, 2, 5, 10, 20].find((size) => longest <= 5 * size) ?? 20;
  return Array.from({ length: Math.floor(Math.min(100, 1.25 * longest) / step) + 1 }, (_, place) => place * step);
}

function shareLabel(percent: number, held: number): string {
  return held === 0 ? '0' : `${percent.toFixed(2)} % (${count.format(held)})`;
}

function namesOf({ sessions }: SessionStatistics): string {
  return sessions.length <= NAMED ? sessions.join(', ') : `${sessions.length} sessions`;
}
