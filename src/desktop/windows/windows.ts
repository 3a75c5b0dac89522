/** Lists the windows of a Windows desktop and reads one of them. Presses nothing and reads no pixels. */
import type { WindowInfo } from '../../capture/game-window.js';
import { callback, lazily, openLibrary } from '../../system/ffi.js';
import { programOf } from './processes.js';
import { fromWide, windowCalls, type WindowHandle } from './win32.js';

/** GetAncestor's GA_ROOT; GetWindowLong's GWL_EXSTYLE and WS_EX_TOOLWINDOW, winuser.h. */
const ROOT = 2;
const EXTENDED_STYLE = -20;
const TOOL_WINDOW = 0x80;
/** DWMWA_CLOAKED, dwmapi.h: a window that counts as visible and is shown nowhere (a suspended app, another desktop). */
const CLOAKED = 14;

const MOST_TITLE = 512;

/** Filled while {@link listWindows} runs. */
let visited: WindowHandle[] = [];

const visitor = lazily(() => ({
  address: callback('int understudyVisitWindow(void *w, intptr_t data)', (window: WindowHandle) => {
    visited.push(window);
    return 1;
  }),
}));

const cloaked = lazily(() => ({
  ask: openLibrary('dwmapi.dll').declare(
    'int32_t DwmGetWindowAttribute(void *w, uint32_t which, void *data, uint32_t size)',
  ),
}));

/** All windows that a game could be, the top one first: with a title, shown or minimised. */
export function listWindows(): WindowInfo[] {
  visited = [];
  windowCalls().enumWindows(visitor().address, 0);
  return visited
    .filter(couldBeGame)
    .map((window) => readWindow(window))
    .filter((info) => info !== null);
}

function couldBeGame(window: WindowHandle): boolean {
  const calls = windowCalls();
  if (!calls.isVisible(window) || isCloaked(window)) return false;
  return (calls.longOf(window, EXTENDED_STYLE) & TOOL_WINDOW) === 0 && titleOf(window) !== '';
}

function isCloaked(window: WindowHandle): boolean {
  const answer = new Uint32Array(1);
  return cloaked().ask(window, CLOAKED, answer, 4) === 0 && answer[0] !== 0;
}

/** What a window is now; null where there is none with this handle. Bounds are those of its inside, physical px. */
export function readWindow(window: WindowHandle): WindowInfo | null {
  const calls = windowCalls();
  const pid = processOf(window);
  const bounds = insideOf(window);
  if (pid === null || bounds === null) return null;
  const minimised = calls.isMinimised(window) !== 0;
  return {
    id: Number(window),
    title: titleOf(window),
    app: programOf(pid),
    pid,
    bounds,
    visible: calls.isVisible(window) !== 0 && !minimised && bounds.width > 0 && bounds.height > 0,
    minimised,
  };
}

/** The process that a window belongs to; null where there is no such window. */
export function processOf(window: WindowHandle): number | null {
  const pid = new Uint32Array(1);
  return windowCalls().processOf(window, pid) === 0 ? null : pid[0];
}

function titleOf(window: WindowHandle): string {
  const text = Buffer.alloc(2 * MOST_TITLE);
  return fromWide(text, windowCalls().title(window, text, MOST_TITLE));
}

/** Where the inside of a window (without frame and title) is on the screen. */
export function insideOf(window: WindowHandle): WindowInfo['bounds'] | null {
  const rect = new Int32Array(4);
  const at = new Int32Array(2);
  const calls = windowCalls();
  if (!calls.clientRect(window, rect) || !calls.clientToScreen(window, at)) return null;
  return { x: at[0], y: at[1], width: rect[2] - rect[0], height: rect[3] - rect[1] };
}

/** True where the window at the pointer is this one, or inside it, and the pointer is not on its frame. */
export function isUnderPointer(window: WindowHandle): boolean {
  const calls = windowCalls();
  const at = new Int32Array(2);
  if (!calls.cursor(at)) return false;
  const there = calls.windowAt(new BigInt64Array(at.buffer)[0]); // a POINT, passed by value
  const inside = insideOf(window);
  if (there === null || inside === null || calls.ancestor(there, ROOT) !== window) return false;
  const [x, y] = [at[0] - inside.x, at[1] - inside.y];
  return x >= 0 && y >= 0 && x < inside.width && y < inside.height;
}

/** True while keys go to it: it, or a window inside it, is in the foreground. */
export function isInForeground(window: WindowHandle): boolean {
  const calls = windowCalls();
  const foreground = calls.foreground(); // null while the screen is locked, or a prompt for consent is shown
  return foreground !== null && (foreground === window || calls.ancestor(foreground, ROOT) === window);
}
