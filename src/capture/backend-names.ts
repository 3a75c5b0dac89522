/** The values of `--capture`, in a separate file so that reading them loads no backend. */
export const CAPTURE_CHOICES = ['auto', 'x11', 'gdi', 'node-screenshots', 'screenshot-desktop'] as const;
export type CaptureChoice = (typeof CAPTURE_CHOICES)[number];

/** One way of capturing a window. */
export type CaptureAdapter = Exclude<CaptureChoice, 'auto'>;

/** True where the pictures show the screen, and so whatever lies above the window. */
export function seesWhatCovers(adapter: CaptureAdapter): boolean {
  return adapter === 'screenshot-desktop';
}
