/** One measured run: what `play` does, with a recorder beside it. */
import { TICK_TIMES, TickRecorder, type TickTime, type TimelineTick } from './tick-recorder.js';
import { judge, type ContractVerdict, type LatencyContract } from './latency-contract.js';
import { BusyLoad } from './busy-load.js';
import { CostMeter } from './cost-meter.js';
import { machine } from '../../system/machine.js';
import { RuntimeWatch, type RuntimePauses } from './runtime-pauses.js';
import type { PhotonFigures } from './photon-to-key.js';
import type { HistogramBar, Percentiles } from './time-histogram.js';
import { TICK_STEPS, type TickStep } from '../../core/tick-report.js';
import type { Measure } from '../../evaluation/measures.js';
import { readBundle } from '../../policy/bundle.js';
import { inferenceEngineVersion } from '../../policy/onnx-session.js';
import { programVersion } from '../../core/program-version.js';
import type { RunSummary } from '../summary.js';
import type { WatchedEnvironment } from '../environment.js';
import { playMeasured } from './places.js';
import { measuredPlay, WARMUP_TICKS, type BenchRequest, type MeasuredPlay } from './request.js';

/** `bench --json`: fields as documented in docs/cli.md. */
export interface BenchResult {
  readonly mode: MeasuredPlay['mode'];
  readonly rateHz: number;
  /** Ticks that ran by the time between the first and the last. */
  readonly measuredRateHz: number;
  readonly seconds: number;
  readonly paced: boolean;
  readonly ticks: number;
  readonly warmupTicks: number;
  readonly missedTicks: number;
  readonly lateTicks: number;
  readonly starvedTicks: number;
  readonly gatedTicks: number;
  /** Start of the grab to edges out. */
  readonly latencyMs: Percentiles | null;
  /** Against the schedule, missed ticks included. */
  readonly latenessMs: Percentiles | null;
  /** Deadline to edges out. */
  readonly totalMs: Percentiles | null;
  readonly stageMs: Readonly<Record<TickStep, Percentiles | null>>;
  /** Of one core, the agent and its key guard together; `cpu` has each of them. */
  readonly cpuPercent: number;
  readonly cpu: { readonly agentPercent: number; readonly guardPercent: number };
  /** Resident memory of both at the end. */
  readonly rssBytes: number;
  readonly runtime: RuntimePauses;
  readonly photonToKeyMs: PhotonSummary | null;
  readonly contract: LatencyContract & {
    readonly held: boolean;
    /** Terms that do not hold: `p99`, `miss-rate`, `starved`, `gated`, `measured`. */
    readonly broken: readonly string[];
    readonly problems: readonly string[];
  };
  readonly load: number;
  readonly model: { readonly name: string; readonly id: string };
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  /** p50 and p99 of every time with its histogram: `compare` judges changes by these. */
  readonly measures: readonly Measure[];
  readonly runDir: string;
}

/** Photon to key in `bench --json`. */
export interface PhotonSummary extends Percentiles {
  readonly phaseMs: Percentiles | null;
  readonly workMs: Percentiles | null;
  readonly unanswered: number;
}

/** A result and what only the page shows. */
export interface Measurement {
  readonly result: BenchResult;
  readonly bars: Readonly<Record<TickTime, readonly HistogramBar[]>>;
  readonly photonBars: readonly HistogramBar[];
  readonly timeline: readonly TimelineTick[];
}

/** Measures one run. @throws as the run does */
export async function measure(request: BenchRequest, environment: WatchedEnvironment): Promise<Measurement> {
  const { rateHz, contract } = request;
  const { mode } = request.run;
  using load = new BusyLoad(request.load);
  using cost = new CostMeter(load.pids);
  using runtime = new RuntimeWatch();
  const recorder = new TickRecorder(rateHz, WARMUP_TICKS, () => {
    cost.begin();
    runtime.restart();
  });
  const observed = { ...environment, observers: [recorder] };
  const { summary, photon } = await playMeasured(measuredPlay(request), observed, (pid) => cost.leaveOut(pid));
  const judged = judge(contract, recorder.counts, recorder.percentiles('latency'));
  const { held, broken } = mode === 'window' && summary.outcome === 'ended' ? cutShort(judged, summary) : judged;
  const result: BenchResult = {
    mode,
    rateHz,
    measuredRateHz: summary.rateHz,
    seconds: summary.seconds,
    paced: !request.unpaced,
    ...recorder.counts,
    warmupTicks: WARMUP_TICKS,
    latencyMs: recorder.percentiles('latency'),
    latenessMs: recorder.percentiles('lateness'),
    totalMs: recorder.percentiles('total'),
    stageMs: Object.fromEntries(
      TICK_STEPS.map((stage) => [stage, recorder.percentiles(stage)]),
    ) as BenchResult['stageMs'],
    ...cost.figures(),
    runtime: runtime.figures(),
    photonToKeyMs: photon === null ? null : photonSummary(photon),
    contract: {
      ...contract,
      held,
      broken: broken.map(({ term }) => term),
      problems: broken.map(({ message }) => message),
    },
    load: request.load,
    model: await modelOf(summary.model),
    machine: machine(),
    versions: { understudy: programVersion(), node: process.version, engine: await inferenceEngineVersion() },
    measures: [...tickMeasures(recorder), ...measuresOf('photonToKeyMs', photon?.whole ?? null, photon?.bars ?? [])],
    runDir: summary.runDir,
  };
  return { result, bars: recorder.bars(), photonBars: photon?.bars ?? [], timeline: recorder.timeline };
}

/** A window that closed too early was not measured for the whole time, however fast the run was until then. */
function cutShort({ broken }: ContractVerdict, { seconds }: RunSummary): ContractVerdict {
  const message = `the window closed after ${seconds.toFixed(1)} s, before the measurement was over`;
  return { held: false, broken: [...broken, { term: 'measured', message }] };
}

function photonSummary({ whole, phase, work, unanswered }: PhotonFigures): PhotonSummary {
  return { ...whole, phaseMs: phase, workMs: work, unanswered };
}

function tickMeasures(recorder: TickRecorder): Measure[] {
  return [...TICK_TIMES, ...TICK_STEPS].flatMap((name) =>
    measuresOf(`${name}Ms`, recorder.percentiles(name), recorder.bars()[name]),
  );
}

function measuresOf(name: string, times: Percentiles | null, bars: readonly HistogramBar[]): Measure[] {
  if (times === null) return [];
  const histogram = bars.map(([ms, count]): [number, number] => [ms, count]);
  return (['p50', 'p99'] as const).map((statistic) => ({
    name: `${name}.${statistic}`,
    value: times[statistic],
    statistic,
    unit: 'ms',
    better: 'lower',
    histogram,
  }));
}

async function modelOf(folder: string): Promise<BenchResult['model']> {
  const { manifest, id } = await readBundle(folder);
  return { name: manifest.name, id };
}
