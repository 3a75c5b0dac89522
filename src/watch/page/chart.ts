/// <reference lib="dom" />
/** Charts of the last ten seconds, drawn by uPlot: as wide as their element, in the page's colours, dark or light. */
import type uPlot from 'uplot';
import { SHOWN_SECONDS } from '../messages.js';
import { CHART_MODULE } from './paths.js';

/** [x, ...series], x in seconds, 0 = now. */
export type ChartData = [number[], ...(number | null)[][]];

export interface ChartDesign {
  readonly height: number;
  /** The range of y, computed at each drawing. */
  readonly range: (data: ChartData) => readonly [number, number];
  /** True for axes with numbers; strips have none. */
  readonly axes: boolean;
  /** Called again when the colours change. `stepped` draws a value until the next one, without a slope between them. */
  readonly series: (colour: (name: string) => string, stepped: uPlot.Series.PathBuilder) => uPlot.Series[];
}

type Library = typeof uPlot;

/** Loaded once. The path is in a variable so that the compiler does not look for the module. */
let library: Promise<Library> | null = null;
function load(): Promise<Library> {
  const path: string = CHART_MODULE;
  library ??= import(path).then((module: { default: Library }) => module.default);
  return library;
}

export class Chart {
  readonly #place: HTMLElement;
  readonly #design: ChartDesign;
  readonly #library: Library;
  #data: ChartData;
  #plot: uPlot;

  private constructor(place: HTMLElement, design: ChartDesign, loaded: Library) {
    this.#place = place;
    this.#design = design;
    this.#library = loaded;
    this.#data = [[]];
    this.#plot = this.#draw();
    new ResizeObserver(() => {
      const { clientWidth } = place;
      if (clientWidth > 0 && clientWidth !== this.#plot.width) {
        this.#plot.setSize({ width: clientWidth, height: design.height });
      }
    }).observe(place);
    matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => {
      this.#plot.destroy();
      this.#plot = this.#draw();
    });
  }

  static async open(place: HTMLElement, design: ChartDesign): Promise<Chart> {
    return new Chart(place, design, await load());
  }

  show(data: ChartData): void {
    this.#data = data;
    this.#plot.setData(data);
  }

  #draw(): uPlot {
    const { height, axes, range, series: design } = this.#design;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    const series = [{}, ...design(colour, this.#library.paths.stepped!({ align: 1 }))];
    if (this.#data.length < series.length) this.#data = series.map(() => []) as unknown as ChartData;
    const axis: uPlot.Axis = {
      show: axes,
      stroke: colour('quiet'),
      font: '11px system-ui, sans-serif',
      grid: { stroke: colour('line'), width: 1 },
      ticks: { show: false },
    };
    const options: uPlot.Options = {
      width: Math.max(50, this.#place.clientWidth),
      height,
      padding: axes ? [8, 8, 0, 0] : [0, 0, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: [-SHOWN_SECONDS, 0] },
        y: { range: () => [...range(this.#data)] as [number, number] },
      },
      axes: [
        { ...axis, size: 22, values: (_plot, splits) => splits.map((seconds) => `${seconds} s`) },
        { ...axis, size: 58, values: (_plot, splits) => splits.map((ms) => `${ms} ms`) },
      ],
      series,
    };
    return new this.#library(options, this.#data, this.#place);
  }
}
