/** Which windows fit a {@link WindowQuery}, and the errors when none or several do. Touches no display. */
import { UnderstudyError, messageOf } from '../core/errors.js';
import { visibleText } from '../core/visible-text.js';
import type { WindowInfo, WindowQuery } from '../capture/game-window.js';

/** Windows named in an error, at most. */
const MAX_NAMED = 20;

/**
 * The test for one query.
 *
 * @throws UnderstudyError `bad-option` for a query without any part, or a broken regular expression
 */
export function matcher(query: WindowQuery): (window: WindowInfo) => boolean {
  const { pid, windowId } = query;
  const tests: ((window: WindowInfo) => boolean)[] = [];
  if (query.window !== undefined) {
    const fits = textMatcher(query.window, '--window');
    tests.push((window) => fits(window.title));
  }
  if (query.app !== undefined) {
    const fits = textMatcher(query.app, '--app');
    tests.push((window) => fits(window.app));
  }
  if (pid !== undefined) tests.push((window) => window.pid === pid);
  if (windowId !== undefined) tests.push((window) => window.id === windowId);
  if (tests.length === 0 && query.any !== true) {
    throw badOption('No window was named.', 'Name one with --window, --app, --pid or --window-id.');
  }
  return (window) => tests.every((test) => test(window));
}

/** `/regex/flags`, or part of the text in any case. */
function textMatcher(wanted: string, option: string): (text: string) => boolean {
  const regex = /^\/(.+)\/([a-z]*)$/.exec(wanted);
  if (!regex) {
    if (wanted === '') throw badOption(`${option} is empty.`, 'Give part of the text, or /regex/.');
    const lower = wanted.toLowerCase();
    return (text) => text.toLowerCase().includes(lower);
  }
  try {
    const expression = new RegExp(regex[1], regex[2].replace(/[gy]/g, '')); // g and y remember a position
    return (text) => expression.test(text);
  } catch (cause) {
    throw badOption(
      `${option} is not a regular expression: ${messageOf(cause)}`,
      'Write it as JavaScript does, or give plain text without the slashes.',
    );
  }
}

function badOption(message: string, next: string): UnderstudyError {
  return new UnderstudyError({ kind: 'usage', code: 'bad-option', message, next });
}

/** Cells of a title in a line of text: some titles are tens of thousands of characters long. */
const MOST_TITLE = 80;

/** A title for people: one line, cut where it is long. */
export function shortTitle(title: string): string {
  const visible = [...visibleText(title.slice(0, 2 * MOST_TITLE + 2))];
  return visible.length > MOST_TITLE ? `${visible.slice(0, MOST_TITLE - 1).join('')}…` : visible.join('');
}

/** `0x1e00003 "Title" (app, pid 12, 640x480, minimised)` */
export function describeWindow(window: WindowInfo): string {
  const parts = [
    shortTitle(window.app) || 'no class',
    ...(window.pid === null ? [] : [`pid ${window.pid}`]),
    `${window.bounds.width}x${window.bounds.height}`,
    ...(window.minimised ? ['minimised'] : window.visible ? [] : ['not shown']),
  ];
  return `${window.id} "${shortTitle(window.title)}" (${parts.join(', ')})`;
}

function list(windows: readonly WindowInfo[]): string {
  const named = windows.slice(0, MAX_NAMED).map((window) => `\n  ${describeWindow(window)}`);
  if (windows.length > MAX_NAMED) named.push(`\n  and ${windows.length - MAX_NAMED} more`);
  return named.join('');
}

/** The query as options of the command line: "fits --window 'x'", or "is open" where any window is meant. */
function spell(query: WindowQuery, fits: 'fits' | 'fit'): string {
  const parts = [
    query.window === undefined ? '' : `--window ${JSON.stringify(query.window)}`,
    query.app === undefined ? '' : `--app ${JSON.stringify(query.app)}`,
    query.pid === undefined ? '' : `--pid ${query.pid}`,
    query.windowId === undefined ? '' : `--window-id ${query.windowId}`,
  ].filter((part) => part !== '');
  if (parts.length > 0) return `${fits} ${parts.join(' ')}`;
  return fits === 'fits' ? 'is open' : 'are open';
}

/** @param skipped fit by their text, but this program runs in them */
export function windowNotFound(
  query: WindowQuery,
  there: readonly WindowInfo[],
  { waitedMs, skipped }: { readonly waitedMs: number; readonly skipped: readonly WindowInfo[] },
): UnderstudyError {
  const waited = waitedMs > 0 ? ` within ${(waitedMs / 1000).toFixed(1)} s` : '';
  return new UnderstudyError({
    kind: 'environment',
    code: 'window-not-found',
    message:
      `No window ${spell(query, 'fits')}${waited}. ` +
      (skipped.length === 0
        ? ''
        : `The terminal that understudy runs in does not count (--window-id ${skipped[0].id} would reach it). `) +
      (there.length > 0 ? `There are:${list(there)}` : 'There is no window at all.'),
    next: 'Start the game, name its window differently, or wait for it longer with --wait <seconds>.',
  });
}

export function windowAmbiguous(query: WindowQuery, found: readonly WindowInfo[]): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'window-ambiguous',
    message: `${found.length} windows ${spell(query, 'fit')}:${list(found)}`,
    next:
      query.any === true // the next run opens them again, with other numbers
        ? `Choose one by its title or its program: --window 'part of its title', or --app.`
        : `Choose one by its number, as in --window-id ${found[0].id}${otherWay(found)}.`,
  });
}

/** What else tells the first of them from the others: advice that would find several again is worse than none. */
function otherWay(found: readonly WindowInfo[]): string {
  const [first, ...others] = found;
  if (others.every(({ title }) => title !== first.title)) return ", or by its exact title, as in --window '/^title$/'";
  const hasOwnPid = first.pid !== null && others.every(({ pid }) => pid !== first.pid);
  return hasOwnPid ? `, or by its process, as in --pid ${first.pid}` : '';
}

/** For a window that has closed: no later grab can succeed. */
export function windowClosed(window: WindowInfo): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'window-closed',
    message: `The game window ${describeWindow(window)} was closed.`,
    next: 'Start the game again, then this program.',
  });
}
