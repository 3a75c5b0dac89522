/// <reference lib="dom" />
/** The parts of the page that are text and pictures: state, gates, pictures, scores, the table of ticks. */
import { isHeld, type HeldActions } from '../../core/action-set.js';
import { TICK_STEPS } from '../../core/tick-report.js';
import type { WatchPicture, WatchScore, WatchState, WatchTick } from '../messages.js';
import { head, make, part, row, write } from './dom.js';
import { meterText, showSeen } from './seen.js';

/** Rows of the table of ticks. */
const TICK_ROWS = 20;

/** What is played, and whether the agent may act. */
export function showState(state: WatchState, last: WatchTick | null): void {
  const { run, arming, recording } = state;
  const facts = run === null ? [] : [run.mode, run.model, `${run.rateHz} Hz`, run.name];
  const waiting = recording === null ? 'waiting for a run' : 'waiting for Start';
  write(part('run'), run === null ? waiting : facts.filter((fact) => fact !== '').join(' | '));
  const chip = part('arming').querySelector<HTMLElement>('.chip')!;
  const acts = arming?.state ?? (run === null ? 'no run' : 'only watches');
  chip.dataset.state = arming?.state ?? 'none';
  write(chip, acts);
  write(part('arming').querySelector('.reason')!, arming?.reason ?? '');
  const gate = part('gate');
  gate.dataset.open = last?.gate ? 'no' : 'yes';
  write(gate, last === null ? '' : (last.gate ?? 'gates open'));
  showSeen(part('game'), { outcomes: state.outcomes, meters: last?.meters ?? {} });
}

/** Changes of the gates, the newest first. */
export function showGates({ gates }: WatchState): void {
  const items = [...gates].reverse().map(({ atUnixMs, slot, gate }) => {
    const time = new Date(atUnixMs).toLocaleTimeString([], { hour12: false });
    return make('li', {}, make('time', {}, time), `tick ${slot}: ${gate ?? 'open'}`);
  });
  part('gate-list').replaceChildren(...(items.length > 0 ? items : [make('li', {}, 'open since the start')]));
}

/** Draws a received picture: BGRA and gray bytes. */
export function showPicture({ header, colour, gray }: WatchPicture): void {
  const rgba = new Uint8ClampedArray(colour.length);
  for (let i = 0; i < colour.length; i += 4) {
    rgba[i] = colour[i + 2];
    rgba[i + 1] = colour[i + 1];
    rgba[i + 2] = colour[i];
    rgba[i + 3] = 255;
  }
  paint('colour', header.colour, rgba);
  const grayRgba = new Uint8ClampedArray(4 * gray.length);
  for (let i = 0; i < gray.length; i += 1) grayRgba.fill(gray[i], 4 * i, 4 * i + 3).fill(255, 4 * i + 3, 4 * i + 4);
  paint('gray', header.gray, grayRgba);
  write(part('gray-size'), `${header.gray.width} x ${header.gray.height} gray`);
  write(part('picture-note'), `picture of tick ${header.slot}`);
}

function paint(id: string, { width, height }: { width: number; height: number }, rgba: Uint8ClampedArray<ArrayBuffer>) {
  const canvas = part<HTMLCanvasElement>(id);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext('2d')!.putImageData(new ImageData(rgba, width, height), 0, 0);
}

/** Scores against what a person played; hidden where there are none. */
export function showScores({ scores, run }: WatchState): void {
  part('scores').hidden = scores === null;
  if (scores === null) return;
  const { rolling, whole, rollingSeconds, evidenceFloor } = scores;
  const body = make('tbody');
  for (const action of run?.actions ?? []) {
    const line = row(
      action,
      ...scoreCells(rolling, action, evidenceFloor),
      ...scoreCells(whole, action, evidenceFloor),
    );
    line.dataset.score = action;
    body.append(line);
  }
  const last = `${rollingSeconds} s`;
  part('score-table').replaceChildren(head('F1', last, 'presses', 'run', 'presses'), body);
  const composite = (score: WatchScore | null): string => score?.composite.toFixed(3) ?? '-';
  write(
    part('score-note'),
    `composite ${composite(rolling)} over the last ${last}, ${composite(whole)} over ${whole?.frames ?? 0} frames; ` +
      `presses: within two frames; under ${evidenceFloor} frames of an action say too little and are not shown`,
  );
}

function scoreCells(score: WatchScore | null, action: string, floor: number): string[] {
  const one = score?.perAction[action];
  if (one === undefined || one.support < floor || one.support === 0) return ['-', '-'];
  return [one.f1.toFixed(3), one.onsetF1.toFixed(3)];
}

/** The last ticks in figures, the newest first: for users who cannot see the charts. */
export function showTicks(ticks: readonly WatchTick[], { run }: WatchState): void {
  const actions = run?.actions ?? [];
  const meters = Object.keys(ticks.at(-1)?.meters ?? {});
  const names = (held: HeldActions): string => actions.filter((_, index) => isHeld(held, index)).join(' ') || '-';
  const ms = (value: number | null | undefined): string => value?.toFixed(3) ?? '-';
  const rows = ticks
    .slice(-TICK_ROWS)
    .reverse()
    .map((tick) => {
      const line = row(
        String(tick.slot),
        ...[tick.outcome, ms(tick.latenessMs), ms(tick.latencyMs)],
        ...TICK_STEPS.map((stage) => ms(tick.stageMs[stage])),
        names(tick.held),
        tick.human === null ? 'n/a' : names(tick.human),
        ...actions.map((_, index) => tick.probabilities?.[index]?.toFixed(3) ?? '-'),
        ...meters.map((name) => meterText(tick.meters?.[name])),
        tick.gate ?? '-',
      );
      line.dataset.slot = String(tick.slot);
      return line;
    });
  const columns = ['tick', 'outcome', 'lateness', 'latency', ...TICK_STEPS, 'held', 'human', ...actions];
  part('tick-table').replaceChildren(head(...columns, ...meters, 'gate'), make('tbody', {}, ...rows));
}
