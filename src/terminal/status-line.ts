/** One line that tells how the run is going: health, held keys, rate, latency, what went wrong. */
import { ACTIONS, isHeld, type HeldActions } from '../core/actions.js';
import type { StatusFigures, TickReport } from '../core/tick-report.js';
import { barText } from './bar.js';

/** Health in the arena; both sides of the fight. */
export interface Health {
  /** 1..3 */
  readonly phase: number;
  /** 0..1 of the current boss phase. */
  readonly boss: number;
  /** Hit points left. */
  readonly player: number;
  readonly playerMost: number;
}

const SYMBOLS = ['↑', '↓', '←', '→', '␣', '●', '»'] as const;
const DIM = '\x1b[2m';
const BOLD = '\x1b[1m';
const RED = '\x1b[31m';
const YELLOW = '\x1b[33m';
const RESET = '\x1b[0m';

/** The line for one tick. Plain text names held actions; colour uses symbols in fixed places, so that the eye can rest. */
export function statusLine(report: TickReport, figures: StatusFigures, health: Health | null, colour: boolean): string {
  const parts = [
    ...(health === null ? [] : [healthText(health, colour)]),
    keysText(report.held, colour),
    `${figures.rateHz.toFixed(1)} Hz`,
    figures.latencyMs === null ? '- ms' : `${figures.latencyMs.toFixed(1)} ms`,
    countsText(figures, colour),
    stateText(report, colour),
    figures.notice ?? '',
  ];
  return parts.filter((part) => part !== '').join(colour ? `${DIM} │ ${RESET}` : ' | ');
}

function healthText(health: Health, colour: boolean): string {
  const hearts = '♥'.repeat(health.player) + '♡'.repeat(Math.max(0, health.playerMost - health.player));
  const bar = barText(health.boss, 12, '█', '░');
  const percent = `${Math.round(health.boss * 100)}%`.padStart(5);
  if (!colour) return `you ${health.player}/${health.playerMost}  boss phase ${health.phase}${percent}`;
  return `${RED}${hearts}${RESET}  ${health.phase} ${YELLOW}${bar}${RESET}${percent}`;
}

function keysText(held: HeldActions, colour: boolean): string {
  if (!colour) return `held ${ACTIONS.filter((_, i) => isHeld(held, i)).join('+') || '-'}`;
  return SYMBOLS.map((symbol, i) => (isHeld(held, i) ? `${BOLD}${symbol}${RESET}` : `${DIM}·${RESET}`)).join(' ');
}

function countsText(figures: StatusFigures, colour: boolean): string {
  const counts = [
    ['missed', figures.missedTicks],
    ['late', figures.lateTicks],
    ['starved', figures.starvedTicks],
  ] as const;
  return counts
    .map(([name, count]) => (colour && count > 0 ? `${YELLOW}${name} ${count}${RESET}` : `${name} ${count}`))
    .join(' ');
}

function stateText(report: TickReport, colour: boolean): string {
  if (report.gate !== null) return colour ? `${YELLOW}waiting: ${report.gate}${RESET}` : `waiting: ${report.gate}`;
  if (report.decision !== null && !report.decision.ready) return 'filling the window';
  return '';
}
