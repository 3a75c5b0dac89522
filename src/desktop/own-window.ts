/** A window of this program, on which a desktop is tried. Types only. */

/** A key that came to the window. */
export interface ArrivedKey {
  /** As the desktop's layout has it. */
  readonly keycode: number;
  readonly down: boolean;
}

/** Dispose it to close it. It looks for its messages by itself while the process's event loop runs. */
export interface OwnWindow extends Disposable {
  /** As {@link WindowInfo.id}. */
  readonly id: number;
  /** Fills it with one gray, 0 to 255; shown when this returns. */
  paint(gray: number): void;
  /** The keys that have come to it since the last call, in order; a held key comes once. */
  takeKeys(): readonly ArrivedKey[];
}
