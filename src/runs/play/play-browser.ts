/**
 * `play --arena --browser`: serves the arena's page, opens it, and plays its real window with real keys. The outcome
 * comes from the page; a warning is printed where the inputs that it posts do not lead to it when played again here.
 */
import type { ArenaServer, PlayedFight } from '../../arena/browser/server.js';
import { BOSS_BODY, PLAYER } from '../../arena/fight/rules.js';
import { requireBrowser } from '../../arena/browser/chromium.js';
import type { GameWindow } from '../../capture/game-window.js';
import type { Health } from '../../terminal/status-line.js';
import { markPageFights } from '../record/page-fights.js';
import { keysSeenBy, openArenaPage } from './arena-page.js';
import { checkGameKeys } from '../game-keyboard.js';
import { activate } from '../chosen-window.js';
import { playUntilClosed } from './play-window.js';
import type { WatchedEnvironment } from '../environment.js';
import type { BrowserPlay } from '../request.js';
import type { FightRecord, RunOutcome, RunSummary } from '../summary.js';
import { openWindowRun, type WindowRun } from './window-parts.js';

/** Three pictures a tick at 10 Hz; 60 would cost the page a third more CPU, and the agent looks at one in six. */
const DRAW_HZ = 30;

export async function playBrowser(request: BrowserPlay, environment: WatchedEnvironment): Promise<RunSummary> {
  const { seed, level, fights: most } = request.arena;
  const { signals, say } = environment;
  requireBrowser();
  checkGameKeys(request);
  await using page = await openArenaPage({ seed, level, begin: 'command', drawHz: DRAW_HZ }, signals.signal);
  const { server, window } = page;
  const health = () => healthOf(server);
  await using opened = await openWindowRun({ request, environment, window, mode: 'browser', health });
  if (opened.recording !== null) markPageFights({ server, recorder: opened.recording.fights });
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
  const { edgesSent } = opened.run;
  const seen = await keysSeenBy(server, (keys) => keys.presses + keys.releases >= edgesSent);
  const { presses, releases, repeats } = seen;
  return opened.run.conclude(outcome, fights, { page: { presses, releases, repeats }, ...settled });
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
