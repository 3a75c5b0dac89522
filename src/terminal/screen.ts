/** What the user's terminal can show. Everything for people goes to standard error. */

/** A place for text for people; process.stderr is one, a test's recorder another. */
export interface Screen {
  write(text: string): boolean;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly writableNeedDrain?: boolean;
  getColorDepth?(env?: object): number;
}

/** Bits of colour: 1 none, 4, 8 or 24. NO_COLOR (no-color.org) and a stream that is not a terminal mean none. */
export function colourDepth(screen: Screen, env: NodeJS.ProcessEnv = process.env): number {
  if (!screen.isTTY || (env.NO_COLOR !== undefined && env.NO_COLOR !== '') || env.TERM === 'dumb') return 1;
  return screen.getColorDepth?.(env) ?? 1;
}

/**
 * True where the locale says UTF-8: LC_ALL, else LC_CTYPE, else LANG, as POSIX orders them. On Windows and macOS, where
 * terminals read UTF-8 whatever these say, always.
 */
export function readsUtf8(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'win32' || platform === 'darwin') return true;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return locale !== undefined && /utf-?8/i.test(locale);
}

/** Narrower or lower than this, or below 256 colours, the picture is not drawn: it could not be recognized. */
const LEAST_COLUMNS = 64;
const LEAST_ROWS = 22;

/** True where a picture in half blocks can be recognized. */
export function canShowPicture(screen: Screen, env: NodeJS.ProcessEnv = process.env): boolean {
  return (
    readsUtf8(env) &&
    colourDepth(screen, env) >= 8 &&
    (screen.columns ?? 0) >= LEAST_COLUMNS &&
    (screen.rows ?? 0) >= LEAST_ROWS
  );
}
