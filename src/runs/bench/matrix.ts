/** `bench --matrix`: photon to key through every capture adapter and key sink that works on this machine. */
import type { CaptureChoice } from '../../capture/backend-names.js';
import { messageOf } from '../../core/errors.js';
import { textTable } from '../../terminal/table.js';
import type { WatchedEnvironment } from '../environment.js';
import { measure, type PhotonSummary } from './measure.js';
import type { BenchRequest, FlashPlay } from './request.js';

const CAPTURES = ['x11', 'gdi', 'node-screenshots', 'screenshot-desktop'] as const satisfies readonly CaptureChoice[];
const SINKS = ['xtest', 'send-input', 'nut-js', 'dry-run'] as const;

/** One pair. */
export interface MatrixCell {
  readonly capture: (typeof CAPTURES)[number];
  readonly sink: (typeof SINKS)[number];
  /** Until the key event at the client; null in a dry run, which presses nothing: `latencyMs` ends at the decision. */
  readonly photonToKeyMs: PhotonSummary | null;
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
  readonly lateTicks: number;
  readonly missedTicks: number;
  /** Why the pair does not work here; null where it does. */
  readonly unavailable: string | null;
}

/** `bench --matrix --json`. */
export interface MatrixResult {
  readonly machine: string;
  /** Flashes a pair. */
  readonly n: number;
  readonly pairs: readonly MatrixCell[];
}

/** A bench of the flashing page. */
export type FlashBench = BenchRequest & { readonly run: Omit<FlashPlay, 'pace'> };

/** Measures pair after pair; one that does not work here is reported, not hidden. */
export async function measureMatrix(request: FlashBench, environment: WatchedEnvironment): Promise<MatrixResult> {
  const { signals, say } = environment;
  const { flashes } = request.run;
  const pairs: MatrixCell[] = [];
  let machine = '';
  for (const capture of CAPTURES) {
    for (const sink of SINKS) {
      if (signals.signal.aborted) break;
      say(`${capture} and ${sink}: ${flashes} flashes`);
      try {
        const { result } = await measure(pairRequest(request, capture, sink), environment);
        const { photonToKeyMs, latencyMs, lateTicks, missedTicks } = result;
        machine = result.machine;
        pairs.push({ capture, sink, photonToKeyMs, latencyMs, lateTicks, missedTicks, unavailable: null });
      } catch (error) {
        const nothing = { photonToKeyMs: null, latencyMs: null, lateTicks: 0, missedTicks: 0 };
        pairs.push({ capture, sink, ...nothing, unavailable: messageOf(error) });
      }
    }
  }
  return { machine, n: flashes, pairs };
}

/** The same bench through this capture adapter and this sink. */
export function pairRequest(request: FlashBench, capture: MatrixCell['capture'], sink: MatrixCell['sink']): FlashBench {
  const { run } = request;
  return { ...request, run: { ...run, screen: { ...run.screen, capture, sink } } };
}

/** The matrix on one screen. */
export function matrixText({ machine, n, pairs }: MatrixResult): string {
  const ms = (value: number | undefined): string => value?.toFixed(1) ?? '-';
  const rows = pairs.map(({ capture, sink, photonToKeyMs, latencyMs, lateTicks, missedTicks, unavailable }) => [
    `${capture}, ${sink}`,
    ms(photonToKeyMs?.p50),
    ms(photonToKeyMs?.p99),
    ms(photonToKeyMs?.workMs?.p50),
    ms(latencyMs?.p50),
    ms(latencyMs?.p99),
    String(lateTicks),
    String(missedTicks),
    unavailable ?? '',
  ]);
  const header = ['capture, keys', 'photon p50', 'p99', 'work p50', 'latency p50', 'p99', 'late', 'missed', ''];
  return [textTable(header, rows), '', `ms; ${n} flashes a pair; ${machine}`].join('\n');
}
