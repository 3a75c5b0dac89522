/// <reference lib="dom" />
/**
 * The keys: for each action, who holds it now, its probability, and a strip of the last ten seconds that shows the
 * probability, its thresholds, and who held the action when.
 */
import { isHeld } from '../../core/action-set.js';
import type { WatchState, WatchTick } from '../messages.js';
import { Chart, type ChartData } from './chart.js';
import { make, part, write } from './dom.js';
import type { History } from './history.js';
import { secondsBeforeLast } from './series.js';

const STRIP_HEIGHT = 44;
/** The band below the probabilities where the human's holding is drawn. */
const HUMAN_TOP = -0.04;
const HUMAN_BOTTOM = -0.22;

interface Row {
  readonly agent: HTMLElement;
  readonly human: HTMLElement;
  readonly probability: HTMLElement;
  readonly chart: Chart;
}

type Thresholds = WatchState['thresholds'];

export class Strips {
  readonly #table = part('strips');
  #actions: readonly string[] = [];
  #rows: readonly Row[] = [];

  constructor() {
    this.#table.append(headRow());
  }

  /** Shows one row for each action, in this order; does nothing where these rows are shown already. */
  async setActions(actions: readonly string[]): Promise<void> {
    if (actions.join() === this.#actions.join()) return;
    this.#actions = actions;
    this.#rows = [];
    this.#table.replaceChildren(headRow());
    this.#table.style.setProperty('--name', `${Math.max(...actions.map((name) => name.length), 0)}ch`);
    const rows = await Promise.all(actions.map((action) => openRow(this.#table, action)));
    if (actions === this.#actions) this.#rows = rows; // else other actions were set while these were opened
  }

  show(history: History, thresholds: Thresholds): void {
    const { last } = history;
    for (const [index, row] of this.#rows.entries()) {
      light(row.agent, last === null ? null : isHeld(last.held, index));
      light(row.human, last === null || last.human === null ? null : isHeld(last.human, index));
      const probability = last?.ready ? last.probabilities?.[index] : undefined;
      write(row.probability, probability === undefined ? '-' : probability.toFixed(3));
      row.chart.show(stripOf(history.ticks, index, thresholds[this.#actions[index]]));
    }
  }
}

function headRow(): HTMLElement {
  const header = (name: string, kind = ''): HTMLElement => make('span', { role: 'columnheader', class: kind }, name);
  return make(
    'div',
    { role: 'row' },
    ...[header('action'), header('agent', 'agent'), header('human'), header('p', 'probability'), header('', 'strip')],
  );
}

async function openRow(table: HTMLElement, action: string): Promise<Row> {
  const agent = make('span', { role: 'cell', class: 'lamp agent' }, '-');
  const human = make('span', { role: 'cell', class: 'lamp human' }, '-');
  const probability = make('span', { role: 'cell', class: 'probability' }, '-');
  const strip = make('div', {
    role: 'cell',
    class: 'strip',
    'aria-label': `probability of ${action}, last 10 seconds`,
  });
  const name = make('span', { role: 'rowheader' }, action);
  table.append(make('div', { role: 'row', 'data-action': action }, name, agent, human, probability, strip));
  const chart = await Chart.open(strip, {
    height: STRIP_HEIGHT,
    range: () => [-0.26, 1.05],
    axes: false,
    series: (colour, stepped) => [
      { fill: `${colour('agent')}44`, width: 0, points: { show: false }, paths: stepped },
      {
        fill: colour('human'),
        width: 0,
        points: { show: false },
        paths: stepped,
        fillTo: () => HUMAN_TOP,
      },
      { stroke: colour('press'), width: 1, dash: [5, 4], points: { show: false } },
      { stroke: colour('release'), width: 1, dash: [1, 3], points: { show: false } },
      { stroke: colour('agent'), width: 1.75, points: { show: false } },
    ],
  });
  return { agent, human, probability, chart };
}

function light(lamp: HTMLElement, held: boolean | null): void {
  lamp.dataset.held = held === true ? 'yes' : 'no';
  write(lamp, held === null ? 'n/a' : held ? 'held' : '-');
}

function stripOf(ticks: readonly WatchTick[], index: number, threshold: Thresholds[string]): ChartData {
  return [
    secondsBeforeLast(ticks),
    ticks.map(({ held }) => (isHeld(held, index) ? 1 : 0)),
    ticks.map(({ human }) => (human !== null && isHeld(human, index) ? HUMAN_BOTTOM : HUMAN_TOP)),
    ticks.map(() => threshold?.press ?? null),
    ticks.map(() => threshold?.release ?? null),
    ticks.map(({ ready, probabilities }) => (ready ? (probabilities?.[index] ?? null) : null)),
  ];
}
