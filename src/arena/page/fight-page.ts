/// <reference lib="dom" />
/**
 * A fight on the page: steps it in fixed time from what is held, draws it, posts its progress and its end. Never
 * lets the display's rate, a lost focus or a slow server change what a step does.
 */
import { drawFight } from '../draw.js';
import { Fight, STEP_RATE_HZ, type Outcome } from '../fight.js';
import { InputLog } from '../replay.js';
import { FixedSteps } from './fixed-steps.js';
import { PageKeys } from './held-keys.js';
import type { Link } from './link.js';
import type { Answer, BorderPost, FightChoice, ProgressPost } from './messages.js';
import type { Overlay } from './overlay.js';
import type { PageOptions } from './page-options.js';
import { startPulse } from './pulse.js';
import type { Screen } from './screen.js';

/** The most game time caught up on at once, ms; a longer stall is dropped and counted. */
const MAX_BURST_MS = 250;

/** How often progress is posted, ms; more often while the page waits for a command of the server. */
const PROGRESS_EVERY_MS = 500;
const WAITING_EVERY_MS = 100;

/** How soon a key event outside a fight is posted, ms: an agent's last releases come after the fight's end. */
const KEYS_POSTED_AFTER_MS = 50;

export class FightPage {
  readonly #options: PageOptions;
  readonly #screen: Screen;
  readonly #overlay: Overlay;
  readonly #keys = new PageKeys();
  readonly #time = new FixedSteps(STEP_RATE_HZ, MAX_BURST_MS);
  #link!: Link;
  #choice: FightChoice;
  #fight: Fight;
  #inputs = new InputLog();
  #phase: ProgressPost['page'] = 'waiting';
  #stopPulse: (() => void) | null = null;
  #drawnFrames = 0;
  #stepsToDraw = 0;
  #command = 0;
  #keysPostPending = false;
  #borders = 0;
  /** Borders are posted one after the other, so that they arrive in sequence. */
  #bordersPosted = Promise.resolve();

  constructor(options: PageOptions, screen: Screen, overlay: Overlay) {
    this.#options = options;
    this.#screen = screen;
    this.#overlay = overlay;
    this.#choice = { seed: options.seed, level: options.level };
    this.#fight = new Fight(this.#choice);
  }

  start(link: Link): void {
    this.#link = link;
    this.#listen();
    this.#draw();
    // the second frame's callback runs after the first frame was put on the screen
    requestAnimationFrame(() => requestAnimationFrame(() => link.postReady()));
    if (this.#options.begin === 'now') this.#begin(this.#choice);
    else if (this.#options.begin === 'key') this.#prompt();
    this.#report();
  }

  /** Carries out a command of the server, once. */
  carryOut({ command }: Answer): void {
    if (command === null || command.number <= this.#command) return;
    this.#command = command.number;
    this.#begin(command.begin);
  }

  #begin(choice: FightChoice): void {
    this.#choice = choice;
    this.#postBorder('begin');
    this.#fight = new Fight(choice);
    this.#inputs = new InputLog();
    this.#phase = 'fighting';
    this.#overlay.hide();
    this.#keys.takeHeld(); // a tap that began the fight is not one of its inputs
    this.#time.start(performance.now());
    this.#stopPulse ??= startPulse((nowMs, visible) => this.#advance(nowMs, visible));
  }

  #advance(nowMs: number, visible: boolean): void {
    if (this.#phase !== 'fighting') return;
    const due = this.#time.take(nowMs);
    for (let i = 0; i < due && this.#fight.outcome === null; i += 1) {
      const held = this.#keys.takeHeld();
      this.#inputs.add(held);
      this.#fight.step(held);
    }
    // counted in steps, not in time: the pictures stay evenly spaced
    this.#stepsToDraw -= due;
    if (this.#stepsToDraw <= 0 && due > 0 && visible) {
      this.#draw();
      this.#stepsToDraw = STEP_RATE_HZ / this.#options.drawHz;
    }
    if (this.#fight.outcome !== null) void this.#finish(this.#fight.outcome);
  }

  async #finish(outcome: Outcome): Promise<void> {
    this.#phase = 'over';
    this.#postBorder('end');
    this.#stopPulse?.();
    this.#stopPulse = null;
    this.#draw();
    const { summary } = this.#fight;
    this.#overlay.show(
      { won: 'VICTORY', lost: 'DEFEAT', timeout: 'OUT OF TIME' }[outcome],
      outcome === 'won' ? 'won' : 'lost',
      [
        `${summary.seconds.toFixed(1)} s, ${summary.hits} hits, ${summary.damage} of 3 lost`,
        'Enter: the next fight',
        'R: this one again',
      ],
    );
    const post = {
      ...this.#choice,
      outcome,
      seconds: summary.seconds,
      summary,
      ...this.#keys.takeEvents(),
      keys: this.#keys.counts,
      inputs: this.#inputs.runs(),
      stateHash: this.#fight.stateHash(),
      droppedMs: this.#time.droppedMs,
    };
    // first, so that the server has no older progress when it gets the outcome
    await this.#link.post('progress', this.#progress());
    await this.#link.postSurely('fight', post);
  }

  #postBorder(border: BorderPost['border']): void {
    this.#borders += 1;
    const post = { ...this.#choice, border, tMs: Date.now(), number: this.#borders };
    this.#bordersPosted = this.#bordersPosted.then(() => this.#link.postSurely('border', post));
  }

  #draw(): void {
    this.#screen.paint((context) => drawFight(context, this.#fight.state));
    this.#drawnFrames += 1;
  }

  #prompt(): void {
    this.#overlay.show('READY?', 'plain', [
      'Arrows move, space jumps, F shoots, D dashes',
      document.hasFocus() ? 'Enter, or any of these, begins' : 'Click here, then Enter begins',
    ]);
  }

  #report(): void {
    void this.#link.post('progress', this.#progress());
    const waits = this.#phase !== 'fighting' && this.#options.begin === 'command';
    setTimeout(() => this.#report(), waits ? WAITING_EVERY_MS : PROGRESS_EVERY_MS);
  }

  #progress(): ProgressPost {
    const { state } = this.#fight;
    return {
      ...this.#choice,
      page: this.#phase,
      steps: state.step,
      stage: state.stage,
      bossPhase: state.phase,
      bossHitsLeft: state.boss.hitsLeft,
      playerHitPoints: state.player.hitPoints,
      keys: this.#keys.counts,
      focused: document.hasFocus(),
      width: window.innerWidth,
      height: window.innerHeight,
      droppedMs: this.#time.droppedMs,
      drawnFrames: this.#drawnFrames,
      command: this.#command,
    };
  }

  #listen(): void {
    const nowMs = (): number => performance.timeOrigin + performance.now();
    window.addEventListener('keydown', (event) => {
      if (this.#keys.press(event, nowMs())) event.preventDefault();
      this.#menu(event);
      this.#postKeysSoon();
    });
    window.addEventListener('keyup', (event) => {
      if (this.#keys.release(event, nowMs())) event.preventDefault();
      this.#postKeysSoon();
    });
    const waitsForPerson = (): boolean => this.#phase === 'waiting' && this.#options.begin === 'key';
    window.addEventListener('blur', () => {
      this.#keys.releaseAll();
      if (waitsForPerson()) this.#prompt();
    });
    window.addEventListener('focus', () => {
      if (waitsForPerson()) this.#prompt();
    });
    window.addEventListener('pointerdown', () => {
      if (waitsForPerson()) this.#begin(this.#choice);
    });
    window.addEventListener('resize', () => {
      this.#screen.fit();
      this.#draw();
    });
    window.addEventListener('pagehide', () => this.#link.beacon('closed', { keys: this.#keys.counts }));
  }

  /** Keys outside a fight. Only Enter and R act once one is over: an agent that still holds its keys starts nothing. */
  #menu(event: KeyboardEvent): void {
    if (event.repeat || this.#phase === 'fighting') return;
    const isEnter = event.key === 'Enter';
    if (this.#phase === 'over') {
      if (isEnter) this.#begin({ ...this.#choice, seed: this.#choice.seed + 1 });
      else if (event.key.toLowerCase() === 'r') this.#begin(this.#choice);
    } else if (this.#options.begin === 'key' && (isEnter || event.defaultPrevented)) {
      this.#begin(this.#choice);
    }
  }

  #postKeysSoon(): void {
    if (this.#phase === 'fighting' || this.#keysPostPending) return;
    this.#keysPostPending = true;
    setTimeout(() => {
      this.#keysPostPending = false;
      void this.#link.post('progress', this.#progress());
    }, KEYS_POSTED_AFTER_MS);
  }
}
