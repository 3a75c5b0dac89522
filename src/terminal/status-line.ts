/** One line that shows the state of a run: health, held keys, rate, latency, what went wrong. */
import { isHeld, type ActionSet, type HeldActions } from '../core/action-set.js';
import type { SeenGame } from '../core/seen-game.js';
import { STUDY_SYMBOLS } from '../core/study-actions.js';
import type { StatusFigures, TickReport } from '../core/tick-report.js';
import { barText } from './bar.js';
import { seenTexts } from './seen-text.js';

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

const DIM = '\x1b[2m';
const BOLD = '\x1b[1m';
const RED = '\x1b[31m';
const YELLOW = '\x1b[33m';
const RESET = '\x1b[0m';

/** What is played, as far as the line shows it. */
export interface Played {
  /** Those of the run, over which its held sets are. */
  readonly actions: ActionSet;
  readonly health: Health | null;
  /** What the game's cues and meters say; null where it has neither. */
  readonly seen: SeenGame | null;
}

/**
 * The line for one tick. Plain text names held actions; with colour each has a fixed place, so that it is easy to find.
 * Outcomes and meters come last: a narrow terminal cuts them first.
 */
export function statusLine(
  report: TickReport,
  figures: StatusFigures,
  { actions, health, seen }: Played,
  colour: boolean,
): string {
  const parts = [
    ...(health === null ? [] : [healthText(health, colour)]),
    keysText(report.held, actions, colour),
    `${figures.rateHz.toFixed(1)} Hz`,
    figures.latencyMs === null ? '- ms' : `${figures.latencyMs.toFixed(1)} ms`,
    countsText(figures, colour),
    stateText(report, colour),
    figures.notice ?? '',
    seen === null ? '' : seenTexts(seen).join(', '),
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

function keysText(held: HeldActions, actions: ActionSet, colour: boolean): string {
  if (!colour) return `held ${actions.heldNames(held).join('+') || '-'}`;
  const texts = actions.names.map((name, i) => {
    const symbol = STUDY_SYMBOLS.get(name);
    if (isHeld(held, i)) return `${BOLD}${symbol ?? name}${RESET}`;
    return `${DIM}${symbol === undefined ? name : '·'}${RESET}`;
  });
  return texts.join(' ');
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
