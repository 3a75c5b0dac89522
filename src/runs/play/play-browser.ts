/**
 * `play --arena --browser`: serves the arena's page, opens it, and plays its real window with real keys. The outcome
 * comes from the page; a warning is printed where the inputs that it posts do not lead to it when played again here.
 */
import type { ArenaServer, PlayedFight } from '../../arena/browser/server.js';
import { startArenaServer } from '../../arena/browser/server.js';
import { BOSS_BODY, PLAYER } from '../../arena/fight/rules.js';
import { openBrowserWindow, requireBrowser, WINDOW_CLASS } from '../../arena/browser/chromium.js';
import { findWindow } from '../../desktop/find-window.js';
import type { GameWindow } from '../../capture/game-window.js';
import type { Health } from '../../terminal/status-line.js';
import { markPageFights } from '../record/page-fights.js';
import { untilDrawn } from './arena-page.js';
import { checkGameKeys } from '../game-keyboard.js';
import { activate, playUntilClosed } from './play-window.js';
import type { WatchedEnvironment } from '../environment.js';
import type { BrowserPlay } from '../request.js';
import type { FightRecord, PageKeys, RunOutcome, RunSummary } from '../summary.js';
import { openWindowRun, type WindowRun } from './window-parts.js';

/** Three pictures a tick at 10 Hz; 60 would cost the page a third more CPU, and the agent looks at one in six. */
const DRAW_HZ = 30;
/** How long the page may take to report the last keys. */
const LAST_KEYS_WITHIN_MS = 2000;

export async function playBrowser(request: BrowserPlay, environment: WatchedEnvironment): Promise<RunSummary> {
  const { seed, level, fights: most } = request.arena;
  const { signals, say } = environment;
  requireBrowser();
  checkGameKeys(request);
  await using server = await startArenaServer({ seed, level, begin: 'command', own: true, drawHz: DRAW_HZ });
  await using browser = await openBrowserWindow({ url: server.url });
  // untilDrawn and the window report its failure; without a handler it would end the process before they wait for it
  browser.closed.catch(() => undefined);
  await untilDrawn(server, browser, signals.signal);
  using window = await findWindow({ app: WINDOW_CLASS, pid: browser.pid, waitMs: 5000, signal: signals.signal });
  const health = () => healthOf(server);
  await using opened = await openWindowRun({ request, environment, window, mode: 'browser', health });
  if (opened.recording !== null) {
    markPageFights({ server, recorder: opened.recording.fights, nowMs: () => performance.now() });
  }
  await activate(window, say);
  const fights: FightRecord[] = [];
  let outcome: RunOutcome = 'stopped';
  for (let i = 0; i < most && !signals.signal.aborted; i += 1) {
    const played = await playOne(request, opened, window, server, seed + i);
    if (played === 'ended' || played === 'stopped') {
      outcome = played;
      break;
    }
    fights.push(recordOf(played));
    outcome = played.outcome;
    if (!played.reproduced) say(`seed ${played.seed}: the page's inputs, played again here, come out otherwise`);
  }
  const settled = await opened.settle();
  const page = await keysSeenBy(server, opened.run.edgesSent);
  return opened.run.conclude(outcome, fights, { page, ...settled });
}

/** The keys that the page saw, once it has seen everything that was sent, or after a time limit. */
async function keysSeenBy(server: ArenaServer, edgesSent: number): Promise<PageKeys> {
  const { presses, releases, repeats } = await server
    .untilKeys((keys) => keys.presses + keys.releases >= edgesSent, AbortSignal.timeout(LAST_KEYS_WITHIN_MS))
    .catch(() => server.keyCounts);
  return { presses, releases, repeats };
}

/** Plays until the page posts this fight's outcome. */
async function playOne(
  { arena: { level }, pace: { seconds } }: BrowserPlay,
  opened: WindowRun,
  window: GameWindow,
  server: ArenaServer,
  seed: number,
): Promise<PlayedFight | 'ended' | 'stopped'> {
  let played: PlayedFight | null = null;
  const hear = (fight: PlayedFight): void => {
    if (fight.seed === seed) played = fight;
  };
  server.events.on('fight', hear);
  server.begin({ seed, level });
  try {
    const end = await playUntilClosed(opened.run, window, () => played !== null || opened.run.seconds >= seconds);
    return played ?? end;
  } finally {
    server.events.off('fight', hear);
  }
}

function recordOf({ seed, outcome, summary, seconds }: PlayedFight): FightRecord {
  return { seed, outcome, seconds, hits: summary.hits, damage: summary.damage };
}

function healthOf(server: ArenaServer): Health | null {
  const { progress } = server;
  if (progress === null) return null;
  return {
    phase: progress.bossPhase,
    boss: progress.bossHitsLeft / BOSS_BODY[progress.bossPhase - 1].hits,
    player: progress.playerHitPoints,
    playerMost: PLAYER.hitPoints,
  };
}
