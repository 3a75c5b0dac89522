/**
 * A run on a game that says when its fights begin and end: the window, the loop and the game's cues together. Plays one
 * fight at a time; who plays, and what becomes of the fights, is its caller's.
 */
import { FightGate, type SeenFight } from '../../agent/gates/fight.js';
import { Telemetry } from '../../agent/telemetry.js';
import { UnderstudyError } from '../../core/errors.js';
import { given } from '../../core/given.js';
import type { TickObserver, TickReport } from '../../core/tick-report.js';
import type { GameFile } from '../../games/game-file.js';
import { GameWatcher } from '../../games/game-watcher.js';
import type { WatchedEnvironment } from '../environment.js';
import { checkGameKeys } from '../game-keyboard.js';
import { OpenParts } from '../open-parts.js';
import { activate } from '../chosen-window.js';
import { playUntilClosed } from '../play/play-window.js';
import { openWindowRun, type WindowRun, type WindowRunRequest } from '../play/window-parts.js';
import type { GameRequest, OnScreenPlay, WindowRequest } from '../request.js';
import type { GameFightRecord } from '../summary.js';
import { FightTracker } from './fight-tracker.js';
import { openGame, type OpenedGame } from './launch.js';
import { askOutcome } from './outcome.js';
import { restart } from './restart.js';

/** How long a fight may take to be seen before the first restart, ms: the game may show one already. */
const FIRST_LOOK_MS = 2000;

export interface GameRunRequest extends OnScreenPlay {
  readonly window: WindowRequest;
  readonly game: GameRequest;
}

/** One fight that was played. */
export interface PlayedFight extends GameFightRecord {
  /** False where it was on when the run began. */
  readonly isWhole: boolean;
  /** Of the ticks while it was on. */
  readonly ticks: Telemetry;
}

/** How a fight is waited for. */
export interface NextFight {
  /** The restart of the game file leads to it. */
  readonly restarts: boolean;
  /** It is over after so long, whatever the game shows, s; without cues it begins at once. Infinity: the game ends it. */
  readonly seconds: number;
  /** Called as it begins. Never called for a game without cues. */
  readonly onBegan?: () => void;
}

/** How long no fight may be seen before it is said why, ms. */
const NO_FIGHT_MS = 10_000;

/** Opens everything. @throws as openGame, GameWatcher.open and openWindowRun */
export function openGameRun(
  request: GameRunRequest,
  environment: WatchedEnvironment,
  more: Pick<WindowRunRequest, 'choose'> & { readonly restarts: boolean },
): Promise<GameRun> {
  return OpenParts.whole(async (parts) => {
    const { file, allowLaunch } = request.game;
    checkGameKeys(request);
    const watcher = await GameWatcher.open(file); // before the game is started: a bad cue is reported at once
    if (!allowLaunch) sayWhatIsNotRun(file, environment.say);
    const game = parts.use(await openGame({ window: request.window, game: allowLaunch ? file : null }, environment));
    // last words, also of a run that fails: why no fight was seen
    parts.use({ [Symbol.dispose]: () => sayAdvice(watcher, environment.say) });
    for (const note of watcher.notesFor(game.window.info.bounds)) environment.say(`note: ${note}`);
    const silence = { isOn: false };
    const muted = (seen: SeenFight): SeenFight => (silence.isOn ? { ...seen, fighting: false } : seen);
    const ticks = new FightTicks(() => tracker.fighting !== false);
    const tracker: FightTracker = new FightTracker(watcher, file.cues, ({ edge }) => {
      if (edge === 'began') ticks.restart();
      run.event(`fight ${edge}`);
    });
    const opened = parts.use(
      await openWindowRun({
        request,
        environment: { ...environment, observers: [...(environment.observers ?? []), ticks] },
        window: game.window,
        mode: 'window',
        health: () => null,
        ...given({ seen: watcher.hasAnything ? () => tracker.seen : undefined }),
        pictureGates: [new FightGate((frame) => muted(tracker.look(frame)), tracker.hasCue)],
        taps: more.restarts ? file.restart.flatMap((step) => ('tap' in step ? [step.tap] : [])) : [],
        ...more,
      }),
    );
    const { run } = opened;
    if (request.window.activate) await activate(game.window, environment.say);
    const whyNone = (): void => sayAdvice(watcher, environment.say);
    return new GameRun({ request, environment, game, opened, tracker, ticks, silence, parts, whyNone });
  });
}

interface GameRunParts {
  readonly request: GameRunRequest;
  readonly environment: WatchedEnvironment;
  readonly game: OpenedGame;
  readonly opened: WindowRun;
  readonly tracker: FightTracker;
  readonly ticks: FightTicks;
  /** While it is on nothing is pressed, though a fight is. */
  readonly silence: { isOn: boolean };
  readonly parts: OpenParts;
  /** Says what may be wrong with the cues, where no fight is seen. */
  readonly whyNone: () => void;
}

export class GameRun implements AsyncDisposable {
  readonly #parts: GameRunParts;
  #isFirst = true;
  /** The game still shows a fight that is over for the run. */
  #isCut = false;

  constructor(parts: GameRunParts) {
    this.#parts = parts;
  }

  get opened(): WindowRun {
    return this.#parts.opened;
  }

  /** True where the game says when a fight is on. */
  get hasCue(): boolean {
    return this.#parts.tracker.hasCue;
  }

  /**
   * Plays the next fight to its end.
   *
   * @returns the fight; `ended` where the window has closed, `stopped` after a signal or the time of the run
   * @throws UnderstudyError `restart-failed`; as the run does
   */
  async next(fight: NextFight): Promise<PlayedFight | 'ended' | 'stopped'> {
    const { file } = this.#parts.request.game;
    let untilMs = Number.POSITIVE_INFINITY;
    if (fight.restarts && file.restart.length > 0 && !(await this.#isFightSeen())) {
      const withinMs = await this.#restart();
      if (withinMs === 'missed') throw restartFailed(file);
      if (withinMs !== null) untilMs = this.#nowMs + withinMs;
    }
    this.#isFirst = false;
    return await this.#playOne(fight, untilMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.parts[Symbol.asyncDispose]();
  }

  get #nowMs(): number {
    return this.#parts.opened.clock.nowMs();
  }

  async #playOne({ seconds, onBegan }: NextFight, untilMs: number): Promise<PlayedFight | 'ended' | 'stopped'> {
    const { tracker, ticks, environment, whyNone } = this.#parts;
    const fromMs = this.#nowMs;
    let isSaid = !tracker.hasCue;
    const began: { atMs: number | null } = { atMs: tracker.hasCue ? null : this.#nowMs };
    if (!tracker.hasCue) ticks.restart();
    let isMissed = false;
    let isCut = false;
    const end = await this.#play(() => {
      if (began.atMs === null && tracker.fighting === true) {
        began.atMs = this.#nowMs;
        onBegan?.();
      }
      if (!isSaid && began.atMs === null && this.#nowMs - fromMs > NO_FIGHT_MS) {
        isSaid = true;
        environment.say(`no fight was seen for ${NO_FIGHT_MS / 1000} s, and without one nothing is pressed`);
        whyNone();
      }
      isMissed = began.atMs === null && this.#nowMs > untilMs;
      isCut = began.atMs !== null && this.#nowMs - began.atMs >= seconds * 1000;
      return tracker.hasEnded || isMissed || isCut;
    });
    const fight = tracker.take();
    if (fight !== null) {
      const { outcome, meters, beganAtMs, endedAtMs, isWhole } = fight;
      const played = {
        outcome,
        meters,
        seconds: roundedSeconds(endedAtMs - beganAtMs),
        isWhole,
        ticks: ticks.telemetry,
      };
      return { ...played, ...(await this.#asked(played)) };
    }
    if (isCut) return await this.#cut(seconds);
    if (isMissed) throw restartFailed(this.#parts.request.game.file);
    return end;
  }

  /** The time of a fight is up, and the game has not ended it. */
  async #cut(seconds: number): Promise<PlayedFight> {
    const { tracker, ticks } = this.#parts;
    this.#isCut = true;
    const played = {
      outcome: 'ended',
      meters: tracker.meters,
      seconds,
      isWhole: true,
      ticks: ticks.telemetry,
    } as const;
    return { ...played, ...(await this.#asked(played)) };
  }

  /** Waits, without playing, for the end of a fight whose time was up. @returns false where the run ended before it */
  async waitOut(): Promise<boolean> {
    const { tracker, silence, environment } = this.#parts;
    if (tracker.fighting !== true || !this.#isCut) return true;
    environment.say('waiting for the end of the fight whose time is up; nothing is pressed');
    silence.isOn = true;
    await this.#play(() => tracker.hasEnded);
    silence.isOn = false;
    this.#isCut = false;
    return tracker.take() !== null;
  }

  /** The answer of the file's program, which replaces what the cues and meters say. */
  async #asked(fight: Pick<PlayedFight, 'meters'>): Promise<Partial<PlayedFight>> {
    const { request, environment } = this.#parts;
    const { file, allowLaunch } = request.game;
    if (file.outcome === null || !allowLaunch) return {};
    const { outcome, score, problem } = await askOutcome(file.outcome, file, environment.signals.signal);
    if (problem !== null) environment.say(`${problem} The fight counts as ended, without a score.`);
    return { outcome, meters: { ...fight.meters, score }, ...(problem === null ? {} : { problem }) };
  }

  /** Whether a fight is on; before the first one it is looked for. */
  async #isFightSeen(): Promise<boolean> {
    const { tracker } = this.#parts;
    if (!tracker.hasCue) return false;
    const untilMs = this.#nowMs + (this.#isFirst ? FIRST_LOOK_MS : 0);
    if (this.#isFirst) await this.#play(() => tracker.fighting === true || this.#nowMs >= untilMs);
    return tracker.fighting === true;
  }

  async #restart(): Promise<number | null | 'missed'> {
    const { request, environment, opened, tracker } = this.#parts;
    const { clock, keys } = opened;
    const { signals, say } = environment;
    return await restart(request.game.file.restart, {
      ...{ sink: keys.sink, gates: keys.gates, clock, signal: signals.signal, taps: opened.taps, say },
      untilFighting: async (withinMs) => {
        const untilMs = this.#nowMs + withinMs;
        await this.#play(() => tracker.fighting === true || this.#nowMs > untilMs);
        return tracker.fighting === true;
      },
    });
  }

  #play(isOver: () => boolean): Promise<'ended' | 'stopped'> {
    const { request, opened, game } = this.#parts;
    const { run } = opened;
    return playUntilClosed(run, game.window, () => isOver() || run.seconds >= request.pace.seconds);
  }
}

function restartFailed({ name, path }: GameFile): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'restart-failed',
    message: `The restart of ${name} did not lead to a fight: no fight was seen in the time that ${path} gives.`,
    next: 'Do the steps by hand and correct `restart` in the game file: keys, waits, or a longer `withinMs`.',
  });
}

/** Figures of the ticks of the fight that is on. */
class FightTicks implements TickObserver {
  readonly isEssential = true;
  readonly #isOn: () => boolean;
  #telemetry = new Telemetry();

  constructor(isOn: () => boolean) {
    this.#isOn = isOn;
  }

  get telemetry(): Telemetry {
    return this.#telemetry;
  }

  restart(): void {
    this.#telemetry = new Telemetry();
  }

  onTick(report: TickReport): void {
    if (this.#isOn()) this.#telemetry.onTick(report);
  }
}

function roundedSeconds(ms: number): number {
  return Number((ms / 1000).toFixed(3));
}

function sayAdvice({ account }: GameWatcher, say: (text: string) => void): void {
  for (const note of account.advice()) say(`note: ${note}`);
}

function sayWhatIsNotRun({ launch, outcome, name }: GameFile, say: (text: string) => void): void {
  const commands = [launch, outcome].filter((program) => program !== null).map(({ command }) => command.join(' '));
  if (commands.length === 0) return;
  say(`the commands of ${name} are not run (${commands.join('; ')}): --allow-launch permits it`);
}
