/** The X servers that a private screen can be: how each is started, what it needs, and which one suits this session. */
import { spawnSync } from 'node:child_process';
import { UnderstudyError } from '../core/errors.js';
import { programPath } from '../core/program-path.js';

/** Best first where a person is to see the game; the last needs no screen at all. */
export const SCREEN_KINDS = ['xwayland', 'xephyr', 'xvfb'] as const;
export type ScreenKind = (typeof SCREEN_KINDS)[number];

/** As `--inside` takes it. */
export const SCREEN_CHOICES = ['auto', ...SCREEN_KINDS] as const;
export type ScreenChoice = (typeof SCREEN_CHOICES)[number];

/** px */
export interface ScreenSize {
  readonly width: number;
  readonly height: number;
}

const DEFAULT_SCREEN_SIZE: ScreenSize = { width: 1280, height: 720 };

/** How one kind is started. */
interface Server {
  readonly program: string;
  /** Where Debian has it. */
  readonly debianPackage: string;
  /** What shows it: a session of this kind must be there. Null: nothing shows it. */
  readonly shownIn: 'WAYLAND_DISPLAY' | 'DISPLAY' | null;
  /** Its arguments besides those of every X server. */
  readonly args: (size: ScreenSize) => readonly string[];
}

/** What every X server of ours is given: no network, it outlives its clients, and it writes its number to standard output. */
export const EVERY_SERVER = ['-displayfd', '1', '-nolisten', 'tcp', '-noreset'];

const TITLE = 'understudy';

export const SERVERS: Readonly<Record<ScreenKind, Server>> = {
  xwayland: {
    program: 'Xwayland',
    debianPackage: 'xwayland',
    shownIn: 'WAYLAND_DISPLAY',
    // without -rootless: one window of the Wayland desktop is the whole screen
    args: ({ width, height }) => ['-geometry', `${width}x${height}`],
  },
  xephyr: {
    program: 'Xephyr',
    debianPackage: 'xserver-xephyr',
    shownIn: 'DISPLAY',
    // a grab of the host's keyboard would take a person's panic key from other windows
    args: ({ width, height }) => ['-screen', `${width}x${height}`, '-title', TITLE, '-no-host-grab'],
  },
  xvfb: {
    program: 'Xvfb',
    debianPackage: 'xvfb',
    shownIn: null,
    args: ({ width, height }) => ['-screen', '0', `${width}x${height}x24`],
  },
};

/** Which kind is started, and why: the rest of a sentence. */
export interface ChosenKind {
  readonly kind: ScreenKind;
  readonly why: string;
}

/**
 * The kind that was asked for; of `auto` the first that this session can show, or else Xvfb, which shows nothing.
 *
 * @throws UnderstudyError `screen-failed` where a program is missing, or the session that would show it
 */
export function chooseKind(asked: ScreenChoice, env: NodeJS.ProcessEnv = process.env): ChosenKind {
  if (process.platform !== 'linux') throw notHere();
  if (asked !== 'auto') {
    const problem = problemOf(asked, env);
    if (problem !== null) throw problem;
    return { kind: asked, why: 'as asked' };
  }
  const shown = SCREEN_KINDS.find((kind) => SERVERS[kind].shownIn !== null && problemOf(kind, env) === null);
  if (shown !== undefined) return { kind: shown, why: `a window of this ${sessionOf(shown)} session` };
  const problem = problemOf('xvfb', env);
  if (problem !== null) throw noneWorks(env);
  const missing = SCREEN_KINDS.filter((kind) => SERVERS[kind].shownIn !== null && isShownBy(kind, env));
  const why =
    missing.length === 0
      ? 'there is no screen here; it is not shown, but --watch shows the game'
      : `${SERVERS[missing[0]].program} is not installed; it is not shown, but --watch shows the game`;
  return { kind: 'xvfb', why };
}

/** Why a kind cannot be started here; null where nothing speaks against it. */
export function problemOf(kind: ScreenKind, env: NodeJS.ProcessEnv = process.env): UnderstudyError | null {
  const { program, debianPackage, shownIn } = SERVERS[kind];
  if (shownIn !== null && !isShownBy(kind, env)) {
    return screenFailed(
      `${program} shows a screen in a window of the ${sessionOf(kind)} session, and there is none ($${shownIn} is not set).`,
      'Run this in such a session, or use --inside xvfb, which needs none.',
    );
  }
  if (programPath(program, env) !== null) return null;
  return screenFailed(
    `${program} is not installed.`,
    `Install it with apt install ${debianPackage}, or use another kind of --inside.`,
  );
}

/**
 * The arguments of a kind.
 *
 * @param size px; null: the default, or what the server chooses where it takes no size
 * @throws UnderstudyError `screen-failed` where it takes none and one was asked for
 */
export function argsOf(kind: ScreenKind, size: ScreenSize | null): readonly string[] {
  const isOldXwayland = kind === 'xwayland' && !takesGeometry();
  if (!isOldXwayland) return SERVERS[kind].args(size ?? DEFAULT_SCREEN_SIZE);
  if (size === null) return [];
  throw screenFailed(
    'This Xwayland takes no size (23.1 and later do): its screen is as large as the output that shows it.',
    'Leave --inside-size out, or use --inside xephyr or xvfb.',
  );
}

/** A screen that could not be had, or was lost. */
export function screenFailed(message: string, next: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({ kind: 'environment', code: 'screen-failed', message, next, cause });
}

/** True where this session shows screens of that kind. */
export function isShownBy(kind: ScreenKind, env: NodeJS.ProcessEnv = process.env): boolean {
  const { shownIn } = SERVERS[kind];
  return shownIn !== null && (env[shownIn] ?? '') !== '';
}

function sessionOf(kind: ScreenKind): string {
  return SERVERS[kind].shownIn === 'WAYLAND_DISPLAY' ? 'Wayland' : 'X11';
}

function noneWorks(env: NodeJS.ProcessEnv): UnderstudyError {
  const useful = SCREEN_KINDS.filter((kind) => SERVERS[kind].shownIn === null || isShownBy(kind, env));
  const packages = useful.map((kind) => SERVERS[kind].debianPackage).join(' or ');
  const programs = useful.map((kind) => SERVERS[kind].program).join(', ');
  return screenFailed(
    `No X server for a private screen is installed (looked for ${programs}).`,
    `Install one with apt install ${packages}.`,
  );
}

function notHere(): UnderstudyError {
  return screenFailed(
    '--inside starts an X server, which this platform does not have.',
    'Leave --inside out, and name the window of the running game.',
  );
}

/** `-geometry` came with Xwayland 23.1. */
function takesGeometry(): boolean {
  const { stdout, stderr } = spawnSync(SERVERS.xwayland.program, ['-help'], { encoding: 'utf8', timeout: 5000 });
  return `${stdout ?? ''}${stderr ?? ''}`.includes('-geometry');
}
